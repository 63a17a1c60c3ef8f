"""X as it is published (November 2026): API v2, windows of a quarter hour, money a post and day of UTC."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from platform_server import Granted, PlatformServer

QUARTER_MS = 900_000
PRIVATE_MS = 30 * 86_400_000
Fields = dict[str, Any]


@dataclass
class XPost:
    """A post; what `counts` lacks is left out, and None: it is not there now."""

    id: str
    text: str
    made: int
    counts: Callable[[int], Fields | None]
    private: Fields = field(default_factory=dict)
    views: int | None = None
    """Of its video."""


@dataclass
class XUser:
    """An account, its posts newest first."""

    id: str
    name: str
    counts: Fields = field(default_factory=dict)
    posts: list[XPost] = field(default_factory=list)


class XServer(PlatformServer):
    """X. What it charges is in `spent`, millionths of a dollar, by month."""

    access_ms = 7_200_000
    rotates = True
    newer_names = False
    """`repost_count` and `post_count` in place of the older names."""
    most = 75

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.users: dict[str, XUser] = {}
        self.spent: Counter[str] = Counter()
        self._charged: set[tuple[str, str]] = set()
        self._window: Counter[tuple[str, int]] = Counter()
        self.refused = 0
        self.budget = 50.0

    def app(self) -> dict[str, Any]:
        """Return what the file of applications says of it."""
        addresses = {"authorize": self.url + "/auth", "token": self.url, "data": self.url}
        client = {"clientId": self.client[0], "clientSecret": self.client[1]}
        return {**client, "addresses": addresses, "budget": self.budget}

    def add(self, user: XUser) -> XUser:
        """Let there be an account."""
        self.users[user.id] = user
        return user

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/2/oauth2/token", self._token),
            web.post("/2/oauth2/revoke", self._revoke),
            web.get("/2/users/me", self._me),
            web.get("/2/users/{id}/tweets", self._posts),
        ]

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        basic = base64.b64encode(":".join(self.client).encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return web.json_response({"error": "unauthorized_client"}, status=401)
        if form["grant_type"] == "authorization_code":
            code = self.take_code(form)
            granted = Granted(code.account, code.scopes, self.token("refresh")) if code else None
            if granted is not None:
                self.grants.append(granted)
        else:
            granted = self.by_refresh(form.get("refresh_token", ""))
            if granted is not None and self.rotates:
                granted.refresh = self.token("refresh")
        if granted is None:
            words = "Value passed for the token was invalid."
            return web.json_response({"error": "invalid_request", "error_description": words}, status=400)
        more = {"refresh_token": granted.refresh} if "offline.access" in granted.scopes else {}
        return web.json_response({
            "token_type": "bearer", "expires_in": self.access_ms // 1000,
            "access_token": self.access_token(granted), "scope": " ".join(granted.scopes), **more,
        })  # fmt: skip

    async def _revoke(self, request: web.Request) -> web.Response:
        granted = self.by_refresh(str((await request.post()).get("token", "")))
        if granted is not None:
            granted.revoked = True
        return web.json_response({"revoked": True})

    def _mine(self, request: web.Request) -> web.Response | XUser:
        granted = self.grant_of(request)
        if granted is None:
            return _problem(401, "Unauthorized", "about:blank")
        window = (granted.account, self.clock.now // QUARTER_MS)
        self._window[window] += 1
        if self._window[window] > self.most:
            self.refused += 1
            reset = str((window[1] + 1) * QUARTER_MS // 1000)
            return _problem(429, "Too Many Requests", "about:blank", x_rate_limit_reset=reset)
        return self.users[granted.account]

    def _charge(self, resource: str, price: int) -> None:
        day = datetime.fromtimestamp(self.clock.now / 1000, UTC).date().isoformat()
        if (resource, day) not in self._charged:
            self._charged.add((resource, day))
            self.spent[day[:7]] += price

    def _named(self, counts: Fields) -> Fields:
        newer = {"retweet_count": "repost_count", "tweet_count": "post_count"}
        return {newer.get(name, name) if self.newer_names else name: value for name, value in counts.items()}

    async def _me(self, request: web.Request) -> web.Response:
        user = self._mine(request)
        if isinstance(user, web.Response):
            return user
        self._charge(f"user:{user.id}", 10_000)
        data: Fields = {"id": user.id, "name": user.name, "username": user.name}
        if "public_metrics" in request.query.get("user.fields", ""):
            data["public_metrics"] = self._named(user.counts)
        return web.json_response({"data": data})

    async def _posts(self, request: web.Request) -> web.Response:
        user = self._mine(request)
        if isinstance(user, web.Response):
            return user
        query = request.query
        if request.match_info["id"] != user.id or query.get("exclude") != "retweets":
            return _problem(403, "Forbidden", "https://api.x.com/2/problems/client-forbidden")
        begin, end = (_ms(query[name]) if name in query else None for name in ("start_time", "end_time"))
        wanted = [
            one for one in user.posts
            if (begin is None or one.made >= begin) and (end is None or one.made < end)
        ]  # fmt: skip
        at, most = int(query.get("pagination_token", "t0")[1:]), int(query["max_results"])
        some = [one for one in wanted[at : at + most] if one.counts(self.clock.now) is not None]
        data, media, errors = [], [], []
        for one in some:
            self._charge(f"post:{one.id}", 5_000)
            held: Fields = {"id": one.id, "text": one.text, "created_at": _iso(one.made)}
            held["public_metrics"] = self._named(one.counts(self.clock.now) or {})
            if "non_public_metrics" in query["tweet.fields"]:
                if self.clock.now - one.made < PRIVATE_MS:
                    held["non_public_metrics"] = one.private
                else:
                    errors.append({"title": "Field Authorization Error", "resource_id": one.id})
            if one.views is not None:
                key = f"7_{one.id}"
                self._charge(f"media:{key}", 5_000)
                held["attachments"] = {"media_keys": [key]}
                media.append({"media_key": key, "type": "video", "public_metrics": {"view_count": one.views}})
            data.append(held)
        body: Fields = {"meta": {"result_count": len(data)}}
        body |= {"data": data} if data else {}
        body |= {"includes": {"media": media}} if media else {}
        body |= {"errors": errors} if errors else {}
        if at + most < len(wanted):
            body["meta"]["next_token"] = f"t{at + most}"
        return web.json_response(body)


def _problem(status: int, title: str, type_: str, **headers: str) -> web.Response:
    body = {"title": title, "detail": title, "type": type_, "status": status}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(body, status=status, headers=named)


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
