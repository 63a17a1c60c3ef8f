"""One content: its lifetime, who stayed, its days and its hours."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from server.api.analytics import about, of_content
from server.api.questions import totals
from server.door.access import require_public_read
from server.door.answers import Answer
from server.door.kept import kept_answer, key_of
from server.door.parameters import Parameters
from server.resources.history import HISTORY
from server.resources.kept import Question, opened
from server.resources.redis_client import INSTALLATION
from streakline.history import days
from streakline.history.cover import moment_of
from streakline.history.freshness import Shard
from streakline.history.plan import plan_of_sums
from streakline.history.ranges import ALL, moment, named
from streakline.history.totals import DROP_OFF_SECONDS, whole
from streakline.times import QUARTER_MS, iso

DAYS: Final = 30
_COLUMNS: Final = (
    "plays", "likes", "shares", "comments", "timed", "played_ms", "completed", "completion_pm"
)  # fmt: skip
_SKETCHES: Final = ("users", "listeners")


class Mashup(Answer):
    """The content; its id where nobody stated a title, its first event where nobody stated when it was made."""

    id: str
    title: str
    created_at: str
    created_at_is: str
    """`stated` or `first event`."""


class Lifetime(Answer):
    """Counts over all time; unique plays are different signed-in persons."""

    plays: int
    unique_plays: int
    unique_listeners: int
    likes: int
    shares: int
    comments: int


class DropOff(Answer):
    """How many per cent of those whose stop is known had stopped before a time in seconds."""

    time: int
    percentage: int


class Retention(Answer):
    """How long people stay: seconds and whole per cent, null where nothing tells."""

    avg_watch_time: int | None
    completion_rate: int | None
    drop_off_points: list[DropOff]


class Day(Answer):
    """Counts of a day of the zone."""

    date: str
    plays: int
    likes: int


class Hour(Answer):
    """Counted plays that began in an hour of the zone's day."""

    hour: int
    plays: int


class ContentAnalytics(Answer):
    """Everything about one content."""

    mashup: Mashup
    lifetime: Lifetime
    retention: Retention
    daily: list[Day]
    peak_times: list[Hour]
    tz: str
    as_of: str


async def mashup_analytics(request: web.Request) -> web.Response:
    """`GET /api/analytics/mashups/{id}`: lifetime, retention, the last 30 days and the hours of one content.

    Parameters: `tz`, `asOf`. Answer: golden `mashup_analytics`; 404 `content-unknown`.
    """
    require_public_read(request)
    asked = Parameters(request, "tz", "asOf")
    zone, as_of = asked.zone(), asked.as_of()
    content = request.match_info["id"]

    async def make(shards: Sequence[Shard]) -> ContentAnalytics:
        return await _content_analytics(request.app, content, zone, as_of, opened(shards))

    among = {request.app[INSTALLATION].shard_of(content)}
    return await kept_answer(request, Question(key_of(request), as_of, asked.is_now, among), make)


async def _content_analytics(
    app: web.Application, content: str, zone: ZoneInfo, as_of: int, first_open: int
) -> ContentAnalytics:
    which = of_content(app, content)
    rows = app[HISTORY].rows
    last = days.last(as_of, DAYS, zone)
    end, quarters_end = moment_of(as_of), moment_of(as_of // QUARTER_MS * QUARTER_MS)
    changes, offsets = days.offsets(zone)
    lifetime_plan = plan_of_sums(named(ALL, as_of), first_open, _COLUMNS, sketches=_SKETCHES, content=content)
    found, lifetime, [stops], spans, hours = await asyncio.gather(
        about(app, content),
        totals(app, lifetime_plan),
        rows(
            "history/content_stops",
            **which,
            seconds=list(DROP_OFF_SECONDS),
            closed_end=moment_of(min(first_open, as_of // QUARTER_MS * QUARTER_MS)),
            end=end,
        ),
        rows(
            "history/content_series",
            **which,
            edges=[moment_of(day.start) for day in last] + [moment_of(last[-1].end)],
            quarters_end=quarters_end,
            end=end,
        ),
        rows(
            "history/content_hours",
            **which,
            changes=changes,
            offsets=offsets,
            quarters_end=quarters_end,
            end=end,
        ),
    )
    by_day = {row["span"]: row for row in spans}
    return ContentAnalytics(
        mashup=await _mashup(app, content, found),
        lifetime=Lifetime(
            plays=lifetime.plays,
            unique_plays=lifetime.users,
            unique_listeners=lifetime.listeners,
            likes=lifetime.likes,
            shares=lifetime.shares,
            comments=lifetime.comments,
        ),
        retention=Retention(
            avg_watch_time=whole(lifetime.played_ms, lifetime.timed * 1_000),
            completion_rate=whole(lifetime.completion_pm, lifetime.completed * 10),
            drop_off_points=_drop_off(stops),
        ),
        daily=[
            Day(
                date=day.date.isoformat(),
                plays=by_day.get(place, {}).get("plays", 0),
                likes=by_day.get(place, {}).get("likes", 0),
            )
            for place, day in enumerate(last, start=1)
        ],
        peak_times=[Hour(hour=row["hour"], plays=row["plays"]) for row in hours],
        tz=zone.key,
        as_of=iso(as_of),
    )


async def _mashup(app: web.Application, content: str, found: dict[str, Any]) -> Mashup:
    created, stated = _stated(found["created"]), True
    if created is None:
        created, stated = await _first_event(app, content, found["first"]), False
    return Mashup(
        id=content,
        title=found["title"] or content,
        created_at="" if created is None else iso(created),
        created_at_is="stated" if stated else "first event",
    )


def _stated(created: str) -> int | None:
    """Return in ms when a content was made, as its catalogue says; None if that says nothing that can be read."""
    try:
        return moment(created)
    except ValueError:
        return None


async def _first_event(app: web.Application, content: str, quarter: int) -> int | None:
    """Return in ms when the first event of a content was, which lies in a quarter hour; None if there is none."""
    if not quarter:
        return None
    [row] = await app[HISTORY].rows(
        "history/content_first", **of_content(app, content), first=moment_of(quarter)
    )
    return int(row["first"])


def _drop_off(row: dict[str, Any]) -> list[DropOff]:
    """Return the points up to the length of the content, where it is known."""
    if not row["known"]:
        return []
    points = zip(DROP_OFF_SECONDS, row["stopped"], strict=True)
    return [
        DropOff(time=second, percentage=whole(stopped * 100, row["known"]) or 0)
        for second, stopped in points
        if not row["length"] or second * 1_000 <= row["length"]
    ]
