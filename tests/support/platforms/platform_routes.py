"""Rows of the table of routes that are of other platforms."""

from __future__ import annotations

from route_row import Row

PLATFORM_ROWS = [
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
]  # fmt: skip
