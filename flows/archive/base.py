"""The lifetime base of a shard in Redis: counts up to the newest closed bucket, by content and of the whole shard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from flows.archive.codes import Codes
from flows.streams.connection import Command
from flows.streams.live_updates import update
from streakline.kinds import CONTENT_TYPE_CODES
from streakline.measures import BREAKDOWN_DIMENSIONS, ZERO, Counts, pack_counts, summed_packed, unpack_counts
from streakline.streams import keys
from streakline.streams.dictionary import OTHER

CONTENT: Final = keys.base_field("")
"""Prefix of the fields of `sl:{S}:base` that are contents."""
WHOLE: Final = "*"
"""Field of the whole shard."""


class Lifetime(NamedTuple):
    """The lifetime counts of one content: measures, then one map of values for each breakdown."""

    content: str
    content_type: str
    measures: tuple[int, ...]
    maps: tuple[Mapping[str, int], ...]


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
