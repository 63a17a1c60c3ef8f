"""What is asked of an owner's observations, and what history has of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from aiohttp import web

from server.door.answers import Answer
from server.door.kept import kept_answer, key_of
from server.door.owners import person_of
from server.door.parameters import Parameters
from server.person_history import zone_of
from server.problems import Problem
from server.resources.history import HISTORY, Rows
from server.resources.kept import Question
from streakline.history import days
from streakline.history.cover import moment_of
from streakline.history.days import Day
from streakline.history.freshness import Shard
from streakline.history.ranges import ALL
from streakline.platforms.figures.scores import AGES, Aged, scores
from streakline.platforms.figures.series import I64, Number, Series, Subject, compared, moved
from streakline.platforms.figures.summaries import READ
from streakline.platforms.names import METRICS, PLATFORMS, STANDS_FOR, VIEWS
from streakline.times import iso

PARAMETERS: Final = ("user", "platform", "timeRange", "from", "to", "tz", "asOf")
"""What `Asked` reads."""
DAYS: Final = 30
"""Days of a period that nobody names."""
MOST_DAYS: Final = 1_100
"""Of a period: three years."""
_ALL_ACCEPTED: Final = 2**64 - 1
_ZONES_MS: Final = 14 * 3_600_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Period(Answer):
    """The days of the zone that are answered for; `end` is the first one after them."""

    start: str
    end: str
    days: int
    tz: str


class Asked:
    """What a request asks about: whose observations, of which platforms, over which days."""

    def __init__(self, request: web.Request, *more: str, platform: str = "") -> None:
        """Read the parameters of a request.

        Args:
            request: whose bearer may read the owner's numbers.
            more: parameters that it may have beside `PARAMETERS`.
            platform: the only one that is asked about; "" where the parameter says which.

        Raises:
            Problem: 400, 401 or 403 for what cannot be answered.
        """
        allowed = [name for name in PARAMETERS if not (platform and name == "platform")]
        self.parameters = Parameters(request, *allowed, *more, repeated=("platform",))
        self.request, self.app = request, request.app
        self.owner = person_of(request, self.parameters, in_path=False)
        self.platforms = [platform] if platform else _platforms(self.parameters)
        self.zone = self.parameters.named_zone()
        self.as_of = self.parameters.as_of()
        self.parameters.time_range()

    def days(self, zone: ZoneInfo, first: int | None = None) -> tuple[list[Day], int]:
        """Return the days that are asked about, and the first ms after what is read of them.

        Args:
            zone: whose days they are.
            first: the first observation in ms, with which `all` begins.

        Raises:
            Problem: 422 `too-costly` for too many.
        """
        of = self.parameters.time_range(zone=zone)
        if not {"timeRange", "from", "to"} & set(self.request.query):
            return days.last(max(of.end - 1, 0), DAYS, zone), of.end
        start = of.start if of.name != ALL or first is None else max(of.start, min(first, of.end - 1))
        dates = [(_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).date() for ms in (start, of.end - 1)]
        if (number := (dates[1] - dates[0]).days + 1) > MOST_DAYS:
            raise Problem(422, "too-costly", f"the range has {number:,} days; ask for at most {MOST_DAYS:,}")
        return days.between(dates[0], dates[1], zone), of.end

    async def answer(self, make: Callable[[Sequence[Shard]], Awaitable[msgspec.Struct]]) -> web.Response:
        """Return the kept answer, or make it."""
        # Whose answer it is may stand in the token alone. Where `to` is a day of a zone, it ends when that one ends.
        key = msgspec.msgpack.encode((self.owner, key_of(self.request)))
        end = self.parameters.time_range().end + _ZONES_MS
        return await kept_answer(self.request, Question(key, end, self.parameters.is_now), make)


class Measured:
    """What history has of an owner: series of days, scores, and what the catalogue knows of his posts."""

    def __init__(
        self, asked: Asked, zone: ZoneInfo, period: list[Day], series: list[Series], scored: Mapping[Subject, float],
        facts: Rows,
    ) -> None:  # fmt: skip
        self.asked, self.zone, self.days, self.series, self.scored = asked, zone, period, series, scored
        self._facts = facts

    @property
    def length(self) -> int:
        """How many days are asked about."""
        return len(self.days)

    @property
    def earlier(self) -> list[Series]:
        """The series as the period of the same number of days before sees them."""
        return moved(self.series, self.length)

    @property
    def period(self) -> Period:
        """The days that are answered for."""
        after = self.days[-1].date + days.DAY
        return Period(
            start=self.days[0].date.isoformat(), end=after.isoformat(), days=self.length, tz=self.zone.key
        )

    @property
    def about(self) -> dict[str, Any]:
        """What every answer says: of whom it is, of when, and that views of two platforms are not one thing."""
        told = sorted({one.of.platform for one in self.series})
        return {
            "user_id": self.asked.owner,
            "period": self.period,
            "as_of": iso(self.asked.as_of),
            "views_are": [VIEWS[platform] for platform in told],
        }

    @cached_property
    def catalogue(self) -> dict[str, dict[str, str]]:
        """Content -> fact -> value."""
        found: dict[str, dict[str, str]] = {}
        for row in self._facts:
            found.setdefault(row["content"], {})[row["fact"]] = row["value"]
        return found

    def of(self, *platforms: str) -> list[Series]:
        """Return the series of some platforms."""
        return [one for one in self.series if one.of.platform in platforms]


async def measured(
    asked: Asked,
    *,
    names: Sequence[str] = READ,
    contents: Sequence[str] = (),
    known: int | None = None,
    scored: bool = True,
) -> Measured:
    """Return what history has of an owner.

    Args:
        asked: of whom, and over which days.
        names: of the numbers; none for all of them.
        contents: of posts that are read; none for all of them, and for accounts.
        known: position up to which what was accepted is known; None for all.
        scored: whether scores are wanted.

    Raises:
        Problem: 422 `too-costly` for too many days.
        HistoryAway, HistoryBusy, TooCostly: as `History.rows` does.
    """
    history = asked.app[HISTORY]
    of: dict[str, Any] = {
        "owner": asked.owner,
        "platforms": asked.platforms,
        "earliest": 0 if known is None else _ALL_ACCEPTED - known,
    }
    first = None
    if asked.request.query.get("timeRange") == ALL:
        [found] = await history.rows("platforms/first", owner=asked.owner)
        first = found["first"] if found["number"] else asked.as_of - 1
    zone = asked.zone or await zone_of(history, asked.owner, asked.as_of)
    period, end = asked.days(zone, first)
    # The day before, and the period before with the day before that.
    more = days.between(period[0].date - (len(period) + 1) * days.DAY, period[0].date - days.DAY, zone)
    starts = [day.start for day in (*more, *period)]
    rows, facts = await asyncio.gather(
        history.rows(
            "platforms/series", **of, names=list(names), contents=list(contents), starts=starts,
            steps=list(AGES) if scored else [], end=moment_of(end),
        ),
        history.rows("platforms/posts", owner=asked.owner),
    )  # fmt: skip
    read = [_series(row, np.array([0, *starts]), -len(more) - 1) for row in rows if row["name"] in METRICS]
    aged = scores(_aged(rows)) if scored else {}
    return Measured(asked, zone, period, compared(read) if names else read, aged, facts)


def _series(row: Mapping[str, Any], starts: I64, first: int) -> Series:
    """Return the series of a row, the first of whose days has a number."""
    # A day that its zone left out begins with the next one.
    days = starts.searchsorted(row["starts"], "right") - 1 + first
    return Series(_subject(row), row["name"], row["currency"], days, np.array(row["values"]), row["seen"])


def _aged(rows: Rows) -> list[Aged]:
    found: dict[tuple[Subject, int], dict[str, Number]] = {}
    for row in rows:
        subject, name = _subject(row), str(row["name"])
        known = STANDS_FOR.get((subject.platform, name), name)
        for age, value in zip(row["ages"], row["aged"], strict=True):
            values = found.setdefault((subject, age - 1), {})
            if known == name or known not in values:
                values[known] = int(value)
    return [Aged(subject, age, values) for (subject, age), values in found.items()]


def _subject(row: Mapping[str, Any]) -> Subject:
    return Subject(row["platform"], row["account"], row["post"], row["content"])


def _platforms(asked: Parameters) -> list[str]:
    named = asked.all("platform")
    for name in named:
        check_platform(name)
    return sorted(set(named))


def check_platform(name: str) -> str:
    """Return the name of a platform.

    Raises:
        Problem: 400 `platform` for another one.
    """
    if name not in PLATFORMS:
        raise Problem(
            400, "platform", f"platform {name[:40]!r} is not known; there are {', '.join(PLATFORMS)}"
        )
    return name
