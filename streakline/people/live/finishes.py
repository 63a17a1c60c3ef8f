"""Different finished contents of a kind, as bytes: one more costs the same few microseconds in a row of any size."""

from __future__ import annotations

import sys
from bisect import bisect_left
from typing import Final, NamedTuple

from streakline.people.milestones import THRESHOLDS

MOST: Final = THRESHOLDS[-1]
"""Finishes of a kind that are kept, the earliest: later ones reach no milestone."""
_WIDTH: Final = 8


class Finishes(NamedTuple):
    """Finished contents in the order in which the first finished play of each began, of equals by id."""

    ids: bytes = b""
    """Hash of each content, 8 bytes."""
    first: bytes = b""
    """When the first finished play of each began: ms UTC, 8 bytes."""

    def __len__(self) -> int:
        return len(self.ids) // _WIDTH

    @property
    def moments(self) -> list[int]:
        """When the first finished play of each began, ms UTC, in rising order."""
        return memoryview(self.first).cast("q").tolist()

    def with_(self, content: int, at: int) -> Finishes:
        """Return these with one finish more; these themselves if it tells nothing new.

        Args:
            content: its hash.
            at: when the play began, ms UTC.
        """
        id_ = content.to_bytes(_WIDTH, sys.byteorder)
        held = self._index(id_)
        if held < 0:
            return self._inserted(id_, at)
        if memoryview(self.first).cast("q")[held] <= at:
            return self
        return self._without(held).with_(content, at)

    def checked(self) -> Finishes:
        """Return these.

        Raises:
            ValueError: if they are no finishes.
        """
        if len(self.ids) != len(self.first) or len(self.ids) % _WIDTH:
            msg = f"{len(self.ids)} bytes of ids and {len(self.first)} of moments are no finishes"
            raise ValueError(msg)
        return self

    def _index(self, id_: bytes) -> int:
        found = self.ids.find(id_)
        while found % _WIDTH and found >= 0:  # two ids may hold the bytes of a third between them
            found = self.ids.find(id_, found + 1)
        return found // _WIDTH

    def _inserted(self, id_: bytes, at: int) -> Finishes:
        moments = memoryview(self.first).cast("q")
        place = bisect_left(moments, at)
        while place < len(moments) and moments[place] == at and _number(self.ids, place) < _number(id_, 0):
            place += 1
        if place >= MOST:
            return self
        here, end = place * _WIDTH, (MOST - 1) * _WIDTH
        moment = at.to_bytes(_WIDTH, sys.byteorder, signed=True)
        return Finishes(
            self.ids[:here] + id_ + self.ids[here:end], self.first[:here] + moment + self.first[here:end]
        )

    def _without(self, place: int) -> Finishes:
        here, after = place * _WIDTH, (place + 1) * _WIDTH
        return Finishes(self.ids[:here] + self.ids[after:], self.first[:here] + self.first[after:])


def _number(ids: bytes, place: int) -> int:
    return int.from_bytes(ids[place * _WIDTH : (place + 1) * _WIDTH], sys.byteorder)
