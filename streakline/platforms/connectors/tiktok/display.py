"""TikTok by its Display API: public videos, and the counts that everybody sees."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec

from streakline.platforms.connectors.connector import Account, Defaults
from streakline.platforms.connectors.exchange import (
    Ask,
    Asking,
    Pairs,
    Reply,
    Unreadable,
    json_of,
    member,
    read,
    words,
)
from streakline.platforms.connectors.faults import Fault, Kind, kind_of
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens, tokens_of
from streakline.platforms.connectors.parts import part
from streakline.platforms.connectors.quotas import Quota, Rate
from streakline.platforms.connectors.tiktok.consent import consent
from streakline.platforms.connectors.tiktok.values import whole
from streakline.platforms.connectors.tiktok.videos import PAGE, Video, every_video, tell
from streakline.times import HOUR_MS, MINUTE_MS

SOURCE: Final = ("tiktok-display", "v2")
SCOPES: Final = ("user.info.basic", "user.info.stats", "video.list")
CALLS: Final = "calls"
_COUNTS: Final = {"follower_count": "followers", "following_count": "following", "video_count": "posts"}
_OF_VIDEOS: Final = {
    "view_count": "views",
    "like_count": "likes",
    "comment_count": "comments",
    "share_count": "shares",
}
_FIELDS: Final = ("id", "create_time", "title", "video_description", *_OF_VIDEOS)
_KINDS: Final[dict[str, Kind]] = {
    "access_token_invalid": "unauthorized",
    "rate_limit_exceeded": "throttled",
    "internal_error": "away",
}
"""Others are refused: not every 401 is a token that has ended."""
_DEAD: Final = {"invalid_grant", "access_denied"}


class _User(msgspec.Struct):
    user: dict[str, Any] = {}


class _Told(msgspec.Struct):
    data: _User = msgspec.field(default_factory=_User)


_TOLD: Final = msgspec.json.Decoder(_Told)


class TikTok(Defaults):
    """The connector of TikTok's Display API."""

    name: str = "tiktok"
    platform: str = "tiktok"
    pace: int = 6 * HOUR_MS
    addresses: Mapping[str, str] = {
        "authorize": "https://www.tiktok.com/v2/auth/authorize/",
        "token": "https://open.tiktokapis.com",
        "data": "https://open.tiktokapis.com",
    }
    quotas: Mapping[str, Quota] = {CALLS: Rate(100, MINUTE_MS)}
    """As the document has it; the platform allows 600 of each path."""

    def authorize(self, app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
        """Return the address that a person is sent to, to say yes."""
        return consent(app, SCOPES, redirect, state)

    def exchange(self, app: ClientApp, code: str, redirect: str, verifier: str, now: int) -> Asking[Tokens]:
        """Take a code for tokens."""
        form = (("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect))
        return _tokens((yield _token(app, form)), now, None)

    def refresh(self, app: ClientApp, tokens: Tokens, now: int) -> Asking[Tokens]:
        """Take a grant for newer tokens: the refresh token before is dead from then on."""
        form = (("grant_type", "refresh_token"), ("refresh_token", tokens.refresh))
        return _tokens((yield _token(app, form)), now, tokens)

    def revoke(self, app: ClientApp, tokens: Tokens) -> Ask | None:
        """Return what gives a grant back."""
        return _token(app, (("token", tokens.access),))._replace(path="/v2/oauth/revoke/")

    def who(self, tokens: Tokens) -> Asking[Account]:
        """Ask whose account a grant is of."""
        user = read((yield _user(("open_id", "display_name"))), _TOLD).data.user
        if not isinstance(user.get("open_id"), str):
            raise Unreadable("the answer of user/info holds no open_id")
        return Account(user["open_id"], str(user.get("display_name") or ""))

    def look(self, look: Look) -> Asking[None]:
        """Ask for an account and its public videos."""
        if not look.scopes or "user.info.stats" in look.scopes:
            yield from part(look, "account", _account(look))
        if not look.scopes or "video.list" in look.scopes:
            yield from part(look, "videos", _videos(look))

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is. `error` is there on success, too."""
        said = json_of(reply.body)
        if ask.base == "token":
            return _of_grant(reply, said)
        code = member(said, "error", "code")
        if reply.status < 300 and code in {None, "ok"}:
            return None
        why = words(member(said, "error", "message") or code or f"HTTP {reply.status}")
        kind = _KINDS.get(str(code)) or kind_of(reply.status)
        return Fault(kind, why, code=words(code or ""))


def _of_grant(reply: Reply, said: Any) -> Fault | None:
    """Return what the token endpoint means: its errors may come with 200, so the body decides."""
    code = member(said, "error")
    if reply.status < 300 and not code:
        return None
    if code in _DEAD:
        return Fault("lost", words(member(said, "error_description") or code), code=words(code))
    why = words(member(said, "error_description") or code or f"HTTP {reply.status}")
    return Fault(
        "away" if reply.status >= 500 or reply.status == 429 else "refused", why, code=words(code or "")
    )


def _token(app: ClientApp, form: Pairs) -> Ask:
    client = (("client_key", app.client_id), ("client_secret", app.client_secret))
    return Ask("token", "/v2/oauth/token/", form=client + form, method="POST", signed=False)


def _tokens(reply: Reply, now: int, before: Tokens | None) -> Tokens:
    said = json_of(reply.body)
    tokens = tokens_of(said, now, before, separator=",") if isinstance(said, dict) else None
    if tokens is None:
        raise Unreadable("the answer of the token endpoint holds no access_token")
    return tokens


def _user(fields: tuple[str, ...]) -> Ask:
    return Ask("data", "/v2/user/info/", (("fields", ",".join(fields)),), bucket=CALLS)


def _account(look: Look) -> Asking[None]:
    reply = yield _user(("open_id", *_COUNTS))
    user = read(reply, _TOLD).data.user
    look.add("", {name: whole(user.get(native)) for native, name in _COUNTS.items()}, reply.at, SOURCE)


def _videos(look: Look) -> Asking[None]:
    return every_video(_page, "id", partial(_add, look))


def _page(cursor: int | None) -> Ask:
    body: dict[str, int] = {"max_count": PAGE} | ({} if cursor is None else {"cursor": cursor})
    query = (("fields", ",".join(_FIELDS)),)
    return Ask("data", "/v2/video/list/", query, body=msgspec.json.encode(body), method="POST", bucket=CALLS)


def _add(look: Look, id_: str, video: Video, at: int) -> None:
    look.add(id_, {name: whole(video.get(native)) for native, name in _OF_VIDEOS.items()}, at, SOURCE)
    tell(look, id_, video, video.get("title") or video.get("video_description"), at)
