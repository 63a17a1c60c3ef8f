"""Rows and plays of one person: made up, or those of a listener's twelve years."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from real_data import recorded_lines
from streakline.people.local_days import Plays
from streakline.people.play_rows import COLUMNS, Content, PlayRows, play_rows
from streakline.streams.records import NO_OFFSET
from streakline.times import bucket_of

HOUR = 3_600_000
PLAIN: dict[str, Any] = dict.fromkeys(COLUMNS, 0) | {
    "contentId": "a", "app": "", "zone": NO_OFFSET, "starts": 1, "plays": 1, "first_ms": HOUR, "last_ms": HOUR,
}  # fmt: skip
"""One counted play without a duration, at 1970-01-01T01:00."""


def rows_of(*rows: Mapping[str, Any], known: Sequence[Content] = ()) -> PlayRows:
    """Return rows of what differs from `PLAIN`."""
    whole = [PLAIN | dict(row) for row in rows]
    return play_rows({name: [row[name] for row in whole] for name in COLUMNS}, known)


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
