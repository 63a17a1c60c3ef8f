"""Instagram as it is published (November 2026): Instagram Login, insights in three shapes, quotas in headers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from platform_server import Granted, PlatformServer

DAY_MS = 86_400_000
OF_ALL = {"reach", "views", "shares", "total_interactions", "reposts"}
OF_KIND = {
    "FEED": OF_ALL | {"likes", "comments", "saved", "profile_visits", "follows"},
    "REELS": OF_ALL
    | {
        "likes",
        "comments",
        "saved",
        "ig_reels_avg_watch_time",
        "ig_reels_video_view_total_time",
        "reels_skip_rate",
    },
    "STORY": OF_ALL | {"replies", "navigation", "profile_visits", "follows"},
}
OF_DAYS = {
    "views",
    "likes",
    "comments",
    "saves",
    "shares",
    "replies",
    "reposts",
    "reach",
    "profile_links_taps",
}
Fields = dict[str, Any]


@dataclass
class IgMedia:
    """A post, reel or story; what `numbers` lacks is not available."""

    id: str
    kind: str
    caption: str
    made: int
    numbers: Callable[[int], Fields]


@dataclass
class IgAccount:
    """An account, its media newest first."""

    id: str
    name: str
    counts: Fields = field(default_factory=dict)
    media: list[IgMedia] = field(default_factory=list)
    stories: list[IgMedia] = field(default_factory=list)
    days: Callable[[str], Fields] = lambda _: {}
    new_followers: list[tuple[str, int]] = field(default_factory=list)
    """(end of the day, followers)."""


class InstagramServer(PlatformServer):
    """The Graph API. A token lives for sixty days and is prolonged by itself, after a day at the earliest."""

    access_ms = 60 * DAY_MS
    proves = False
    version = "v26.0"

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.accounts: dict[str, IgAccount] = {}
        self.usage = 10
        """Per cent of the quota that answers tell."""
        self.gone: set[str] = set()
        """Numbers that are not offered any more: each refuses the whole question."""

    def app(self) -> dict[str, Any]:
        """Return what the file of applications says of it."""
        addresses = {"authorize": self.url + "/auth", "token": self.url, "data": self.url}
        return {"clientId": self.client[0], "clientSecret": self.client[1], "addresses": addresses}

    def add(self, account: IgAccount) -> IgAccount:
        """Let there be an account."""
        self.accounts[account.id] = account
        return account

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth/access_token", self._short),
            web.get("/access_token", self._long),
            web.get("/refresh_access_token", self._refresh),
            web.get("/{version}/me", self._me),
            web.get("/{version}/{id}/media", self._media),
            web.get("/{version}/{id}/stories", self._stories),
            web.get("/{version}/{id}/insights", self._insights),
        ]

    async def _short(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        code = self.take_code(form)
        if code is None or form.get("client_secret") != self.client[1]:
            body = {
                "error_type": "OAuthException",
                "code": 400,
                "error_message": "Matching code was not found",
            }
            return web.json_response(body, status=400)
        granted = Granted(code.account, code.scopes, "")
        self.grants.append(granted)
        token = self.token("access")
        self._access[token] = (granted, self.clock.now + 3_600_000)
        return web.json_response({"access_token": token, "user_id": 1, "permissions": list(granted.scopes)})

    async def _long(self, request: web.Request) -> web.Response:
        granted, expires = self._access.get(request.query.get("access_token", ""), (None, 0))
        if granted is None or expires <= self.clock.now or request.query["client_secret"] != self.client[1]:
            return _error(190, "Error validating access token")
        return self._made(granted)

    async def _refresh(self, request: web.Request) -> web.Response:
        token = request.query.get("access_token", "")
        granted, expires = self._access.get(token, (None, 0))
        if granted is None or granted.revoked or expires <= self.clock.now:
            return _error(190, "Error validating access token: Session has expired", 463)
        if self.clock.now - (expires - self.access_ms) < DAY_MS:
            return _error(100, "The token is younger than 24 hours")
        return self._made(granted)

    def _made(self, granted: Granted) -> web.Response:
        body = {
            "access_token": self.access_token(granted),
            "token_type": "bearer",
            "expires_in": self.access_ms // 1000,
        }
        return web.json_response(body)

    def _mine(self, request: web.Request) -> web.Response | IgAccount:
        granted = self.grant_of(request)
        if granted is None:
            return _error(190, "Invalid OAuth access token - Cannot parse access token")
        return self.accounts[granted.account]

    def _answer(self, account: IgAccount, body: Fields) -> web.Response:
        used = {"type": "instagram", "call_count": self.usage, "total_cputime": 1, "total_time": 1}
        used["estimated_time_to_regain_access"] = 30 if self.usage >= 95 else 0
        headers = {
            "X-Business-Use-Case-Usage": json.dumps({account.id: [used]}),
            "X-App-Usage": json.dumps({"call_count": 2, "total_time": 1, "total_cputime": 1}),
            "facebook-api-version": self.version,
        }
        return web.json_response(body, headers=headers)

    async def _me(self, request: web.Request) -> web.Response:
        account = self._mine(request)
        if isinstance(account, web.Response):
            return account
        held = {"id": account.id, "username": account.name, **account.counts}
        asked = request.query["fields"].split(",")
        return self._answer(account, {name: held[name] for name in asked if name in held})

    async def _media(self, request: web.Request) -> web.Response:
        account = self._mine(request)
        if isinstance(account, web.Response):
            return account
        most, after = int(request.query["limit"]), request.query.get("after", "")
        ids = [one.id for one in account.media]
        begin = ids.index(after) + 1 if after else 0
        some = account.media[begin : begin + most]
        body: Fields = {"data": [_shown(one) for one in some]}
        if some:
            body["paging"] = {"cursors": {"after": some[-1].id}}
            if begin + most < len(ids):
                # Holds a token, and must not be followed.
                body["paging"]["next"] = "https://elsewhere.example/next?access_token=SECRET-next"
        return self._answer(account, body)

    async def _stories(self, request: web.Request) -> web.Response:
        account = self._mine(request)
        if isinstance(account, web.Response):
            return account
        there = [one for one in account.stories if self.clock.now - one.made < DAY_MS]
        return self._answer(account, {"data": [_shown(one) for one in there]})

    async def _insights(self, request: web.Request) -> web.Response:
        account = self._mine(request)
        if isinstance(account, web.Response):
            return account
        asked = request.query["metric"].split(",")
        if gone := self.gone & set(asked):
            return _error(100, f"(#100) metric[0] must be one of the following values: not {min(gone)}")
        if request.match_info["id"] == account.id:
            return self._of_account(account, asked, request)
        media = next(one for one in [*account.media, *account.stories] if one.id == request.match_info["id"])
        if wrong := set(asked) - OF_KIND[media.kind]:
            text = f"(#100) does not support the {min(wrong)} metric for this media product type"
            return _error(100, text)
        numbers = media.numbers(self.clock.now)
        if media.kind == "STORY" and numbers.get("views", 9) < 5:
            return _error(10, "(#10) Not enough viewers for the media to show insights")
        if asked == ["navigation"]:
            results = [
                {"dimension_values": [name], "value": value}
                for name, value in numbers.get("navigation", {}).items()
            ]
            total: Fields = {
                "breakdowns": [{"dimension_keys": ["story_navigation_action_type"], "results": results}]
            }
            return self._answer(account, {"data": [{"name": "navigation", "total_value": total}]})
        data = [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": numbers[name]}],
                "id": f"{media.id}/{name}",
            }
            for name in asked
            if name in numbers
        ]
        return self._answer(account, {"data": data})

    def _of_account(self, account: IgAccount, asked: list[str], request: web.Request) -> web.Response:
        if asked == ["follower_count"]:
            values = [{"value": number, "end_time": end} for end, number in account.new_followers]
            told = [{"name": "follower_count", "period": "day", "values": values}] if values else []
            return self._answer(account, {"data": told})
        if set(asked) - OF_DAYS or request.query.get("metric_type") != "total_value":
            return _error(100, "(#100) The metric should be specified with parameter metric_type=total_value")
        numbers = account.days(request.query["since"])
        data = [
            {"name": name, "period": "day", "total_value": {"value": numbers[name]}}
            for name in asked
            if name in numbers
        ]
        return self._answer(account, {"data": data})


def _shown(one: IgMedia) -> Fields:
    made = datetime.fromtimestamp(one.made / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": one.id, "media_product_type": one.kind, "caption": one.caption, "timestamp": made}


def _error(code: int, message: str, subcode: int = 0) -> web.Response:
    error: Fields = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    if subcode:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=400)
