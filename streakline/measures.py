"""What a bucket counts of a content: the integer measures and the breakdowns, and their packed form.

Sums are integers (milliseconds, per mille), so that two ways of counting agree to the bit. Names of measures
are the names of the columns of `rollup`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from streakline.kinds import KINDS

MEASURES: Final = (
    "events", "starts", "plays", "finished", "replays", "time_ms", "timed", "played_ms", "completed",
    "completion_pm", "likes", "unlikes", "saves", "unsaves", "shares", "downloads", "comments", "follows",
    "rates", "creates", "exports", "reactions", "upgrades", "unfollows",
)  # fmt: skip
"""In order: all identities; plays begun; plays that count; of these the finished and the replays; ms listened
over all starts; counted plays that give a duration and the sum of it in ms; counted plays whose completion is
known and the sum of it per mille; then one counter a kind."""
INDEX: Final[dict[str, int]] = {name: position for position, name in enumerate(MEASURES)}
BREAKDOWNS: Final = ("by_source", "by_platform", "by_country", "by_device", "shares_by_platform")
"""Counted plays by dimension, and shares by the platform shared to."""
SHARES_BY_PLATFORM: Final = 4
BREAKDOWN_DIMENSIONS: Final = ("source", "platform", "country", "device", "platform")

MEASURE_OF_KIND: Final[dict[int, int]] = {
    KINDS[kind]: INDEX[name]
    for kind, name in (
        ("like", "likes"), ("unlike", "unlikes"), ("save", "saves"), ("unsave", "unsaves"), ("share", "shares"),
        ("download", "downloads"), ("comment", "comments"), ("follow", "follows"), ("rate", "rates"),
        ("create", "creates"), ("export", "exports"), ("reaction", "reactions"), ("upgrade", "upgrades"),
        ("unfollow", "unfollows"),
    )
}  # fmt: skip

_HEAD: Final = struct.Struct(f"<B{len(MEASURES)}q")
_CELL: Final = struct.Struct("<BHq")
HEAD: Final = np.dtype([("ctype", "u1"), ("measures", "<i8", (len(MEASURES),))])
CELL: Final = np.dtype([("breakdown", "u1"), ("code", "<u2"), ("count", "<i8")])
"""The same layouts for numpy."""


class Counts(NamedTuple):
    """The counts of one content in one bucket, or sums of them."""

    measures: tuple[int, ...]
    cells: dict[tuple[int, int], int]
    """(breakdown, code) -> count, zeros left out."""
    ctype: int = 0


ZERO: Final = Counts((0,) * len(MEASURES), {})


def pack_counts(measures: Sequence[int], cells: Mapping[tuple[int, int], int], ctype: int = 0) -> bytes:
    """Return counts as bytes: content type, the measures as int64, then one cell of 11 bytes a breakdown value."""
    parts = [_HEAD.pack(ctype, *measures)]
    parts += [_CELL.pack(breakdown, code, count) for (breakdown, code), count in cells.items()]
    return b"".join(parts)


def unpack_counts(data: bytes) -> Counts:
    """Return the counts of `pack_counts`."""
    ctype, *measures = _HEAD.unpack_from(data)
    cells = {(b, code): count for b, code, count in _CELL.iter_unpack(data[_HEAD.size :])}
    return Counts(tuple(measures), cells, ctype)


def summed(rows: Iterable[Counts]) -> Counts:
    """Return the sum of many counts."""
    measures = [0] * len(MEASURES)
    cells: dict[tuple[int, int], int] = {}
    for row in rows:
        measures = [a + b for a, b in zip(measures, row.measures, strict=True)]
        for cell, count in row.cells.items():
            cells[cell] = cells.get(cell, 0) + count
    return Counts(tuple(measures), cells)


def summed_packed(rows: Iterable[bytes]) -> Counts:
    """Return the sum of many packed counts."""
    held = list(rows)
    heads = np.frombuffer(b"".join(data[: _HEAD.size] for data in held), HEAD)
    parts = np.frombuffer(b"".join(data[_HEAD.size :] for data in held), CELL)
    names, groups = np.unique(parts["breakdown"].astype(np.int64) << 16 | parts["code"], return_inverse=True)
    totals = np.zeros(len(names), np.int64)
    np.add.at(totals, groups, parts["count"])
    cells = {(n >> 16, n & 0xFFFF): c for n, c in zip(names.tolist(), totals.tolist(), strict=True) if c}
    return Counts(tuple(heads["measures"].sum(axis=0).tolist()), cells)
