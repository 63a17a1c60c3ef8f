"""The music document's dashboard of an artist: his tracks over a range, beside the range before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from aiohttp import web

from server.api.creators.playlists import PLAYLIST, SUBMISSION, PlaylistStats, playlist_stats
from server.api.creators.rows import Asking, Sums, decimal, follows, groups_of, names, sums
from server.door.answers import Answer
from server.door.kept import kept_answer, key_of
from server.door.owners import owner_of
from server.door.parameters import Parameters
from server.resources.history import Rows
from server.resources.kept import Question, opened
from streakline.creators.questions import question
from streakline.history.cover import moment_of
from streakline.history.freshness import Shard
from streakline.history.query import Query
from streakline.history.ranges import Range, previous
from streakline.history.totals import growth
from streakline.times import iso

RECENT_PLAYS: Final = 10
RECENT_LIKES: Final = 5
TOP: Final = 5
GROWING: Final = ("plays", "likes", "shares")
NO_TRACKS: Final = frozenset({PLAYLIST, SUBMISSION})
"""Types of contents that hold tracks, or ask to."""
_OVERVIEW: Final = (*GROWING, "downloads", "saves", "listeners", "sessions", "avgDuration", "completionRate")
_ENGAGEMENT: Final = ("likeRate", "shareRate", "saveRate", "downloadRate")
_TRACK: Final = ("plays", "likes", "shares", "saves", "downloads")


class Overview(Answer):
    """Sums of the range. Tracks are the artist's contents now, of any or the one type; unique plays are sessions."""

    total_tracks: int
    total_plays: int
    total_likes: int
    total_shares: int
    total_downloads: int
    total_saves: int
    unique_listeners: int
    unique_plays: int
    avg_duration: float | None
    avg_completion_rate: float | None


class ArtistProfile(Answer):
    """Who the artist is; his id where nobody stated a name. Followers are those at the end of the range."""

    id: str
    name: str
    followers: int
    following: int


class RecentEvent(Answer):
    """A play or a like of one of the tracks, without who it was."""

    track_id: str
    title: str
    timestamp: str
    source: str | None
    country: str | None


class RecentActivity(Answer):
    """What happened last before `asOf`, newest first."""

    plays: list[RecentEvent]
    likes: list[RecentEvent]


class TopTrack(Answer):
    """One of the tracks that were played most in the range."""

    track_id: str
    title: str
    plays: int
    likes: int
    shares: int
    saves: int
    downloads: int


class EngagementMetrics(Answer):
    """Per cent of the plays; null where there are none."""

    like_rate: float | None
    share_rate: float | None
    save_rate: float | None
    download_rate: float | None
    completion_rate: float | None


class GrowthMetrics(Answer):
    """Change in per cent since the range of the same length just before; null for `all`, and of nothing."""

    plays: float | None
    likes: float | None
    shares: float | None
    previous_plays: int | None
    previous_likes: int | None
    previous_shares: int | None


class DashboardStats(Answer):
    """The dashboard of an artist."""

    time_range: str
    start: str
    end: str
    as_of: str
    overview: Overview
    artist_profile: ArtistProfile
    recent_activity: RecentActivity
    top_tracks: list[TopTrack]
    engagement_metrics: EngagementMetrics
    playlist_stats: PlaylistStats
    growth_metrics: GrowthMetrics


async def dashboard_stats(request: web.Request) -> web.Response:
    """`GET /api/dashboard/stats`: an artist's tracks over a range.

    Parameters: `artist`, `type`, `timeRange` or `from` and `to`, `tz`, `asOf`. Needs the scope `read:self`. Answer:
    golden `dashboard_stats`; 403 `owner` for another's.
    """
    asked = Parameters(request, "artist", "type", "timeRange", "from", "to", "asOf", "tz")
    artist = owner_of(request, asked)
    whose = _Whose(artist, asked.identity("type", "type", code="parameter") or "")
    of, as_of = asked.time_range(), asked.as_of()

    async def make(shards: Sequence[Shard]) -> DashboardStats:
        return await _stats(Asking(request.app, opened(shards)), whose, of, as_of)

    # Whose answer it is may stand in the token alone.
    key = msgspec.msgpack.encode((artist, key_of(request)))
    return await kept_answer(request, Question(key, max(of.end, as_of), asked.is_now), make)


