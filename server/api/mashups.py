"""One content: its lifetime, who stayed, its days and its hours."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web

from server.api.analytics import shard_of, totals
from server.door.access import require_public_read
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.history import HISTORY
from streakline.history import days
from streakline.history.cover import moment_of
from streakline.history.ranges import ALL, named
from streakline.history.totals import DROP_OFF_SECONDS, whole
from streakline.times import QUARTER_MS, iso

DAYS: Final = 30


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
    about = {"content": content, "shard": shard_of(request.app, content)}
    rows = request.app[HISTORY].rows
    last = days.last(as_of, DAYS, zone)
    changes, offsets = days.offsets(zone)
    [known], lifetime, stops, spans, hours = await asyncio.gather(
        rows("history/content_about", **about),
        totals(request.app, named(ALL, as_of), content),
        rows("history/content_stops", **about, seconds=list(DROP_OFF_SECONDS)),
        rows(
            "history/content_series",
            **about,
            edges=[moment_of(day.start) for day in last] + [moment_of(last[-1].end)],
            quarters_end=moment_of(as_of // QUARTER_MS * QUARTER_MS),
            end=moment_of(as_of),
        ),
        rows("history/content_hours", **about, changes=changes, offsets=offsets),
    )
    if not (known["first"] or known["title"] or known["created"]):
        raise Problem(404, "content-unknown", f"history knows no content {content[:200]!r}")
    by_day = {row["span"]: row for row in spans}
    body = ContentAnalytics(
        mashup=await _mashup(request.app, about, known),
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
            drop_off_points=_drop_off(stops[0]),
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
    return answer(body)


async def _mashup(app: web.Application, about: dict[str, Any], known: dict[str, Any]) -> Mashup:
    created, stated = known["created"], True
    if not created:
        stated = False
        first = known["first"]
        if first:
            [row] = await app[HISTORY].rows("history/content_first", **about, first=moment_of(first))
            created = iso(row["first"])
    content = about["content"]
    return Mashup(
        id=content,
        title=known["title"] or content,
        created_at=created or "",
        created_at_is="stated" if stated else "first event",
    )


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
