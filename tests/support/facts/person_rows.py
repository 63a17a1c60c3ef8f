"""Rows and plays of one person: made up, or those of a listener's twelve years."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from real_data import recorded_lines
from streakline.kinds import CONTENT_TYPES
from streakline.people.live.rows import PersonRow
from streakline.people.local_days import Plays
from streakline.people.milestones import Finish
from streakline.people.play_rows import COLUMNS, Content, PlayRows, play_rows
from streakline.streams.candidates import PLAYED
from streakline.streams.records import COUNTED, FINISHED, NO_OFFSET
from streakline.times import DAY_MS, HOUR_MS, bucket_of

HOUR = 3_600_000
PLAIN: dict[str, Any] = dict.fromkeys(COLUMNS, 0) | {
    "contentId": "a", "app": "", "zone": NO_OFFSET, "starts": 1, "plays": 1, "first_ms": HOUR, "last_ms": HOUR,
}  # fmt: skip
"""One counted play without a duration, at 1970-01-01T01:00."""


def rows_of(*rows: Mapping[str, Any], known: Sequence[Content] = ()) -> PlayRows:
    """Return rows of what differs from `PLAIN`."""
    whole = [PLAIN | dict(row) for row in rows]
    return play_rows({name: [row[name] for row in whole] for name in COLUMNS}, {one.id: one for one in known})


def plays_of(
    starts: npt.ArrayLike, offsets: npt.ArrayLike | None = None, types: npt.ArrayLike | None = None
) -> Plays:
    """Return plays of lists or arrays: without offsets no event named its zone, without types none is known."""
    at = np.asarray(starts, np.int64)
    own = np.full(len(at), NO_OFFSET, np.int16) if offsets is None else np.asarray(offsets, np.int16)
    codes = np.zeros(len(at), np.uint8) if types is None else np.asarray(types, np.uint8)
    return Plays(at, own, codes)


@cache
def listened() -> list[tuple[int, str, str, str]]:
    """Return start, content, artist and title of every play of a listener's twelve years; skips where absent."""
    lines = csv.DictReader(recorded_lines("listening/lastfm_userA_2007-2018.csv.gz"))
    return [
        (int(line["uts"]) * 1000, f"{line['artist']} — {line['track']}", line["artist"], line["track"])
        for line in lines
    ]


@cache
def listened_rows() -> PlayRows:
    """Return the rows of these plays as history has them: by quarter hour and content."""
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    known = {}
    for at, content, artist, title in listened():
        key = bucket_of(at), content
        row = rows.setdefault(
            key,
            {"contentId": content, "at_ms": key[0], "starts": 0, "plays": 0, "first_ms": at, "last_ms": at},
        )
        row["starts"] += 1
        row["plays"] += 1
        row["first_ms"] = row["done_ms"] = min(row["first_ms"], at)
        row["last_ms"] = max(row["last_ms"], at)
        known[content] = Content(content, "track", creator=artist, title=title)
    return rows_of(*rows.values(), known=list(known.values()))


START = 1_500_000_000_000 // DAY_MS * DAY_MS
TYPES = tuple(CONTENT_TYPES.index(name) for name in ("track", "movie", "show", "episode", "video"))


class Play(NamedTuple):
    """A counted play of a person."""

    start: int = START
    content: int = 1
    off: int = NO_OFFSET
    ctype: int = TYPES[0]
    parent: int = 0
    is_finished: bool = True
    person: int = 1


def candidates(plays: Iterable[Play]) -> Any:
    """Return plays as candidates."""
    rows = [
        (p.person, p.content, p.parent, p.start, p.off, p.ctype, COUNTED | (FINISHED if p.is_finished else 0))
        for p in plays
    ]
    return np.array(rows, PLAYED)


def known(plays: Iterable[Play]) -> Plays:
    """Return plays as history has them."""
    every = list(plays)
    return plays_of([p.start for p in every], [p.off for p in every], [p.ctype for p in every])


def finishes(plays: Iterable[Play]) -> list[Finish]:
    """Return what history says was finished."""
    return [
        Finish(CONTENT_TYPES[p.ctype], str(p.content), p.start, str(p.parent) if p.parent else "")
        for p in plays
        if p.is_finished
    ]


def plays(offsets: tuple[int, ...] = (NO_OFFSET,), days: int = 12) -> st.SearchStrategy[list[Play]]:
    """Plays of some days, most of them near the ends of days."""
    hours = st.sampled_from((0, 0, 1, 5, 10, 14, 18, 22, 23))
    start = st.tuples(st.integers(0, days), hours, st.sampled_from((0, 1, HOUR_MS - 1))).map(
        lambda at: START + at[0] * DAY_MS + at[1] * HOUR_MS + at[2]
    )
    return st.lists(
        st.builds(
            Play,
            start,
            st.integers(1, 40),
            st.sampled_from(offsets),
            st.sampled_from(TYPES),
            st.sampled_from((0, 100, 101)),
            st.booleans(),
            st.just(1),
        ),
        max_size=30,
    )


def row_of(plays: list[Play], borders: frozenset[int] = frozenset()) -> PersonRow:
    """Return the row after plays that came in pieces, written and read between them."""
    row, piece = PersonRow(), list[Play]()
    for number, play in enumerate(plays):
        piece.append(play)
        if number in borders:
            row.add(candidates(piece))
            row, piece = PersonRow.unpacked(row.packed()), []
    row.add(candidates(piece))
    return row
