"""TikTok as it is published (November 2026): Display v2 and Accounts v1.3, tokens that rotate and die at once."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from platform_server import Granted, PlatformServer

PAGE = 20
HOUR_MS = 3_600_000
Fields = dict[str, Any]


@dataclass
class Post:
    """A video; what `counts` lacks is absent, None: it is not there now."""

    id: str
    title: str
    made: int
    """Seconds."""
    counts: Callable[[int], Fields | None]


@dataclass
class Profile:
    """An account, its videos newest first."""

    id: str
    name: str
    stats: Fields = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    days: Callable[[int], dict[str, Fields]] = lambda _: {}
    for_business: bool = True


class TikTokServer(PlatformServer):
    """The Display API. A refresh token works once; a minute takes 600 requests to a path."""

    access_ms = 2 * HOUR_MS
    refresh_ms = 180 * 24 * HOUR_MS
    proves = False
    most = 600
    codes_of_200 = False
    """Whether errors of grants come with 200."""
    times_are_texts = False

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.profiles: dict[str, Profile] = {}
        self._sliding: dict[str, deque[int]] = {}
        self.refused = 0

    def app(self) -> dict[str, Any]:
        """Return what the file of applications says of it."""
        addresses = {"authorize": self.url + "/auth", "token": self.url, "data": self.url}
        return {"clientId": self.client[0], "clientSecret": self.client[1], "addresses": addresses}

    def add(self, profile: Profile) -> Profile:
        """Let there be an account."""
        self.profiles[profile.id] = profile
        return profile

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/oauth/token/", self._token),
            web.post("/v2/oauth/revoke/", self._revoke),
            web.get("/v2/user/info/", self._user),
            web.post("/v2/video/list/", self._list),
        ]

    def granted_by(self, form: Fields, code: str = "code") -> Granted | None:
        """Return the grant of a code or refresh token, which is used up; the next refresh token is made."""
        if form["grant_type"] == "authorization_code":
            taken = self.take_code({**form, "code": form.get(code, "")})
            if taken is None:
                return None
            granted = Granted(taken.account, taken.scopes, "", self.clock.now + self.refresh_ms)
            self.grants.append(granted)
        else:
            found = self.by_refresh(form.get("refresh_token", ""))
            if found is None:
                return None
            granted = found
        granted.refresh = self.token("refresh")
        return granted

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if (form.get("client_key"), form.get("client_secret")) != self.client:
            return self._oauth_error("invalid_client", 401)
        granted = self.granted_by(form)
        if granted is None:
            return self._oauth_error("invalid_grant")
        return web.json_response({
            "access_token": self.access_token(granted), "expires_in": self.access_ms // 1000,
            "open_id": granted.account, "refresh_expires_in": (granted.refresh_expires - self.clock.now) // 1000,
            "refresh_token": granted.refresh, "scope": ",".join(granted.scopes), "token_type": "Bearer",
        })  # fmt: skip

    def _oauth_error(self, code: str, status: int = 400) -> web.Response:
        body = {"error": code, "error_description": "The request is wrong.", "log_id": "2026"}
        return web.json_response(body, status=200 if self.codes_of_200 else status)

    async def _revoke(self, request: web.Request) -> web.Response:
        form = await request.post()
        granted, _ = self._access.get(str(form.get("token", "")), (None, 0))
        if granted is not None:
            granted.revoked = True
        return web.json_response({})

    def over(self, path: str) -> bool:
        """Tell whether a path was asked too often in the minute that ends now, and count this time."""
        times = self._sliding.setdefault(path, deque())
        while times and times[0] <= self.clock.now - 60_000:
            times.popleft()
        if len(times) >= self.most:
            self.refused += 1
            return True
        times.append(self.clock.now)
        return False

    def _allowed(self, request: web.Request, scope: str) -> web.Response | Profile:
        if self.over(request.path):
            return _error(429, "rate_limit_exceeded")
        granted = self.grant_of(request)
        if granted is None:
            return _error(401, "access_token_invalid")
        if scope not in granted.scopes:
            return _error(401, "scope_not_authorized")
        return self.profiles[granted.account]

    async def _user(self, request: web.Request) -> web.Response:
        asked = request.query["fields"].split(",")
        counts = {"follower_count", "following_count", "likes_count", "video_count"}
        profile = self._allowed(request, "user.info.stats" if counts & set(asked) else "user.info.basic")
        if isinstance(profile, web.Response):
            return profile
        held = {"open_id": profile.id, "display_name": profile.name, **profile.stats}
        return _ok({"user": {name: held[name] for name in asked if name in held}})

    async def _list(self, request: web.Request) -> web.Response:
        profile = self._allowed(request, "video.list")
        if isinstance(profile, web.Response):
            return profile
        body, asked = await request.json(), request.query["fields"].split(",")
        if body.get("max_count", 10) > PAGE:
            return _error(400, "invalid_params")
        some, cursor, more = self.page(profile, body.get("cursor"), body.get("max_count", 10))
        videos = []
        for post in some:
            counts = post.counts(self.clock.now)
            if counts is None:
                continue  # a page may be short with more to come
            made: int | str = str(post.made) if self.times_are_texts else post.made
            held = {"id": post.id, "title": post.title, "create_time": made, "is_aigc": False, **counts}
            videos.append({name: held[name] for name in asked if name in held})
        return _ok({"videos": videos, "cursor": cursor, "has_more": more})

    def page(self, profile: Profile, cursor: int | None, most: int) -> tuple[list[Post], int, bool]:
        """Return videos that are older than a cursor (ms), the next cursor, and whether there are more."""
        older = [one for one in profile.posts if cursor is None or one.made * 1000 < cursor]
        some = older[:most]
        return some, some[-1].made * 1000 if some else (cursor or 0), len(older) > most


class TikTokBusinessServer(TikTokServer):
    """The Accounts API: 200 with a code; refreshing does not prolong a refresh token."""

    access_ms = 24 * HOUR_MS
    refresh_ms = 365 * 24 * HOUR_MS
    token_header = "access-token"

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.refused_fields: set[str] = set()
        """Fields of videos that are not offered any more."""

    def routes(self) -> list[web.RouteDef]:
        base = "/open_api/v1.3"
        return [
            web.post(f"{base}/tt_user/oauth2/token/", self._granted),
            web.post(f"{base}/tt_user/oauth2/refresh_token/", self._granted),
            web.post(f"{base}/tt_user/oauth2/revoke/", self._taken_back),
            web.get(f"{base}/business/get/", self._get),
            web.get(f"{base}/business/video/list/", self._videos),
        ]

    async def _granted(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (body.get("client_id"), body.get("client_secret")) != self.client:
            return _coded(40001, "wrong client")
        granted = self.granted_by(body, "auth_code")
        if granted is None:
            return _coded(40107 if body["grant_type"] == "refresh_token" else 40110, "wrong code or token")
        return _coded(0, "OK", {
            "access_token": self.access_token(granted), "expires_in": self.access_ms // 1000,
            "open_id": granted.account, "refresh_token": granted.refresh,
            "refresh_token_expires_in": (granted.refresh_expires - self.clock.now) // 1000,
            "scope": ",".join(granted.scopes), "token_type": "Bearer",
        })  # fmt: skip

    async def _taken_back(self, request: web.Request) -> web.Response:
        granted, _ = self._access.get((await request.json()).get("access_token", ""), (None, 0))
        if granted is not None:
            granted.revoked = True
        return _coded(0, "OK")

    def _mine(self, request: web.Request) -> web.Response | Profile:
        if self.over(request.path):
            return _coded(40100, "Too many requests")
        granted = self.grant_of(request)
        if granted is None:
            return _coded(40102, "Access token is expired")
        if request.query.get("business_id") != granted.account:
            return _coded(40001, "No permission")
        return self.profiles[granted.account]

    async def _get(self, request: web.Request) -> web.Response:
        profile = self._mine(request)
        if isinstance(profile, web.Response):
            return profile
        asked = json.loads(request.query["fields"])
        if {"daily_new_followers", "unique_video_views"} & set(asked) and not profile.for_business:
            return _coded(40002, "Only for business accounts")
        held = {"display_name": profile.name, **profile.stats}
        data: Fields = {name: held[name] for name in asked if name in held}
        if "start_date" in request.query:
            first, last = request.query["start_date"], request.query["end_date"]
            data["metrics"] = [
                {"date": day, **{name: told[name] for name in asked if name in told}}
                for day, told in sorted(profile.days(self.clock.now).items())
                if first <= day <= last
            ]
        return _coded(0, "OK", data)

    async def _videos(self, request: web.Request) -> web.Response:
        profile = self._mine(request)
        if isinstance(profile, web.Response):
            return profile
        asked = json.loads(request.query["fields"])
        if wrong := set(asked) & self.refused_fields:
            return _coded(40002, f"Invalid fields: {sorted(wrong)}")
        cursor = int(request.query["cursor"]) if "cursor" in request.query else None
        some, after, more = self.page(profile, cursor, int(request.query.get("max_count", 10)))
        videos = []
        for post in some:
            counts = post.counts(self.clock.now)
            if counts is not None:
                held = {"item_id": post.id, "caption": post.title, "create_time": str(post.made), **counts}
                videos.append({name: held[name] for name in asked if name in held})
        return _coded(0, "OK", {"videos": videos, "cursor": after, "has_more": more})


def _ok(data: Fields) -> web.Response:
    # `error` is there on success, too.
    return web.json_response({"data": data, "error": {"code": "ok", "message": "", "log_id": "2026"}})


def _error(status: int, code: str) -> web.Response:
    error = {"code": code, "message": "words", "log_id": "2026"}
    return web.json_response({"data": {}, "error": error}, status=status)


def _coded(code: int, message: str, data: Fields | None = None) -> web.Response:
    return web.json_response({"code": code, "message": message, "request_id": "r", "data": data or {}})