class _Whose(NamedTuple):
    """The contents that are asked about: an artist's, of one type or of all (`""`)."""

    artist: str
    type_: str

    def question(self, metrics: Sequence[str], of: Range, **more: Any) -> Query:
        return question(self.artist, metrics, of, type_=self.type_, **more)

    def counts(self, type_: str) -> bool:
        return type_ == self.type_ if self.type_ else type_ not in NO_TRACKS


async def _stats(asking: Asking, whose: _Whose, of: Range, as_of: int) -> DashboardStats:
    artist = whose.artist
    # A few at a time: a process has eight turns, and others ask too.
    now, before, types = await asyncio.gather(
        sums(asking, whose.question((*_OVERVIEW, *_ENGAGEMENT), of)),
        _before(asking, whose, of),
        asking.history.rows("history/contents_of_creator", creator=artist),
    )
    profile, recent, top = await asyncio.gather(
        _profile(asking, artist, of.end),
        _recent(asking, whose, as_of),
        groups_of(asking, whose.question(_TRACK, of, by="content", limit=TOP)),
    )
    plays, likes = recent
    playlists = await playlist_stats(asking, artist, of, types)
    titles = await names(
        asking, [str(group.key[0]) for group in top] + [row["contentId"] for row in (*plays, *likes)]
    )
    return DashboardStats(
        time_range=of.name,
        start=iso(of.start),
        end=iso(of.end),
        as_of=iso(as_of),
        overview=Overview(
            total_tracks=sum(row["contents"] for row in types if whose.counts(row["type"])),
            total_plays=now["plays"] or 0,
            total_likes=now["likes"] or 0,
            total_shares=now["shares"] or 0,
            total_downloads=now["downloads"] or 0,
            total_saves=now["saves"] or 0,
            unique_listeners=now["listeners"] or 0,
            unique_plays=now["sessions"] or 0,
            avg_duration=decimal(now["avgDuration"]),
            avg_completion_rate=decimal(now["completionRate"]),
        ),
        artist_profile=profile,
        recent_activity=RecentActivity(
            plays=[_event(row, titles) for row in plays], likes=[_event(row, titles) for row in likes]
        ),
        top_tracks=[
            TopTrack(str(group.key[0]), titles[str(group.key[0])], *(value or 0 for value in group.values))
            for group in top
        ],
        engagement_metrics=EngagementMetrics(
            *(decimal(now[name]) for name in (*_ENGAGEMENT, "completionRate"))
        ),
        playlist_stats=playlists,
        growth_metrics=_growth(now, before),
    )


def _growth(now: Sums, before: Sums | None) -> GrowthMetrics:
    if before is None:
        return GrowthMetrics(None, None, None, None, None, None)
    plays, likes, shares = (growth(now[name] or 0, before[name] or 0) for name in GROWING)
    return GrowthMetrics(plays, likes, shares, before["plays"], before["likes"], before["shares"])


async def _before(asking: Asking, whose: _Whose, of: Range) -> Sums | None:
    earlier = previous(of)
    return None if earlier is None else await sums(asking, whose.question(GROWING, earlier))


async def _profile(asking: Asking, artist: str, end: int) -> ArtistProfile:
    rows = await asking.history.rows("history/facts", subject="creator", id=artist)
    facts = {row["fact"]: row["value"] for row in rows}
    followers, following = await follows(asking, artist, end)
    return ArtistProfile(
        id=artist, name=facts.get("name") or artist, followers=followers, following=following
    )


async def _recent(asking: Asking, whose: _Whose, as_of: int) -> tuple[Rows, Rows]:
    """Return the newest plays and the newest likes."""
    name = "history/recent_of_creator"
    given = {"creator": whose.artist, "type": whose.type_, "end": moment_of(as_of)}
    return await asyncio.gather(
        asking.history.rows(name, **given, likes=False, limit=RECENT_PLAYS),
        asking.history.rows(name, **given, likes=True, limit=RECENT_LIKES),
    )


def _event(row: dict[str, Any], titles: dict[str, str]) -> RecentEvent:
    return RecentEvent(
        track_id=row["contentId"],
        title=titles[row["contentId"]],
        timestamp=iso(row["ms"]),
        source=row["source"] or None,
        country=row["country"] or None,
    )
