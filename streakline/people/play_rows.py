"""The rows that history has of one person: what was played and rated, by quarter hour, content, zone and platform."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from streakline.history.totals import UNKNOWN
from streakline.kinds import CONTENT_TYPE_CODES
from streakline.people.local_days import I64, Plays, offsets_of

_BETWEEN_GENRES: Final = re.compile(r"[,;/]")


class Content(NamedTuple):
    """What the catalogue knows of a content; empty or 0 where it knows nothing."""

    id: str
    type: str = ""
    parent: str = ""
    """Of an episode its show."""
    creator: str = ""
    genre: str = ""
    title: str = ""
    length: int = 0
    """ms."""

    @property
    def name(self) -> str:
        """Its title, else its id."""
        return self.title or self.id

    @property
    def genres(self) -> tuple[str, ...]:
        """Its genres, each once: the text divided at commas, semicolons and slashes."""
        return _genres(self.genre)


@dataclass(frozen=True, eq=False)
class PlayRows:
    """Rows of one person, in any order: arrays of equal length, and what their numbers mean.

    Times are in ms UTC, 0 for never.
    """

    at: I64
    """Moment of the row: when its first counted play began, else its quarter hour."""
    last: I64
    """When its last counted play began."""
    done: I64
    """When its first finished play began."""
    rated: I64
    """When its content was rated last."""
    rating: I64
    """That rating, hundredths."""
    offsets: npt.NDArray[np.int16]
    """Zone in quarter hours, `NO_OFFSET` where the events named none."""
    content: I64
    """Index in `contents`."""
    platform: I64
    """Index in `platforms`."""
    starts: I64
    """Plays begun."""
    plays: I64
    """Of these the counted ones."""
    timed: I64
    """Of the counted ones those that gave a duration."""
    ms: I64
    """Time listened over all starts."""
    lengths: I64
    """Of each of `contents` the length, ms."""
    contents: tuple[Content, ...]
    platforms: tuple[str, ...]

    def where(self, chosen: npt.NDArray[np.bool_]) -> PlayRows:
        """Return the chosen rows."""
        if chosen.all():
            return self
        arrays: dict[str, Any] = {name: getattr(self, name)[chosen] for name in _ARRAYS}
        return replace(self, **arrays)

    def before(self, moment: int) -> PlayRows:
        """Return the rows of before a moment (ms)."""
        return self.where(self.at < moment)

    def local(self, zone: ZoneInfo) -> I64:
        """Return what the clock on the wall showed at each row, in ms since 1970-01-01T00:00 of that clock."""
        return self.at + offsets_of(Plays(self.at, self.offsets, np.zeros(len(self.at), np.uint8)), zone)

    @cached_property
    def lasted(self) -> I64:
        """Time of each row, ms: a counted play without a duration lasted as long as its content, if that is known."""
        return self.ms + (self.plays - self.timed) * self.lengths[self.content]

    @property
    def untimed(self) -> I64:
        """Counted plays of each row of which nobody knows how long they lasted."""
        return np.where(self.lengths[self.content] > 0, 0, self.plays - self.timed)

    @property
    def counted(self) -> Plays:
        """The counted plays: of a row the first and the last, between which no day ends and nothing breaks off."""
        rows = np.flatnonzero(self.plays > 0)
        codes = np.array([CONTENT_TYPE_CODES.get(one.type, 0) for one in self.contents] or [0], np.uint8)
        offsets, types = self.offsets[rows], codes[self.content[rows]]
        return Plays(
            np.concatenate((self.at[rows], self.last[rows])),
            np.concatenate((offsets, offsets)),
            np.concatenate((types, types)),
        )


_ARRAYS: Final = tuple(one.name for one in fields(PlayRows))[:-3]
COLUMNS: Final = (
    "contentId", "at_ms", "zone", "app", "starts", "plays", "time_ms", "timed", "first_ms", "last_ms", "done_ms",
    "rated_ms", "rating",
)  # fmt: skip
"""The columns of `play_rows`, as `sql/queries/people/rows.sql` names them."""


def play_rows(columns: Mapping[str, Sequence[Any]], known: Mapping[str, Content]) -> PlayRows:
    """Return the rows of one person.

    Args:
        columns: the values of each of `COLUMNS`, side by side.
        known: id -> what the catalogue knows, of any contents; one that it does not name has its id alone.

    Raises:
        KeyError: if a column is missing.
    """
    number = {
        name: np.asarray(columns[name], np.int64) for name in COLUMNS if name not in {"contentId", "app"}
    }
    content, ids = _numbered(columns["contentId"])
    platform, platforms = _numbered(columns["app"])
    contents = tuple(known.get(id_) or Content(id_) for id_ in ids)
    return PlayRows(
        at=np.where(number["plays"] > 0, number["first_ms"], number["at_ms"]),
        last=number["last_ms"],
        done=number["done_ms"],
        rated=number["rated_ms"],
        rating=number["rating"],
        offsets=number["zone"].astype(np.int16),
        content=content,
        platform=platform,
        starts=number["starts"],
        plays=number["plays"],
        timed=number["timed"],
        ms=number["time_ms"],
        lengths=np.array([one.length for one in contents], np.int64),
        contents=contents,
        platforms=platforms,
    )


def _numbered(texts: Sequence[str]) -> tuple[I64, tuple[str, ...]]:
    """Return texts as numbers, and the text of each number."""
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return np.fromiter(map(numbers.__getitem__, texts), np.int64, len(texts)), tuple(numbers)


@lru_cache(maxsize=1_000)
def _genres(text: str) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in _BETWEEN_GENRES.split(text))
    return tuple(dict.fromkeys(part for part in parts if part)) or (UNKNOWN,)
