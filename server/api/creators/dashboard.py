"""The mashup document's dashboard of a creator: sums, days, contents, and where his plays come from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from server.api.creators.rows import Asking, Sums, by_value, follows, groups_of, names, sums
from server.api.questions import from_first
from server.door.answers import Answer
from server.door.kept import kept_answer, key_of
from server.door.owners import owner_of
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.kept import Question, opened
from streakline.creators.questions import question
from streakline.history import buckets as calendar
from streakline.history import days
from streakline.history.buckets import Bucket, TooManyBuckets
from streakline.history.comparisons import PREVIOUS, move, moved
from streakline.history.freshness import Shard
from streakline.history.ranges import ALL, BETWEEN, Range, between
from streakline.history.rows import Group
from streakline.history.totals import whole
from streakline.times import iso

DAYS: Final = 30
TOP: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Period(Answer):
    """The days of the zone that are answered for; `end` is the first one after them."""

    start: str
    end: str


class Summary(Answer):
    """Sums of the period. Followers and following are those at its end."""

    total_plays: int
    total_likes: int
    total_shares: int
    followers: int
    following: int


class DayPlays(Answer):
    """Counted plays of a day."""

    date: str
    plays: int


class DayLikes(Answer):
    """Likes of a day."""

    date: str
    likes: int


class Trends(Answer):
    """Every day of the period, also those of nothing."""

    plays_over_time: list[DayPlays]
    likes_over_time: list[DayLikes]


class TopContent(Answer):
    """One of the contents that were played most; growth in whole per cent since the period before, null of nothing."""

    mashup_id: str
    title: str
    plays: int
    likes: int
    growth: int | None


class SourceShare(Answer):
    """Where plays came from, and how many per cent of all plays these are."""

    source: str
    count: int
    percentage: int


class CountryShare(Answer):
    """How many per cent of all plays a country has."""

    country: str
    percentage: int


class DeviceShare(Answer):
    """How many per cent of all plays a kind of device has."""

    device: str
    percentage: int


class Demographics(Answer):
    """Where and on what the plays were."""

    countries: list[CountryShare]
    devices: list[DeviceShare]


class Dashboard(Answer):
    """The dashboard of a creator."""

    period: Period
    summary: Summary
    trends: Trends
    top_content: list[TopContent]
    sources: list[SourceShare]
    demographics: Demographics
    tz: str
    as_of: str


class _Asked(NamedTuple):
    creator: str
    of: Range
    zone: ZoneInfo
    as_of: int


async def dashboard(request: web.Request) -> web.Response:
    """`GET /api/analytics/dashboard`: a creator's contents over a period, the last 30 days if none is named.

    Parameters: `artist`, `timeRange` or `from` and `to`, `tz`, `asOf`. Needs the scope `read:self`. Answer: golden
    `dashboard`; 403 `owner` for another's.
    """
    asked = Parameters(request, "artist", "timeRange", "from", "to", "asOf", "tz")
    creator = owner_of(request, asked)
    zone, as_of = asked.zone(), asked.as_of()
    of = asked.time_range()
    if not {"timeRange", "from", "to"} & set(request.query):
        of = between(days.last(as_of, DAYS, zone)[0].start, max(as_of, 1))
    which = _Asked(creator, of, zone, as_of)

    async def make(shards: Sequence[Shard]) -> Dashboard:
        return await _dashboard(Asking(request.app, opened(shards)), which)

    # Whose answer it is may stand in the token alone.
    key = msgspec.msgpack.encode((creator, key_of(request)))
    try:
        return await kept_answer(request, Question(key, of.end, asked.is_now), make)
    except TooManyBuckets as error:
        raise Problem(422, "too-costly", str(error)) from error


async def _dashboard(asking: Asking, asked: _Asked) -> Dashboard:
    creator, of = asked.creator, await from_first(asking.app, asked.of)
    spans = calendar.buckets("day", of, asked.zone)
    # A few at a time: a process has eight turns, and others ask too.
    by_days = question(creator, ("plays", "likes"), of, by="day", limit=len(spans), zone=asked.zone)
    now, (followers, following), by_day = await asyncio.gather(
        sums(asking, question(creator, ("plays", "likes", "shares"), of)),
        follows(asking, creator, of.end),
        groups_of(asking, by_days),
    )
    top, sources, (countries, devices) = await asyncio.gather(
        _top(asking, asked, of),
        by_value(asking, creator, "plays", of, "source", TOP),
        _demographics(asking, creator, of),
    )
    plays = now["plays"] or 0
    first = _first(spans, by_day) if of.name == ALL else 0
    return Dashboard(
        period=_period(spans[first:], asked.zone, of),
        summary=_summary(now, followers, following),
        trends=_trends(spans, by_day, first),
        top_content=top,
        sources=[
            SourceShare(source=name, count=count, percentage=whole(count * 100, plays) or 0)
            for name, count in sources
        ],
        demographics=Demographics(
            countries=[
                CountryShare(country=name, percentage=whole(count * 100, plays) or 0)
                for name, count in countries
            ],
            devices=[
                DeviceShare(device=name, percentage=whole(count * 100, plays) or 0) for name, count in devices
            ],
        ),
        tz=asked.zone.key,
        as_of=iso(asked.as_of),
    )


def _summary(now: Sums, followers: int, following: int) -> Summary:
    return Summary(
        total_plays=now["plays"] or 0,
        total_likes=now["likes"] or 0,
        total_shares=now["shares"] or 0,
        followers=followers,
        following=following,
    )


def _period(spans: Sequence[Bucket], zone: ZoneInfo, of: Range) -> Period:
    last = (_EPOCH + timedelta(milliseconds=of.end - 1)).astimezone(zone).date()
    return Period(start=spans[0].label, end=(last + days.DAY).isoformat())


def _first(spans: Sequence[Bucket], by_day: Sequence[Group]) -> int:
    """Return the first day with anything, the last one if there is none."""
    return min((int(group.key[0] or 0) for group in by_day), default=len(spans) - 1)


def _trends(spans: Sequence[Bucket], by_day: Sequence[Group], first: int) -> Trends:
    found = {group.key[0]: group.values for group in by_day}
    rows = [(spans[at].label, found.get(at, (0, 0))) for at in range(first, len(spans))]
    return Trends(
        plays_over_time=[DayPlays(date=label, plays=values[0] or 0) for label, values in rows],
        likes_over_time=[DayLikes(date=label, likes=values[1] or 0) for label, values in rows],
    )


async def _top(asking: Asking, asked: _Asked, of: Range) -> list[TopContent]:
    """Return the contents that were played most, each beside the same length of time before."""
    found = await groups_of(asking, question(asked.creator, ("plays", "likes"), of, by="content", limit=TOP))
    played = [group for group in found if group.values[0]]
    contents = [str(group.key[0]) for group in played]
    before = await _plays_before(asking, asked, contents)
    titles = await names(asking, contents)
    return [
        TopContent(
            mashup_id=content,
            title=titles[content],
            plays=group.values[0] or 0,
            likes=group.values[1] or 0,
            growth=None if before is None else _growth(group.values[0] or 0, before.get(content, 0)),
        )
        for content, group in zip(contents, played, strict=True)
    ]


async def _plays_before(asking: Asking, asked: _Asked, contents: Sequence[str]) -> dict[str, int] | None:
    of, zone = asked.of, asked.zone
    if of.name == ALL or not contents:
        return None
    start, end = moved([of.start, of.end], move(PREVIOUS, of, zone), zone)
    if start >= end:
        return None
    earlier = Range(BETWEEN, start, end)
    earlier_plays = question(
        asked.creator, ("plays",), earlier, by="content", contents=contents, limit=len(contents)
    )
    return {str(group.key[0]): group.values[0] or 0 for group in await groups_of(asking, earlier_plays)}


def _growth(now: int, before: int) -> int | None:
    return whole((now - before) * 100, before)


async def _demographics(
    asking: Asking, creator: str, of: Range
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    return await asyncio.gather(
        by_value(asking, creator, "plays", of, "country", TOP),
        by_value(asking, creator, "plays", of, "device", TOP),
    )
