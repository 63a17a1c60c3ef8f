"""TikTok by the Accounts API of its Business API: what only an owner learns, of accounts that are for business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec

from streakline.platforms.connectors.connector import Account, Defaults
from streakline.platforms.connectors.exchange import (
    Ask,
    Asking,
    Reply,
    Unreadable,
    json_of,
    member,
    read,
    words,
)
from streakline.platforms.connectors.faults import Fault, Faulty, Kind, kind_of
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens, tokens_of
from streakline.platforms.connectors.parts import part
from streakline.platforms.connectors.quotas import Quota, Rate
from streakline.platforms.connectors.tiktok.consent import consent
from streakline.platforms.connectors.tiktok.values import number, whole
from streakline.platforms.connectors.tiktok.videos import PAGE, Video, every_video, tell
from streakline.times import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

SOURCE: Final = ("tiktok-business", "v1.3")
SCOPES: Final = (
    "user.info.basic", "user.info.username", "user.info.stats", "user.account.type", "user.insights",
    "video.list", "video.insights",
)  # fmt: skip
CALLS: Final = "calls"
CORRECTED: Final = 7
"""Days that are asked for again: they come one or two days late. Sixty is the furthest that may be asked for."""
NARROW: Final = 7 * DAY_MS
"""For which fields that were refused are not asked for again."""
_TOTALS: Final = {"followers_count": "followers", "videos_count": "posts"}
_DAYS: Final = {"video_views": "viewsOfDay", "profile_views": "profileVisitsOfDay", "likes": "likesOfDay"}
_FOLLOWERS: Final = {
    "daily_new_followers": "followersGained",
    "daily_lost_followers": "followersLost",
    "unique_video_views": "reachOfDay",
}
"""Of accounts for business alone. `daily_total_followers` is no total: it is the first less the second."""
_VIDEOS: Final[dict[str, tuple[str, int]]] = {
    "video_views": ("views", 1),
    "likes": ("likes", 1),
    "comments": ("comments", 1),
    "shares": ("shares", 1),
}
_MORE: Final[dict[str, tuple[str, int]]] = {
    "favorites": ("saves", 1),
    "reach": ("reach", 1),
    "total_time_watched": ("watchTime", 1),
    "average_time_watched": ("avgWatchTime", 1),
    "full_video_watched_rate": ("completion", 100),
    "profile_views": ("profileVisits", 1),
    "website_clicks": ("clicks", 1),
}
_ABOUT: Final = ("item_id", "create_time", "caption")
_WRONG: Final = "40002"
_KINDS: Final[dict[int, Kind]] = {
    40100: "throttled", 40132: "throttled", 61000: "throttled",
    40102: "unauthorized", 40104: "unauthorized", 40105: "unauthorized",
    40103: "lost", 40107: "lost",
    50000: "away", 50002: "away", 51010: "away", 60001: "away",
}  # fmt: skip
_GOOD: Final = {0, 20001}
"""The second: a part of what was asked for."""


class _Told(msgspec.Struct):
    data: dict[str, Any] = {}


_TOLD: Final = msgspec.json.Decoder(_Told)


class TikTokBusiness(Defaults):
    """The connector of TikTok's Accounts API."""

    name: str = "tiktok-business"
    platform: str = "tiktok"
    pace: int = 6 * HOUR_MS
    addresses: Mapping[str, str] = {
        "authorize": "https://www.tiktok.com/v2/auth/authorize/",
        "token": "https://business-api.tiktok.com",
        "data": "https://business-api.tiktok.com",
    }
    quotas: Mapping[str, Quota] = {CALLS: Rate(100, MINUTE_MS)}

    def authorize(self, app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
        """Return the address that a person is sent to, to say yes."""
        return consent(app, SCOPES, redirect, state)

    def exchange(self, app: ClientApp, code: str, redirect: str, verifier: str, now: int) -> Asking[Tokens]:
        """Take a code for tokens."""
        body = {"grant_type": "authorization_code", "auth_code": code, "redirect_uri": redirect}
        return _tokens((yield _token(app, "token", body)), now, None)

    def refresh(self, app: ClientApp, tokens: Tokens, now: int) -> Asking[Tokens]:
        """Take a grant for newer tokens. That prolongs no refresh token: after a year its person says yes again."""
        body = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        return _tokens((yield _token(app, "refresh_token", body)), now, tokens)

    def revoke(self, app: ClientApp, tokens: Tokens) -> Ask | None:
        """Return what gives a grant back."""
        return _token(app, "revoke", {"access_token": tokens.access})

    def who(self, tokens: Tokens) -> Asking[Account]:
        """Ask whose account a grant is of: the answer with the tokens said its id."""
        told = read((yield _get(tokens.subject, ("display_name",))), _TOLD).data
        return Account(tokens.subject, str(told.get("display_name") or ""))

    def look(self, look: Look) -> Asking[None]:
        """Ask for an account and its videos."""
        yield from part(look, "account", _account(look))
        yield from part(look, "days", _days(look, _DAYS))
        if look.now >= look.notes.get("private", 0):
            yield from part(look, "followers by day", _followers(look))
        yield from part(look, "videos", _videos(look))

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is. Failures come with 200 and a code."""
        said = json_of(reply.body)
        code = member(said, "code")
        if reply.status < 300 and code in _GOOD:
            return None
        why = words(member(said, "message") or f"HTTP {reply.status}")
        kind = kind_of(reply.status)
        if isinstance(code, int):
            kind = _KINDS.get(code, kind)
        if reply.status < 300 and code is None:
            kind = "unreadable"
        return Fault(kind, why, code=words(code if code is not None else ""))


def _token(app: ClientApp, which: str, body: dict[str, str]) -> Ask:
    held = {"client_id": app.client_id, "client_secret": app.client_secret, **body}
    path = f"/open_api/v1.3/tt_user/oauth2/{which}/"
    return Ask("token", path, body=msgspec.json.encode(held), method="POST", signed=False)


def _tokens(reply: Reply, now: int, before: Tokens | None) -> Tokens:
    said = member(json_of(reply.body), "data")
    tokens = tokens_of(said, now, before, separator=",") if isinstance(said, dict) else None
    if tokens is None or not tokens.subject:
        raise Unreadable("the answer of the token endpoint holds no access_token or no open_id")
    return tokens


def _get(account: str, fields: tuple[str, ...], *days: tuple[str, str]) -> Ask:
    names = msgspec.json.encode(list(fields)).decode()
    query = (("business_id", account), ("fields", names), *days)
    return Ask("data", "/open_api/v1.3/business/get/", query, bucket=CALLS, header="Access-Token")


def _account(look: Look) -> Asking[None]:
    reply = yield _get(look.account, tuple(_TOTALS))
    told = read(reply, _TOLD).data
    look.add("", {name: whole(told.get(native)) for native, name in _TOTALS.items()}, reply.at, SOURCE)


def _days(look: Look, names: Mapping[str, str]) -> Asking[None]:
    """Ask for days, which are of UTC."""
    today = datetime.fromtimestamp(look.now / SECOND_MS, UTC).date()
    days = (("start_date", str(today - timedelta(days=CORRECTED))), ("end_date", str(today)))
    reply = yield _get(look.account, tuple(names), *days)
    metrics = read(reply, _TOLD).data.get("metrics")
    for row in metrics if isinstance(metrics, list) else ():
        at = _noon(row.get("date"))
        look.add("", {name: whole(row.get(native)) for native, name in names.items()}, reply.at, SOURCE, at)


def _followers(look: Look) -> Asking[None]:
    """Ask for what only accounts for business have; one that is none is not asked again for a while."""
    try:
        yield from _days(look, _FOLLOWERS)
    except Faulty as faulty:
        if faulty.fault.kind != "refused":
            raise
        look.notes["private"] = look.now + NARROW


def _videos(look: Look) -> Asking[None]:
    narrow = look.now < look.notes.get("narrow", 0)
    names = _VIDEOS if narrow else _VIDEOS | _MORE
    try:
        yield from _listed(look, names)
    except Faulty as faulty:
        # One field that is not offered any more is a refusal of all of them.
        if narrow or faulty.fault.code != _WRONG:
            raise
        look.notes["narrow"] = look.now + NARROW
        look.fault("more of videos", faulty.fault)
        yield from _listed(look, _VIDEOS)


def _listed(look: Look, names: Mapping[str, tuple[str, int]]) -> Asking[None]:
    fields = msgspec.json.encode([*_ABOUT, *names]).decode()
    query = (("business_id", look.account), ("fields", fields), ("max_count", str(PAGE)))

    def page(cursor: int | None) -> Ask:
        more = () if cursor is None else (("cursor", str(cursor)),)
        path = "/open_api/v1.3/business/video/list/"
        return Ask("data", path, query + more, bucket=CALLS, header="Access-Token")

    def add(id_: str, video: Video, at: int) -> None:
        told = {name: number(video.get(native), times) for native, (name, times) in names.items()}
        look.add(id_, told, at, SOURCE)
        tell(look, id_, video, video.get("caption"), at)

    return every_video(page, "item_id", add)


def _noon(text: Any) -> int:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        msg = f"{str(text)[:40]!r} stands where a day should"
        raise Unreadable(msg) from error
    return round(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * SECOND_MS
