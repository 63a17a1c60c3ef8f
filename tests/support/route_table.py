"""The table of routes: of each what is asked of it, where it is documented, and how it refuses.

A route that is added needs its row here, a heading in `docs/wire-protocol.md` and a golden file in
`tests/golden/routes`.
"""

from __future__ import annotations

import re

from platform_routes import PLATFORM_ROWS
from route_row import Row as Row

ADDRESS = "http://history:wrong@127.0.0.1:1/streakline"
"""Of a ClickHouse that is away: nobody listens there."""

NO_ZONE = {"tz=UTC": "parameter"}
MACHINES = "machines that look after the process ask it, with parameters of their own"
LINKED = "its address is the secret, and whoever has the link is meant to see it"
ROWS = [
    *PLATFORM_ROWS,
    Row("GET /health", "/health", open=MACHINES, loose=MACHINES),
    Row("GET /ready", "/ready", open=MACHINES, loose=MACHINES),
    Row("GET /metrics", "/metrics", open=MACHINES, loose=MACHINES),
    Row(
        "POST /api/stats/events", "/api/stats/events", status=202, refusals=("key-missing", "scope-missing"),
        loose="a beacon carries its key there, and who sends it may be a page of years ago",
    ),
    Row(
        "GET /api/live", "/api/live", status=101, bad={"token=eyJ": "parameter"},
        open="each topic is refused by itself, in the conversation",
    ),
    Row(
        "GET /api/live/events", "/api/live/events", refusals=("token-missing", "forbidden"),
        bad={"topics=,": "topics", "topics=nothing": "unknown-topic"},
    ),
    Row("GET /api/live/definitions", "/api/live/definitions", bad={"x&x": "parameter"}),
    Row("GET /api/analytics/realtime", "/api/analytics/realtime", bad={"tz=UTC": "parameter"}),
    Row(
        "GET /api/v1/counters", "/api/v1/counters?content=chess",
        bad={"content=": "content", "tz=UTC": "parameter"},
    ),
    Row(
        "GET /api/v1/settled", "/api/v1/settled", open="a position tells nothing but how far the system is",
        bad={"wait=61": "wait", "wait=soon": "wait", "wait=1&wait=2": "parameter", "position=gA": "position"},
    ),
    Row("GET /api/v1/system", "/api/v1/system", bad={"shard=0": "parameter"}),
    Row(
        "GET /api/v1/dead-letters", "/api/v1/dead-letters",
        bad={"limit=0": "limit", "cursor=gA": "cursor", "where=ingest": "parameter"},
    ),
    Row("POST /api/v1/dead-letters/replay", "/api/v1/dead-letters/replay", body={"all": True}),
    Row("DELETE /api/v1/dead-letters/{id}", "/api/v1/dead-letters/1-1", status=404),
    Row(
        "POST /api/v1/query", "/api/v1/query", history=True, bad={"format=xls": "format"},
        body={"metrics": ["plays"], "dimensions": ["content"]}
    ),
    Row("GET /api/v1/query/definitions", "/api/v1/query/definitions", bad={"tz=UTC": "parameter"}),
    Row("GET /api/v1/keys", "/api/v1/keys", bad={"state=good": "parameter"}),
    Row("POST /api/v1/keys", "/api/v1/keys", status=201, body={"scopes": ["write"]}),
    Row("GET /api/v1/webhooks", "/api/v1/webhooks", bad={"state=dead": "parameter"}),
    Row("POST /api/v1/webhooks", "/api/v1/webhooks", status=201, body={"url": "https://example.org/hook"}),
    Row("DELETE /api/v1/webhooks/{id}", "/api/v1/webhooks/nosuchhook", status=404),
    Row(
        "GET /api/v1/webhooks/{id}/deliveries", "/api/v1/webhooks/nosuchhook/deliveries", status=404,
        bad={"state=lost": "state", "limit=0": "limit", "cursor=gA": "parameter"},
    ),
    Row(
        "POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry", "/api/v1/webhooks/nosuchhook/deliveries/a/retry",
        status=404,
    ),
    Row("POST /api/v1/webhooks/{id}/test", "/api/v1/webhooks/nosuchhook/test", status=404),
    Row("POST /api/v1/robots/rules", "/api/v1/robots/rules", status=202, body={"reason": "sender"}),
    Row("GET /api/v1/me", "/api/v1/me", refusals=("token-missing", "")),
    Row("POST /api/v1/token", "/api/v1/token", refusals=("token-missing", "not-renewable"), status=403),
    Row("DELETE /api/v1/keys/{id}", "/api/v1/keys/nosuchkey", status=404),
    Row(
        "PUT /api/v1/content", "/api/v1/content", status=202, body=[{"id": "chess", "title": "Chess"}],
        bad={"id=chess": "parameter"},
    ),
    Row(
        "PUT /api/v1/content/{id}", "/api/v1/content/chess", status=202, body={"title": "Chess"},
        bad={"title=Chess": "parameter"},
    ),
    Row(
        "PUT /api/v1/creators", "/api/v1/creators", status=202, body=[{"id": "band", "name": "The Band"}],
        bad={"id=band": "parameter"},
    ),
    Row(
        "PUT /api/v1/creators/{id}", "/api/v1/creators/band", status=202, body={"name": "The Band"},
        bad={"name=Band": "parameter"},
    ),
    Row("GET /api/v1/content/{id}", "/api/v1/content/chess", history=True, bad={"tz=UTC": "parameter"}),
    Row("GET /api/v1/creators/{id}", "/api/v1/creators/band", history=True, bad={"tz=UTC": "parameter"}),
    Row(
        "POST /api/shares", "/api/shares", status=202, refusals=("key-missing", "scope-missing"),
        body={"appId": "chess", "platform": "whatsapp", "sessionId": "s"},
        loose="a beacon carries its key there",
    ),
    Row(
        "GET /api/admin/shares/stats", "/api/admin/shares/stats", history=True,
        bad={"days=8": "days", "asOf=soon": "time-range", "timeRange=7d": "parameter"},
    ),
    Row(
        "GET /api/analytics/mashups/{id}", "/api/analytics/mashups/chess", history=True,
        bad={"tz=Mars": "tz", "asOf=soon": "time-range", "timeRange=7d": "parameter"},
    ),
    Row(
        "GET /api/stats/analytics", "/api/stats/analytics", history=True,
        bad={"metric=loves": "metric", "timeRange=8d": "time-range", "trackId=": "content", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/analytics/dashboard", "/api/analytics/dashboard?artist=band", history=True,
        refusals=("token-missing", "owner"),
        bad={"timeRange=8d": "time-range", "asOf=soon": "time-range", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/dashboard/stats", "/api/dashboard/stats?artist=band", history=True,
        refusals=("token-missing", "owner"),
        bad={"type=": "parameter", "timeRange=8d": "time-range", "asOf=soon": "time-range", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/analytics/milestones", "/api/analytics/milestones?user=band", history=True,
        refusals=("token-missing", "owner"), bad={"user=": "parameter", "asOf=soon": "time-range", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/analytics/viewing-time", "/api/analytics/viewing-time?user=band", history=True,
        refusals=("token-missing", "owner"),
        bad={"period=day": "period", "asOf=soon": "time-range", "tz=Mars": "tz", "timeRange=7d": "parameter"},
    ),
    Row(
        "GET /api/analytics/year-in-review", "/api/analytics/year-in-review?user=band", history=True,
        refusals=("token-missing", "owner"),
        bad={"asOf=soon": "time-range", "tz=Mars": "tz", "year=2026": "parameter"},
    ),
    Row(
        "GET /api/analytics/year-in-review/{year}", "/api/analytics/year-in-review/2026?user=band", history=True,
        refusals=("token-missing", "owner"),
        bad={"asOf=soon": "time-range", "tz=Mars": "tz", "period=week": "parameter"},
    ),
    Row(
        "POST /api/analytics/calculate", "/api/analytics/calculate?user=band&wait=0", status=202,
        refusals=("token-missing", "owner"), bad={"asOf=soon": "time-range", "period=week": "parameter"},
    ),
    Row(
        "PUT /api/v1/people/{id}", "/api/v1/people/ann", status=202, body={"zone": "UTC"},
        bad={"tz=UTC": "parameter"},
    ),
    Row(
        "POST /api/v1/people/{id}/freezes", "/api/v1/people/ann/freezes", status=202, body={"id": "f-1"},
        bad={"tz=UTC": "parameter"},
    ),
    Row("DELETE /api/v1/people/{id}/freezes/{which}", "/api/v1/people/ann/freezes/x-1", status=202, bad=NO_ZONE),
    Row(
        "POST /api/v1/people/{id}/pauses", "/api/v1/people/ann/pauses", status=202,
        body={"id": "p-1", "from": "2026-01-01", "to": "2026-01-02"},
        bad={"tz=UTC": "parameter"},
    ),
    Row("DELETE /api/v1/people/{id}/pauses/{which}", "/api/v1/people/ann/pauses/x-1", status=202, bad=NO_ZONE),
    Row(
        "POST /api/v1/people/{id}/repairs", "/api/v1/people/ann/repairs", status=202,
        body={"id": "r-1", "day": "2026-01-01", "timestamp": "2026-01-02T12:00:00Z"},
        bad={"tz=UTC": "parameter"},
    ),
    Row("DELETE /api/v1/people/{id}/repairs/{which}", "/api/v1/people/ann/repairs/x-1", status=202, bad=NO_ZONE),
    Row(
        "GET /api/v1/people/{id}", "/api/v1/people/band", history=True, refusals=("token-missing", "owner"),
        bad={"tz=Mars": "tz", "asOf=soon": "time-range", "user=ann": "parameter"},
    ),
    Row(
        "GET /api/v1/people/{id}/streak", "/api/v1/people/band/streak", history=True,
        refusals=("token-missing", "owner"), bad={"tz=UTC": "parameter"},
    ),
    Row(
        "GET /api/v1/people/{id}/record", "/api/v1/people/band/record", history=True,
        refusals=("token-missing", "owner"),
        bad={"limit=0": "limit", "tz=Mars": "tz", "asOf=soon": "time-range", "user=ann": "parameter"},
    ),
    Row(
        "GET /api/v1/people/{id}/years/{year}/card.png", "/api/v1/people/band/years/2026/card.png", history=True,
        refusals=("token-missing", "owner"), heading="`GET /api/v1/people/{id}/years/{year}/card.svg` and `card.png`",
        bad={"size=square": "size", "tz=Mars": "tz", "asOf=soon": "time-range", "user=ann": "parameter"},
    ),
    Row(
        "GET /api/v1/people/{id}/years/{year}/card.svg", "/api/v1/people/band/years/2026/card.svg", history=True,
        refusals=("token-missing", "owner"),
        bad={"size=square": "size", "tz=Mars": "tz", "asOf=soon": "time-range", "user=ann": "parameter"},
    ),
    Row(
        "POST /api/v1/people/{id}/years/{year}/links", "/api/v1/people/band/years/2026/links", history=True,
        refusals=("token-missing", "owner"), status=201, body={"name": "The Band"},
        bad={"tz=Mars": "tz", "user=ann": "parameter"},
    ),
    Row(
        "GET /api/v1/people/{id}/years/{year}/links", "/api/v1/people/band/years/2026/links",
        refusals=("token-missing", "owner"), bad={"tz=UTC": "parameter"},
    ),
    Row(
        "DELETE /api/v1/people/{id}/years/{year}/links/{link}", "/api/v1/people/band/years/2026/links/nosuchlink",
        refusals=("token-missing", "owner"), status=404,
    ),
    Row("GET /shared/year/{token}", "/shared/year/nosuchtoken", open=LINKED, status=404, loose="as of the page"),
    Row(
        "GET /shared/year/{token}/card.png", "/shared/year/nosuchtoken/card.png", open=LINKED, status=404,
        bad={"size=square": "size", "tz=UTC": "parameter"},
    ),
    Row(
        "GET /shared/year/{token}/card.svg", "/shared/year/nosuchtoken/card.svg", open=LINKED, status=404,
        bad={"size=square": "size", "tz=UTC": "parameter"},
        heading="`GET /shared/year/{token}/card.png` and `card.svg`",
    ),
    Row(
        "GET /api/v1/people/{id}/export", "/api/v1/people/band/export", history=True,
        refusals=("token-missing", "owner"),
        bad={"format=xls": "format", "timeRange=8d": "time-range", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/analytics/streak", "/api/analytics/streak?user=band", history=True,
        refusals=("token-missing", "owner"),
        bad={"mode=weekly": "mode", "asOf=soon": "time-range", "tz=Mars": "tz", "timeRange=7d": "parameter"},
    ),
    Row(
        "GET /api/apps/{id}/share-count", "/api/apps/chess/share-count", history=True,
        bad={"platform=whatsapp": "parameter", "fresh=yes": "parameter"},
    ),
    Row(
        "GET /api/v1/robots", "/api/v1/robots", history=True,
        bad={"limit=0": "limit", "timeRange=8d": "time-range", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/v1/search", "/api/v1/search?q=chess", history=True,
        bad={"limit=0": "limit", "limit=51": "limit", "tz=UTC": "parameter"},
    ),
    Row(
        "GET /api/v1/export", "/api/v1/export", history=True,
        bad={"format=xls": "format", "content=": "content", "from=soon": "time-range", "tz=Mars": "tz"},
    ),
    Row(
        "GET /api/openapi.json", "/api/openapi.json", open="it says how to ask, and tells no number",
        bad={"x=1": "parameter"},
    ),
    Row(
        "GET /{tail}", "/", heading="`GET /…`", open="everybody gets the page, which then asks for a token",
        loose="links to the page carry what they like",
    ),
]  # fmt: skip


def golden_name(route: str) -> str:
    """Return the name of a route's golden file, without its ending."""
    return re.sub(r"\W+", "_", route.lower()).strip("_")
