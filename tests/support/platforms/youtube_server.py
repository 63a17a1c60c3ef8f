"""YouTube as it is published (November 2026): Data v3, Analytics v2, Google's grants, quotas until Pacific midnight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from platform_server import Granted, PlatformServer

PACIFIC = ZoneInfo("America/Los_Angeles")
PAGE = 50
MOST_OF_A_REPORT = 200
OF_VIDEOS = {
    "views", "engagedViews", "likes", "dislikes", "comments", "shares", "estimatedMinutesWatched",
    "averageViewDuration", "averageViewPercentage", "subscribersGained", "subscribersLost",
}  # fmt: skip
OF_DAYS = OF_VIDEOS | {"estimatedRevenue", "adImpressions"}
MONETARY = "https://www.googleapis.com/auth/yt-analytics-monetary.readonly"
Values = dict[str, int | float | None]


@dataclass
class Video:
    """A video. What `counts` and `report` lack is hidden; None: the video is not there at this moment."""

    id: str
    title: str
    published: str
    counts: Callable[[int], Values | None]
    report: Callable[[int], Values] = lambda _: {}


@dataclass
class Channel:
    """A channel, its videos newest first, and its days."""

    id: str
    title: str
    published: str = "2015-01-01T00:00:00Z"
    statistics: Values = field(default_factory=dict)
    hides_subscribers: bool = False
    videos: list[Video] = field(default_factory=list)
    days: Callable[[int], dict[str, Values]] = lambda _: {}
    earns: bool = False


class YouTubeServer(PlatformServer):
    """YouTube and Google's token endpoint."""

    summary = True
    """Whether batchGetStats says how many failed: real answers do not always."""

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self.channels: dict[str, Channel] = {}
        self.limits = {"units": 10_000, "batchGetStats": 10_000}

    def app(self) -> dict[str, Any]:
        """Return what the file of applications says of it."""
        addresses = {
            "authorize": "/auth",
            "token": "/token",
            "revoke": "/revoke",
            "data": "",
            "analytics": "",
        }
        return {
            "clientId": self.client[0],
            "clientSecret": self.client[1],
            "addresses": {name: self.url + path for name, path in addresses.items()},
        }

    def add(self, channel: Channel) -> Channel:
        """Let there be a channel."""
        self.channels[channel.id] = channel
        return channel

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/token", self._token),
            web.post("/revoke", self._revoke),
            web.get("/youtube/v3/channels", self._channels),
            web.get("/youtube/v3/playlistItems", self._playlist),
            web.get("/youtube/v3/videos:batchGetStats", self._statistics),
            web.get("/v2/reports", self._reports),
        ]

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return _oauth_error("invalid_client", 401)
        if form["grant_type"] == "authorization_code":
            code = self.take_code(form)
            if code is None:
                return _oauth_error("invalid_grant")
            granted = Granted(code.account, code.scopes, self.token("refresh"))
            self.grants.append(granted)
            more = {"refresh_token": granted.refresh}
        else:
            found = self.by_refresh(form.get("refresh_token", ""))
            if found is None:
                return _oauth_error("invalid_grant")
            granted, more = found, {}
            if self.rotates:
                granted.refresh = self.token("refresh")  # the one before is dead at once
                more = {"refresh_token": granted.refresh}
        return web.json_response({
            "access_token": self.access_token(granted), "expires_in": self.access_ms // 1000,
            "scope": " ".join(granted.scopes), "token_type": "Bearer", **more,
        })  # fmt: skip

    async def _revoke(self, request: web.Request) -> web.Response:
        token = str((await request.post()).get("token", ""))
        granted = self.by_refresh(token)
        if granted is not None:
            granted.revoked = True
        return web.json_response({})

    def _refused(self, request: web.Request, bucket: str) -> web.Response | Channel:
        """Charge a request, also one that will turn out wrong; return the channel of who asks, or a refusal."""
        day = f"{bucket} {datetime.fromtimestamp(self.clock.now / 1000, PACIFIC).date()}"
        if self.used[day] >= self.limits.get(bucket, 1 << 40):
            self.used[f"refused {day}"] += 1
            return _error(
                403, "quotaExceeded", "The request cannot be completed: quota exceeded.", "youtube.quota"
            )
        self.used[day] += 1
        granted = self.grant_of(request)
        if granted is None:
            return _error(401, "authError", "Request had invalid authentication credentials.")
        return self.channels[granted.account]

    async def _channels(self, request: web.Request) -> web.Response:
        channel = self._refused(request, "units")
        if isinstance(channel, web.Response):
            return channel
        if request.query.get("mine") != "true":
            return _error(400, "missingRequiredParameter", "No filter selected.")
        item = {
            "kind": "youtube#channel", "id": channel.id,
            "snippet": {"title": channel.title, "publishedAt": channel.published, "customUrl": "@x"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU{channel.id}"}},
            "statistics": {
                **_texts(channel.statistics), "hiddenSubscriberCount": channel.hides_subscribers,
            },
        }  # fmt: skip
        return web.json_response({"kind": "youtube#channelListResponse", "items": [item]})

    async def _playlist(self, request: web.Request) -> web.Response:
        channel = self._refused(request, "units")
        if isinstance(channel, web.Response):
            return channel
        if request.query.get("playlistId") != f"UU{channel.id}":
            return _error(404, "playlistNotFound", "The playlist cannot be found.")
        begin = int(request.query.get("pageToken", "p0").removeprefix("p"))
        some = channel.videos[begin : begin + PAGE]
        body: dict[str, Any] = {
            "kind": "youtube#playlistItemListResponse",
            "items": [{"id": f"i{one.id}", "contentDetails": {"videoId": one.id}} for one in some],
            "pageInfo": {"totalResults": len(channel.videos), "resultsPerPage": PAGE},
        }
        if begin + PAGE < len(channel.videos):
            body["nextPageToken"] = f"p{begin + PAGE}"
        return web.json_response(body)

    async def _statistics(self, request: web.Request) -> web.Response:
        channel = self._refused(request, "batchGetStats")
        if isinstance(channel, web.Response):
            return channel
        ids = request.query.get("id", "").split(",")
        if len(ids) > PAGE:
            return _error(400, "invalidValue", f"Too many ids: {len(ids)}.")
        there = {one.id: one for one in channel.videos}
        items, failed = [], []
        for id_ in ids:
            counts = there[id_].counts(self.clock.now) if id_ in there else None
            if counts is None:
                failed.append(id_)
                continue
            snippet = {"title": there[id_].title, "publishTime": there[id_].published}
            items.append({"id": id_, "statistics": _texts(counts), "snippet": snippet})
        body: dict[str, Any] = {"kind": "youtube#batchGetStatsResponse", "items": items}
        if self.summary:
            body["summary"] = {
                "requestedVideoCount": str(len(ids)), "succeededVideoCount": str(len(items)),
                "failedVideoCount": str(len(failed)), "failedVideoIds": failed,
            }  # fmt: skip
        return web.json_response(body)

    def _rows(
        self, channel: Channel, query: Mapping[str, str], metrics: list[str], dimension: str
    ) -> list[Any]:
        if dimension == "day":
            days = sorted(channel.days(self.clock.now).items())
            asked = [(day, told) for day, told in days if query["startDate"] <= day <= query["endDate"]]
        else:
            wanted = query["filters"].removeprefix("video==").split(",")
            asked = [(one.id, one.report(self.clock.now)) for one in channel.videos if one.id in wanted]
        return [
            [key, *(told.get(name) for name in metrics)]
            for key, told in asked
            if any(told.get(name) is not None for name in metrics)
        ]

    async def _reports(self, request: web.Request) -> web.Response:
        channel = self._refused(request, "reports")
        if isinstance(channel, web.Response):
            return channel
        query = request.query
        metrics, dimension = query["metrics"].split(","), query.get("dimensions", "")
        granted = self.grant_of(request)
        assert granted is not None
        if "estimatedRevenue" in metrics and (not channel.earns or MONETARY not in granted.scopes):
            return _error(403, "forbidden", "Forbidden")
        if _unsupported(query, metrics, dimension):
            return _error(400, "badRequest", "The query is not supported. Check the documentation.")
        rows = self._rows(channel, query, metrics, dimension)
        headers = [{"name": dimension, "columnType": "DIMENSION", "dataType": "STRING"}]
        headers += [{"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in metrics]
        body: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers}
        if rows:
            body["rows"] = rows  # left out when there is none
        return web.json_response(body)


def _unsupported(query: Mapping[str, str], metrics: list[str], dimension: str) -> bool:
    by_video = dimension == "video"
    if dimension not in {"video", "day"} or not set(metrics) <= (OF_VIDEOS if by_video else OF_DAYS):
        return True
    return by_video and (
        "sort" not in query or not 1 <= int(query.get("maxResults", "0")) <= MOST_OF_A_REPORT
    )


def _texts(counts: Values) -> dict[str, str]:
    return {name: str(value) for name, value in counts.items() if value is not None}


def _error(status: int, reason: str, message: str, domain: str = "global") -> web.Response:
    errors = [{"domain": domain, "reason": reason, "message": message}]
    return web.json_response({"error": {"code": status, "message": message, "errors": errors}}, status=status)


def _oauth_error(code: str, status: int = 400) -> web.Response:
    # Here `error` is a text; in answers of the interface it is an object.
    return web.json_response(
        {"error": code, "error_description": "Token has been expired or revoked."}, status=status
    )
