"""What archive keeps in Redis for a shard: marks, the lifetime base, and the words for both.

A mark says that a closed bucket owes a recount: `BUCKET|contentId` -> least position not yet recounted, or
`FIRST-LAST` -> position for a whole range of buckets that a control entry named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from flows.archive_codes import Codes
from flows.archive_rows import Dead
from flows.archive_store import Lifetime
from flows.line import Command
from flows.updates import update
from streakline import keys
from streakline.counts import BREAKDOWN_DIMENSIONS, ZERO, Counts, pack_counts, summed_packed, unpack_counts
from streakline.dead import dead_letter
from streakline.dictionary import OTHER
from streakline.kinds import CONTENT_TYPE_CODES

CONTENT: Final = "c:"
"""Prefix of the fields of `sl:{S}:base` that are contents."""
WHOLE: Final = "*"
"""Field of the whole shard."""

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

    def drop(self, dropped: Iterable[Key]) -> None:
        """Forget marks."""
        for key in dropped:
            self.keys.pop(key, None)

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


class Base(NamedTuple):
    """The lifetime counts that Redis holds of some contents, and of the whole shard."""

    whole: Counts
    contents: Mapping[str, Counts]


def base_commands(shard: int, upto: int, base: Base, rows: Sequence[Lifetime], codes: Codes) -> list[Command]:
    """Return the commands that replace the base of some contents by lifetime rows, and tell it to the pages.

    The whole stays the sum of the contents, if `base` is what Redis holds when they are executed.

    Args:
        shard: whose base.
        upto: the newest closed bucket, ms.
        base: what Redis holds of these contents and of the shard.
        rows: the new counts.
        codes: of the dimensions' values.
    """
    fields: list[str | bytes | int] = ["upto", upto]
    measures = list(base.whole.measures)
    cells = dict(base.whole.cells)
    for row in rows:
        new = _counts(row, codes)
        fields += (CONTENT + row.content, pack_counts(new.measures, new.cells, new.ctype))
        for sign, counts in ((1, new), (-1, base.contents.get(row.content))):
            if counts is not None:
                measures = [a + sign * b for a, b in zip(measures, counts.measures, strict=True)]
                for cell, count in counts.cells.items():
                    cells[cell] = cells.get(cell, 0) + sign * count
    cells = {cell: count for cell, count in cells.items() if count}
    payload = msgspec.msgpack.encode({"upto": upto, "base": measures})
    return [
        ("HSET", keys.base(shard), WHOLE, pack_counts(measures, cells), *fields),
        *update("base", shard, "", payload),
    ]


def is_sum(held: Mapping[bytes, bytes]) -> bool:
    """Tell whether the whole of a base, as Redis holds it, is the sum of its contents."""
    whole = unpack_counts(held[WHOLE.encode()]) if WHOLE.encode() in held else ZERO
    total = summed_packed(packed for field, packed in held.items() if field.startswith(CONTENT.encode()))
    return (whole.measures, whole.cells) == (total.measures, total.cells)


def _counts(row: Lifetime, codes: Codes) -> Counts:
    cells: dict[tuple[int, int], int] = {}
    for breakdown, values in enumerate(row.maps):
        for value, count in values.items():
            code = codes.code(BREAKDOWN_DIMENSIONS[breakdown], value) or OTHER
            cells[breakdown, code] = cells.get((breakdown, code), 0) + count
    return Counts(row.measures, cells, CONTENT_TYPE_CODES.get(row.content_type, OTHER))


def dead_command(dead: Dead) -> Command:
    """Return the command that keeps a dead letter."""
    return dead_letter("archive", dead.error, dead.entry, dead.body)


def text_of(position: int | None) -> str:
    """Return a mark's position as `archive:mark` holds it."""
    return "" if position is None else str(position)
