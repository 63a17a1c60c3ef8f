"""What every operation is for, in a sentence, and the group that it stands in."""

from __future__ import annotations

from typing import Final

GROUPS: Final[dict[str, str]] = {
    "Events": "Send what happens, and learn when it shows.",
    "Live": "Numbers of this moment.",
    "Contents and creators": "What is known of them, and how contents are found.",
    "History": "Counts over any range.",
    "People": "What a person played: streak, milestones, hours, years.",
    "Access": "API keys and tokens.",
    "Server": "How the server is, and this interface.",
}
"""Group -> what is in it, in the order of the document."""
SUMMARIES: Final[dict[str, tuple[str, str]]] = {
    "GET /health": ("Server", "Tell that the process answers"),
    "GET /ready": ("Server", "Tell whether the server can work, and why not"),
    "GET /metrics": ("Server", "Metrics of the process and of the flows, for Prometheus"),
    "POST /api/stats/events": ("Events", "Send up to 1,000 events"),
    "GET /api/live": ("Live", "Open a websocket that follows topics"),
    "GET /api/live/events": ("Live", "Follow topics as server-sent events"),
    "GET /api/live/definitions": ("Live", "Say what every live number counts"),
    "GET /api/analytics/realtime": ("Live", "Who is active now, and the last hour"),
    "GET /api/v1/counters": ("Live", "Lifetime counts of contents, up to this moment"),
    "GET /api/v1/settled": ("Events", "Wait until everything counts up to a position"),
    "GET /api/v1/system": ("Server", "Lag, memory, jobs and dead letters"),
    "GET /api/v1/dead-letters": ("Server", "List what could not be read or stored"),
    "POST /api/v1/dead-letters/replay": ("Server", "Send dead letters again"),
    "DELETE /api/v1/dead-letters/{id}": ("Server", "Discard a dead letter"),
    "GET /api/v1/keys": ("Access", "List the API keys"),
    "POST /api/v1/keys": ("Access", "Make an API key"),
    "POST /api/v1/token": ("Access", "Renew the token that is sent"),
    "DELETE /api/v1/keys/{id}": ("Access", "Revoke an API key for ever"),
    "POST /api/shares": ("Events", "Send one share of an app"),
    "PUT /api/v1/content": ("Contents and creators", "State facts of up to 1,000 contents"),
    "PUT /api/v1/content/{id}": ("Contents and creators", "State facts of a content"),
    "PUT /api/v1/creators": ("Contents and creators", "State facts of up to 1,000 creators"),
    "PUT /api/v1/creators/{id}": ("Contents and creators", "State facts of a creator"),
    "POST /api/v1/query": ("History", "Ask for any metrics by any dimensions"),
    "GET /api/v1/query/definitions": ("History", "Say what every metric and dimension is"),
    "GET /api/admin/shares/stats": ("History", "Shares of all apps in the last days"),
    "GET /api/analytics/dashboard": ("History", "A creator by days, sources, countries and devices"),
    "GET /api/analytics/mashups/{id}": ("History", "One content over its lifetime"),
    "GET /api/apps/{id}/share-count": ("History", "How often an app was shared, by platform"),
    "GET /api/dashboard/stats": ("History", "A creator over a range, beside the range before"),
    "GET /api/stats/analytics": ("History", "The site, a creator or a content over a range"),
    "GET /api/analytics/streak": ("People", "How many days in a row a person listened"),
    "GET /api/analytics/milestones": ("People", "How many different contents a person finished, and when"),
    "GET /api/analytics/viewing-time": ("People", "The hours of a person by type, genre and platform"),
    "GET /api/analytics/year-in-review/{year}": ("People", "The year of a person"),
    "POST /api/analytics/calculate": ("People", "Statistics of a person once everything is counted"),
    "GET /api/v1/people/{id}/record": ("People", "What a person played most and last"),
    "GET /api/v1/people/{id}/export": ("People", "Every event of a person, as a file"),
    "GET /api/v1/robots": ("Events", "Whose events are flagged as robots', and why"),
    "POST /api/v1/robots/rules": ("Events", "Say which robots count after all"),
    "GET /api/v1/content/{id}": ("Contents and creators", "Every fact of a content"),
    "GET /api/v1/creators/{id}": ("Contents and creators", "Every fact of a creator"),
    "GET /api/v1/search": ("Contents and creators", "Find contents by words of their titles"),
    "GET /api/v1/export": ("History", "Every event of a range, as a file"),
    "GET /api/openapi.json": ("Server", "This interface as OpenAPI 3.1"),
}
"""Route -> group and sentence."""
