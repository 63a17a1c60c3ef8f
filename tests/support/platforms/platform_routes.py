"""Rows of the table of routes that are of other platforms."""

from __future__ import annotations

from route_row import Row


def measured(path: str, ask: str, bad: dict[str, str], status: int = 200) -> Row:
    """Return the row of a route that answers for what was measured of an owner."""
    ranges = {
        "timeRange=8d": "time-range",
        "from=2026-02-30": "time-range",
        "asOf=soon": "time-range",
        "tz=Mars": "tz",
    }
    route, ask = f"GET /api/v1/analytics/{path}", f"/api/v1/analytics/{ask}?user=band"
    return Row(
        route, ask, history=True, refusals=("token-missing", "owner"), bad={**bad, **ranges}, status=status
    )


PLATFORM_ROWS = [
    measured("compare", "compare", {"platform=vine": "platform"}),
    measured("content/{id}", "content/youtube:v1", {"platform=vine": "platform"}, 404),
    measured("dashboard", "dashboard", {"platform=vine": "platform"}),
    measured("growth", "growth", {"platform=vine": "platform", "interval=hour": "interval"}),
    measured("performance", "performance", {"order=luck": "order", "limit=0": "limit", "cursor=x": "cursor"}),
    measured("platform/{platform}", "platform/youtube", {"platform=tiktok": "parameter"}),
    Row(
        "POST /api/v1/analytics/sync", "/api/v1/analytics/sync?user=band", status=202,
        refusals=("token-missing", "owner"),
        bad={"wait=61": "wait", "platform=orkut": "platform", "connection=": "connection", "tz=UTC": "parameter"},
    ),
    Row(
        "GET /api/v1/analytics/connections", "/api/v1/analytics/connections?user=band",
        refusals=("token-missing", "owner"), bad={"tz=UTC": "parameter"},
    ),
    Row(
        "POST /api/v1/analytics/connections/{platform}/authorize",
        "/api/v1/analytics/connections/youtube/authorize?user=band",
        refusals=("token-missing", "owner"), status=409, bad={"tz=UTC": "parameter"},
    ),
    Row(
        "GET /api/v1/analytics/connections/{platform}/callback", "/api/v1/analytics/connections/youtube/callback",
        open="a browser comes back to it, and its state is the secret", status=409,
        loose="platforms add what they like",
    ),
    Row(
        "DELETE /api/v1/analytics/connections/{connection}", "/api/v1/analytics/connections/nosuchone?user=band",
        refusals=("token-missing", "owner"), status=404, bad={"tz=UTC": "parameter"},
    ),
    Row(
        "GET /api/v1/analytics/pushes/{platform}", "/api/v1/analytics/pushes/twitter",
        open="platforms ask it, which have no token of ours", loose="platforms add what they like", status=409,
    ),
    Row(
        "POST /api/v1/analytics/pushes/{platform}", "/api/v1/analytics/pushes/twitter",
        open="platforms send it, and sign it", loose="platforms add what they like", status=409, body={"event": "x"},
    ),
]  # fmt: skip
