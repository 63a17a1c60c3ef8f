"""Rows of persons that were used lately, packed, within a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

AROUND: Final = 200
"""Bytes that Python takes for a row beside its own: the object, its number, their places in a dict."""


class HeldRows:
    """Packed rows; the least lately used are forgotten first."""

    def __init__(self, most: int) -> None:
        """Prepare to hold so many bytes at most, with what Python takes around them."""
        self.size = 0
        """Bytes that are held."""
        self._most = most
        self._rows: OrderedDict[int, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, person: int) -> bool:
        return person in self._rows

    def __getitem__(self, person: int) -> bytes:
        self._rows.move_to_end(person)
        return self._rows[person]

    def hold(self, person: int, packed: bytes) -> None:
        """Hold the row of a person in place of the one before; forget others if need be, or it if it is too large."""
        before = self._rows.pop(person, None)
        if before is not None:
            self.size -= len(before) + AROUND
        self._rows[person] = packed
        self.size += len(packed) + AROUND
        while self.size > self._most:
            _, gone = self._rows.popitem(last=False)
            self.size -= len(gone) + AROUND
