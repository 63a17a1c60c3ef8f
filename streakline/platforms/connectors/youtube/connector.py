"""YouTube: live counts by the Data API, and what only an owner learns by Analytics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from streakline import zones
from streakline.platforms.connectors.connector import Account, Defaults
from streakline.platforms.connectors.exchange import Ask, Asking, Reply, Unreadable, json_of
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens, tokens_of
from streakline.platforms.connectors.parts import part
from streakline.platforms.connectors.quotas import PACIFIC, Daily, Quota
from streakline.platforms.connectors.youtube import asks
from streakline.platforms.connectors.youtube.faults import fault_of
from streakline.platforms.connectors.youtube.replies import Item, count, day, items_of, number, rows_of
from streakline.times import DAY_MS, HOUR_MS, SECOND_MS

DATA: Final = ("youtube-data", "v3")
ANALYTICS: Final = ("youtube-analytics", "v2")
LISTED: Final = DAY_MS
"""After so long all uploads are listed again: between, only the newest ones."""
CORRECTED: Final = 10
"""Days whose numbers are asked for again: they come two or three days late, and change afterwards."""
UNPAID: Final = 7 * DAY_MS
"""For which a channel that earns nothing is not asked again what it earns."""
_OF_VIDEOS: Final[dict[str, tuple[str, float]]] = {
    "engagedViews": ("engagedViews", 1),
    "dislikes": ("dislikes", 1),
    "shares": ("shares", 1),
    "estimatedMinutesWatched": ("watchTime", 60),
    "averageViewDuration": ("avgWatchTime", 1),
    "averageViewPercentage": ("retention", 1),
}
_OF_DAYS: Final[dict[str, tuple[str, float]]] = {
    "views": ("viewsOfDay", 1),
    "likes": ("likesOfDay", 1),
    "dislikes": ("dislikesOfDay", 1),
    "comments": ("commentsOfDay", 1),
    "shares": ("sharesOfDay", 1),
    "estimatedMinutesWatched": ("watchTimeOfDay", 60),
    "subscribersGained": ("followersGained", 1),
    "subscribersLost": ("followersLost", 1),
}
_REVENUE: Final[dict[str, tuple[str, float]]] = {"estimatedRevenue": ("revenueOfDay", 1)}
_CURRENCY: Final = "USD"


class YouTube(Defaults):
    """The connector of YouTube."""

    name: str = "youtube"
    platform: str = "youtube"
    pace: int = 4 * HOUR_MS
    addresses: Mapping[str, str] = {
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "revoke": "https://oauth2.googleapis.com/revoke",
        "data": "https://www.googleapis.com",
        "analytics": "https://youtubeanalytics.googleapis.com",
    }
    quotas: Mapping[str, Quota] = {
        asks.UNITS: Daily(10_000, PACIFIC),
        asks.BATCHES: Daily(10_000, PACIFIC),
        asks.REPORTS: Daily(1_000_000_000),  # nothing is published: it is left alone once it says so
    }

    def authorize(self, app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
        """Return the address that a person is sent to, to say yes."""
        return asks.authorize(app, redirect, state, verifier)

    def exchange(self, app: ClientApp, code: str, redirect: str, verifier: str, now: int) -> Asking[Tokens]:
        """Take a code for tokens."""
        tokens = _tokens((yield asks.exchange(app, code, redirect, verifier)), now, None)
        if not tokens.refresh:
            raise Faulty(Fault("refused", "the grant has no refresh token, so it would end within an hour"))
        return tokens

    def refresh(self, app: ClientApp, tokens: Tokens, now: int) -> Asking[Tokens]:
        """Take a grant for newer tokens: the refresh token stays, for the answer has none."""
        return _tokens((yield asks.refresh(app, tokens)), now, tokens)

    def revoke(self, app: ClientApp, tokens: Tokens) -> Ask | None:
        """Return what gives a grant back."""
        return asks.revoke(tokens)

    def who(self, tokens: Tokens) -> Asking[Account]:
        """Ask for the channel of a grant."""
        channel = _channel((yield asks.channel()))
        return Account(channel.id, channel.snippet.title)

    def look(self, look: Look) -> Asking[None]:
        """Ask for a channel and its videos."""
        reply = yield asks.channel()
        channel = _channel(reply)
        if channel.id != look.account:
            raise Faulty(Fault("lost", f"the grant is of the channel {channel.id[:40]!r} now"))
        _add_channel(look, channel, reply.at)
        yield from part(look, "uploads", _uploads(look, channel.content_details.related_playlists.uploads))
        videos = list(look.notes.get("posts", []))
        yield from part(look, "statistics", _statistics(look, videos))
        if look.scopes and asks.ANALYTICS not in look.scopes:
            return
        today = _pacific(look.now)
        first = _pacific(channel.published) if channel.published else date(2005, 2, 14)
        for some in _slices(videos, asks.REPORTED):
            yield from part(look, "video report", _of_videos(look, some, (first, today)))
        since = today - timedelta(days=CORRECTED)
        yield from part(look, "daily report", _of_days(look, _OF_DAYS, (since, today), ""))
        yield from part(look, "revenue report", _earned(look, (since, today)))

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is."""
        return fault_of(ask, reply, now)


