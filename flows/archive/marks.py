"""Marks: the recounts that closed buckets of a shard owe.

A mark is `BUCKET|contentId` -> least position not yet recounted, or `FIRST-LAST` -> position for a whole range of
buckets that a control entry named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Key = tuple[int, str]
"""(bucket in ms, contentId)."""


class Marks:
    """The marks of one shard."""

    def __init__(self) -> None:
        self.keys: dict[Key, int] = {}
        self.ranges: dict[tuple[int, int], int] = {}

    @staticmethod
    def of(fields: Mapping[bytes, bytes]) -> Marks:
        """Return the marks that Redis holds."""
        marks = Marks()
        for field, position in fields.items():
            bucket, bar, content = field.decode().partition("|")
            if bar:
                marks.keys[int(bucket), content] = int(position)
            else:
                first, _, last = bucket.partition("-")
                marks.ranges[int(first), int(last)] = int(position)
        return marks

    def add(self, marks: Mapping[Key, int]) -> dict[str, int]:
        """Take marks; return the fields that change, with their positions. The least position stays."""
        changed = {}
        for key, position in marks.items():
            if position < self.keys.get(key, position + 1):
                self.keys[key] = position
                changed[mark_field(key)] = position
        return changed

    def add_range(self, first: int, last: int, position: int) -> dict[str, int]:
        """Mark all buckets from `first` to `last`; return the field that changes."""
        if position >= self.ranges.get((first, last), position + 1):
            return {}
        self.ranges[first, last] = position
        return {f"{first}-{last}": position}

    def drop(self, dropped: Iterable[Key]) -> dict[Key, int]:
        """Forget marks; return those that were there."""
        return {key: self.keys.pop(key) for key in dropped if key in self.keys}

    def drop_range(self, first: int, last: int) -> str:
        """Forget the mark of a range, if there is one; return its field."""
        self.ranges.pop((first, last), None)
        return f"{first}-{last}"

    def within(self, first: int, last: int) -> list[Key]:
        """Return the marked keys with buckets from `first` to `last`."""
        return [key for key in self.keys if first <= key[0] <= last]

    def owed(self, upto: int | None) -> int | None:
        """Return the least position that a closed bucket owes a recount for; None if none does."""
        least = list(self.ranges.values())
        if upto is not None:
            least += [position for (bucket, _), position in self.keys.items() if bucket <= upto]
        return min(least, default=None)


def mark_field(key: Key) -> str:
    """Return the field of a marked key."""
    return f"{key[0]}|{key[1]}"


def text_of(position: int | None) -> str:
    """Return a mark's position as `archive:mark` holds it."""
    return "" if position is None else str(position)
