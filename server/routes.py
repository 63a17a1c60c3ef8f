"""The whole URL surface, role by role."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.api.access.keys import delete_key, get_keys, post_key
from server.api.access.me import get_me
from server.api.access.renewal import post_token
from server.api.analytics import stats_analytics
from server.api.creators.artist import dashboard_stats
from server.api.creators.catalogue import (
    get_content,
    get_creator,
    put_content,
    put_contents,
    put_creator,
    put_creators,
)
from server.api.creators.dashboard import dashboard
from server.api.exports import export_events
from server.api.health import health, metrics, ready
from server.api.mashups import mashup_analytics
from server.api.people.calculate import calculate
from server.api.people.cards import card_png, card_svg
from server.api.people.export import export_person
from server.api.people.milestones import milestones
from server.api.people.now import streak_now
from server.api.people.personal import (
    delete_freeze,
    delete_pause,
    delete_repair,
    get_person,
    post_freeze,
    post_pause,
    post_repair,
    put_person,
)
from server.api.people.record import record
from server.api.people.shared_years import shared_png, shared_svg, shared_year
from server.api.people.streak import streak
from server.api.people.viewing_time import viewing_time
from server.api.people.year_in_review import year_in_review
from server.api.people.year_links import delete_link, get_links, post_link
from server.api.people.years import years
from server.api.platforms.compare import compare
from server.api.platforms.connections import callback, delete_connection, get_connections, post_authorize
from server.api.platforms.dashboard import platforms_dashboard
from server.api.platforms.growth import growth
from server.api.platforms.one_content import one_content
from server.api.platforms.one_platform import one_platform
from server.api.platforms.performance import performance
from server.api.platforms.pushes import get_push, post_push
from server.api.platforms.sync import post_sync
from server.api.query import post_query, query_definitions
from server.api.realtime import realtime
from server.api.robots import get_robots, post_rule
from server.api.search import search
from server.api.settled import settled
from server.api.shares import post_share, share_count, share_stats
from server.api.system.dead_letters import delete_dead_letter, get_dead_letters, post_replay
from server.api.system.overview import system
from server.api.webhooks.deliveries import get_deliveries, post_retry, post_test
from server.api.webhooks.endpoints import delete_webhook, get_webhooks, post_webhook
from server.door.leaving import ends_with_client
from server.door.malformed import met_or_refused
from server.ingest.events import post_events
from server.live.counters import counters
from server.live.sockets import definitions, live_events, live_socket
from server.openapi.document import openapi
from server.page import page

EVERYWHERE: Final = [
    web.get("/health", health),
    web.get("/ready", ready),
    web.get("/metrics", metrics),
]
INGEST: Final = [
    web.post("/api/stats/events", post_events),
]
LIVE: Final = [
    # No HEAD: whoever asks for one would be sent frames where the next answer is awaited.
    web.get("/api/live", live_socket, allow_head=False),
    web.get("/api/live/events", live_events, allow_head=False),
    web.get("/api/live/definitions", definitions),
]
HISTORY: Final = [
    ("/api/admin/shares/stats", share_stats),
    ("/api/analytics/dashboard", dashboard),
    ("/api/analytics/mashups/{id:[^/]+}", mashup_analytics),  # a plain {id} takes no braces
    ("/api/analytics/milestones", milestones),
    ("/api/analytics/streak", streak),
    ("/api/analytics/viewing-time", viewing_time),
    ("/api/analytics/year-in-review", years),
    ("/api/analytics/year-in-review/{year:[^/]+}", year_in_review),
    ("/api/apps/{id:[^/]+}/share-count", share_count),
    ("/api/dashboard/stats", dashboard_stats),
    ("/api/stats/analytics", stats_analytics),
    ("/api/v1/analytics/compare", compare),
    ("/api/v1/analytics/content/{id:[^/]+}", one_content),
    ("/api/v1/analytics/dashboard", platforms_dashboard),
    ("/api/v1/analytics/growth", growth),
    ("/api/v1/analytics/performance", performance),
    ("/api/v1/analytics/platform/{platform:[^/]+}", one_platform),
    ("/api/v1/content/{id:[^/]+}", get_content),
    ("/api/v1/creators/{id:[^/]+}", get_creator),
    ("/api/v1/robots", get_robots),
    ("/api/v1/people/{id:[^/]+}", get_person),
    ("/api/v1/people/{id:[^/]+}/record", record),
    ("/api/v1/people/{id:[^/]+}/streak", streak_now),
    ("/api/v1/people/{id:[^/]+}/years/{year:[^/]+}/card.png", card_png),
    ("/api/v1/people/{id:[^/]+}/years/{year:[^/]+}/card.svg", card_svg),
    ("/api/v1/search", search),
    ("/shared/year/{token:[^/]+}", shared_year),
    ("/shared/year/{token:[^/]+}/card.png", shared_png),
    ("/shared/year/{token:[^/]+}/card.svg", shared_svg),
]
"""What asks ClickHouse: each ends when its client leaves."""
LINKS: Final = "/api/v1/people/{id:[^/]+}/years/{year:[^/]+}/links"
CONNECTIONS: Final = "/api/v1/analytics/connections"
API: Final = [
    web.get("/api/analytics/realtime", realtime),
    web.post("/api/v1/analytics/sync", post_sync),
    web.get(CONNECTIONS, get_connections),
    web.post(f"{CONNECTIONS}/{{platform:[^/]+}}/authorize", post_authorize),
    web.get(f"{CONNECTIONS}/{{platform:[^/]+}}/callback", callback),
    web.delete(f"{CONNECTIONS}/{{connection:[^/]+}}", delete_connection),
    web.get("/api/v1/analytics/pushes/{platform:[^/]+}", get_push),
    web.post("/api/v1/analytics/pushes/{platform:[^/]+}", post_push),
    web.get("/api/v1/counters", counters),
    web.get("/api/v1/settled", settled),
    web.get("/api/v1/system", system),
    web.get("/api/v1/dead-letters", get_dead_letters),
    web.post("/api/v1/dead-letters/replay", post_replay),
    web.delete("/api/v1/dead-letters/{id:[^/]+}", delete_dead_letter),
    web.get("/api/v1/keys", get_keys),
    web.post("/api/v1/keys", post_key),
    web.get("/api/v1/me", get_me),
    web.post("/api/v1/token", post_token),
    web.delete("/api/v1/keys/{id:[^/]+}", delete_key),
    web.get("/api/v1/webhooks", get_webhooks),
    web.post("/api/v1/webhooks", post_webhook),
    web.delete("/api/v1/webhooks/{id:[^/]+}", delete_webhook),
    web.get("/api/v1/webhooks/{id:[^/]+}/deliveries", get_deliveries),
    web.post("/api/v1/webhooks/{id:[^/]+}/deliveries/{delivery:[^/]+}/retry", post_retry),
    web.post("/api/v1/webhooks/{id:[^/]+}/test", post_test),
    web.post("/api/v1/robots/rules", post_rule),
    web.post("/api/shares", post_share),
    web.put("/api/v1/content", put_contents),
    web.put("/api/v1/content/{id:[^/]+}", put_content),
    web.put("/api/v1/creators", put_creators),
    web.put("/api/v1/creators/{id:[^/]+}", put_creator),
    web.put("/api/v1/people/{id:[^/]+}", put_person),
    web.post("/api/v1/people/{id:[^/]+}/freezes", post_freeze),
    web.delete("/api/v1/people/{id:[^/]+}/freezes/{which:[^/]+}", delete_freeze),
    web.post("/api/v1/people/{id:[^/]+}/pauses", post_pause),
    web.delete("/api/v1/people/{id:[^/]+}/pauses/{which:[^/]+}", delete_pause),
    web.post("/api/v1/people/{id:[^/]+}/repairs", post_repair),
    web.delete("/api/v1/people/{id:[^/]+}/repairs/{which:[^/]+}", delete_repair),
    web.post("/api/analytics/calculate", ends_with_client(calculate)),
    web.post("/api/v1/query", ends_with_client(post_query)),
    web.get("/api/v1/query/definitions", query_definitions),
    web.post(LINKS, ends_with_client(post_link)),
    web.get(LINKS, get_links),
    web.delete(f"{LINKS}/{{link:[^/]+}}", delete_link),
    *(web.get(path, ends_with_client(handler)) for path, handler in HISTORY),
    # No HEAD: its answer would be made whole and sent to nobody.
    web.get("/api/v1/export", ends_with_client(export_events), allow_head=False),
    web.get("/api/v1/people/{id:[^/]+}/export", ends_with_client(export_person), allow_head=False),
    web.get("/api/openapi.json", openapi),
    web.get("/{tail:(?!api(?:/|$)).*}", page),
]


def routes_of(roles: tuple[str, ...]) -> list[web.RouteDef]:
    """Return the routes of a process with some roles; the page's catch-all comes last."""
    routes = list(EVERYWHERE)
    for role, own in (("ingest", INGEST), ("live", LIVE), ("api", API)):
        if role in roles:
            routes += own
    return [
        web.RouteDef(
            route.method, route.path, route.handler, {**route.kwargs, "expect_handler": met_or_refused}
        )
        for route in routes
    ]