def _tokens(reply: Reply, now: int, before: Tokens | None) -> Tokens:
    said = json_of(reply.body)
    tokens = tokens_of(said, now, before) if isinstance(said, dict) else None
    if tokens is None:
        raise Unreadable("the answer of the token endpoint holds no access_token")
    return tokens


def _channel(reply: Reply) -> Item:
    items = items_of(reply).items
    if not items:
        raise Faulty(Fault("refused", "the Google account has no channel; make one, or take another account"))
    return items[0]


def _add_channel(look: Look, channel: Item, at: int) -> None:
    counts = channel.statistics
    followers = None if counts.hidden_subscriber_count else count(counts.subscriber_count)
    told = {"views": count(counts.view_count), "followers": followers, "posts": count(counts.video_count)}
    look.add("", told, at, DATA)


def _uploads(look: Look, playlist: str) -> Asking[None]:
    """List the uploads of a channel: all of them once a day, else what is new."""
    known: list[str] = look.notes.get("posts", [])
    whole = look.now - look.notes.get("listed", 0) >= LISTED
    found: dict[str, None] = {}
    page, has_more = "", bool(playlist)
    while has_more:
        items = items_of((yield asks.uploads(playlist, page)))
        # A video that is published between two pages moves the others on: one comes twice.
        found.update(dict.fromkeys(item.content_details.video_id for item in items.items))
        page = items.next_page_token
        has_more = bool(page) and (whole or not set(found) & set(known))
    found.pop("", None)
    look.notes["posts"] = list(found) if whole else list(dict.fromkeys([*found, *known]))
    if whole:
        look.notes["listed"] = look.now


def _statistics(look: Look, videos: Sequence[str]) -> Asking[None]:
    """Ask for counts. Of a video that is gone nothing comes, which is no zero."""
    for some in _slices(videos, asks.PAGE):
        reply = yield asks.statistics(some)
        for video in items_of(reply).items:
            counts = video.statistics
            told = {
                "views": count(counts.view_count),
                "likes": count(counts.like_count),
                "comments": count(counts.comment_count),
            }
            look.add(video.id, told, reply.at, DATA)
            if video.snippet.title and video.published:
                look.tell(video.id, "video", video.snippet.title, video.published, reply.at)


def _of_videos(look: Look, videos: Sequence[str], days: tuple[date, date]) -> Asking[None]:
    """Ask what only the owner learns of videos: from the beginning until as late as it is known."""
    first = next(iter(_OF_VIDEOS))
    more = (
        ("filters", f"video=={','.join(videos)}"),
        ("sort", f"-{first}"),
        ("maxResults", str(asks.REPORTED)),
    )
    reply = yield asks.report(list(_OF_VIDEOS), "video", _texts(days), *more)
    for row in rows_of(reply):
        look.add(str(row.get("video", "")), _named(row, _OF_VIDEOS), reply.at, ANALYTICS)


def _of_days(
    look: Look, names: dict[str, tuple[str, float]], days: tuple[date, date], currency: str
) -> Asking[None]:
    """Ask for days of the channel: none that is not complete comes, and none without anything to tell."""
    more = (("currency", currency),) if currency else ()
    reply = yield asks.report(list(names), "day", _texts(days), *more)
    for row in rows_of(reply):
        # Noon of UTC lies in the Pacific day of the same date, and in that of nearly every other zone.
        noon = datetime.combine(day(row.get("day")), datetime.min.time(), UTC) + timedelta(hours=12)
        at = round(noon.timestamp()) * SECOND_MS
        look.add("", _named(row, names), reply.at, ANALYTICS, at, currency)


def _earned(look: Look, days: tuple[date, date]) -> Asking[None]:
    """Ask what was earned, by itself: a channel that earns nothing is refused all that is asked along with it."""
    if (look.scopes and asks.MONETARY not in look.scopes) or look.now < look.notes.get("unpaid", 0):
        return
    try:
        yield from _of_days(look, _REVENUE, days, _CURRENCY)
    except Faulty as faulty:
        if faulty.fault.kind != "refused":
            raise
        look.notes["unpaid"] = look.now + UNPAID


def _named(row: dict[str, Any], names: dict[str, tuple[str, float]]) -> dict[str, int | float | None]:
    told: dict[str, int | float | None] = {}
    for native, (name, times) in names.items():
        value = number(row.get(native))
        told[name] = None if value is None else value * times
    return told


def _pacific(ms: int) -> date:
    return datetime.fromtimestamp(ms / SECOND_MS, zones.zone(PACIFIC)).date()


def _texts(days: tuple[date, date]) -> tuple[str, str]:
    return days[0].isoformat(), days[1].isoformat()


def _slices(all_: Sequence[str], most: int) -> list[Sequence[str]]:
    return [all_[at : at + most] for at in range(0, len(all_), most)]
