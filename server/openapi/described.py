"""What every operation takes and answers, by the structs that decode and encode it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from server.api.access.keys import Keys, MadeKey, NewKey, ShownKey
from server.api.access.me import Me
from server.api.access.renewal import Renewed
from server.api.analytics_groups import Analytics
from server.api.creators.artist import DashboardStats
from server.api.creators.catalogue import KnownFacts, ListedFacts, StatedFacts
from server.api.creators.dashboard import Dashboard
from server.api.health import Health, Ready
from server.api.mashups import ContentAnalytics
from server.api.people.calculate import PARAMETERS as CALCULATE
from server.api.people.calculate import Statistics
from server.api.people.cards import CARD
from server.api.people.export import EXPORT
from server.api.people.milestones import PersonMilestones
from server.api.people.personal import PARAMETERS as STATED
from server.api.people.personal import StatedPerson, StatedPersonal
from server.api.people.record import RECORD, Record
from server.api.people.rows import PERSON
from server.api.people.shared_years import SHARED
from server.api.people.streak import PARAMETERS as STREAK
from server.api.people.streak import PersonStreak
from server.api.people.viewing_time import PARAMETERS as VIEWING_TIME
from server.api.people.viewing_time import PersonViewingTime
from server.api.people.year_in_review import PersonYear
from server.api.people.year_links import LINK, Links, NewLink, ShownLink
from server.api.people.years import PersonYears
from server.api.platforms.compare import Compared
from server.api.platforms.connections import USER, Authorization, ShownConnections
from server.api.platforms.dashboard import PlatformsDashboard
from server.api.platforms.growth import AudienceGrowth
from server.api.platforms.measured import PARAMETERS as MEASURED
from server.api.platforms.one_content import OneContent
from server.api.platforms.one_platform import OnePlatform
from server.api.platforms.performance import Performance
from server.api.platforms.sync import PARAMETERS as SYNC
from server.api.platforms.sync import Synced
from server.api.query_answers import Definitions, QueryAnswer
from server.api.realtime import Realtime
from server.api.robots import ChangedRule, NewRule, Robots
from server.api.search import Found
from server.api.settled import Settled
from server.api.shares import Accepted, ShareCount, ShareStats
from server.api.system.dead_letters import DeadLetters, Discarded, Replay, Replayed
from server.api.system.overview import System
from server.api.webhooks.deliveries import LISTED, Deliveries, ShownDelivery
from server.api.webhooks.endpoints import AllWebhooks, MadeWebhook, NewWebhook, RemovedWebhook
from server.ingest.intake import Receipt
from server.live.counters import AllCounters
from server.live.sockets import Definitions as LiveDefinitions
from streakline.history.asked import Asked
from streakline.ingest.events import Envelope, Event
from streakline.ingest.personal.posted import SentFreeze, SentPause, SentRepair, SentSettings
from streakline.ingest.shares import SentShare
from streakline.people.live.answers import StreakNow

JSON: Final = "application/json"
ROWS: Final = ("text/csv", "application/x-ndjson", "application/vnd.apache.parquet")
_RANGE: Final = ("timeRange", "from", "to", "asOf", "tz")


class Described(NamedTuple):
    """An operation.

    Attributes:
        answers: status -> the type of its JSON, or None where it has no body, or none of JSON.
        parameters: of its query.
        body: the type of its JSON; None where nothing is read.
        media: of answers that are no JSON.
        refusals: statuses of refusals that are its own: those of access, of parameters and of reading a body go
            without saying.
    """

    answers: dict[int, Any]
    parameters: tuple[str, ...] = ()
    body: Any = None
    media: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()


DESCRIBED: Final[dict[str, Described]] = {
    "GET /health": Described({200: Health}),
    "GET /ready": Described({200: Ready, 503: Ready}),
    "GET /metrics": Described({200: None}, media=("text/plain",)),
    "POST /api/stats/events": Described(
        {202: Receipt}, ("key",), list[Event] | Envelope, refusals=(413, 429)
    ),
    "GET /api/live": Described({101: None}, refusals=(400, 503)),
    "GET /api/live/events": Described(
        {200: None}, ("topics",), media=("text/event-stream",), refusals=(404, 503)
    ),
    "GET /api/live/definitions": Described({200: LiveDefinitions}),
    "GET /api/analytics/realtime": Described({200: Realtime}),
    "POST /api/v1/analytics/sync": Described({200: Synced, 202: Synced}, SYNC, refusals=(404,)),
    "GET /api/v1/analytics/connections": Described({200: ShownConnections}, USER),
    "POST /api/v1/analytics/connections/{platform}/authorize": Described(
        {201: Authorization}, USER, refusals=(404, 409)
    ),
    "GET /api/v1/analytics/connections/{platform}/callback": Described(
        {200: None, 400: None, 502: None}, media=("text/html",), refusals=(404, 409)
    ),
    "DELETE /api/v1/analytics/connections/{connection}": Described({204: None}, USER, refusals=(404,)),
    "GET /api/v1/analytics/pushes/{platform}": Described(
        {200: None}, media=("text/plain", "application/json"), refusals=(403, 404, 409)
    ),
    "POST /api/v1/analytics/pushes/{platform}": Described(
        {200: None}, body=dict[str, Any], refusals=(403, 404, 409)
    ),
    "GET /api/v1/counters": Described({200: AllCounters}, ("content",)),
    "GET /api/v1/settled": Described({200: Settled}, ("position", "wait")),
    "GET /api/v1/system": Described({200: System}),
    "GET /api/v1/dead-letters": Described({200: DeadLetters}, ("limit", "cursor")),
    "POST /api/v1/dead-letters/replay": Described({200: Replayed}, body=Replay, refusals=(429,)),
    "DELETE /api/v1/dead-letters/{id}": Described({200: Discarded}, refusals=(404,)),
    "GET /api/v1/keys": Described({200: Keys}),
    "POST /api/v1/keys": Described({201: MadeKey}, body=NewKey, refusals=(409,)),
    "GET /api/v1/me": Described({200: Me}),
    "POST /api/v1/token": Described({200: Renewed}),
    "DELETE /api/v1/keys/{id}": Described({200: ShownKey}, refusals=(404,)),
    "GET /api/v1/webhooks": Described({200: AllWebhooks}),
    "POST /api/v1/webhooks": Described({201: MadeWebhook}, body=NewWebhook, refusals=(409,)),
    "DELETE /api/v1/webhooks/{id}": Described({200: RemovedWebhook}, refusals=(404,)),
    "GET /api/v1/webhooks/{id}/deliveries": Described({200: Deliveries}, LISTED, refusals=(404,)),
    "POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry": Described(
        {202: ShownDelivery}, refusals=(404, 409)
    ),
    "POST /api/v1/webhooks/{id}/test": Described({202: ShownDelivery}, refusals=(404, 409)),
    "POST /api/v1/robots/rules": Described({202: ChangedRule}, body=NewRule, refusals=(404, 409, 429, 503)),
    "POST /api/shares": Described({202: Accepted}, ("key",), SentShare, refusals=(429,)),
    "PUT /api/v1/content": Described({202: ListedFacts}, body=list[dict[str, Any]], refusals=(413, 429)),
    "PUT /api/v1/content/{id}": Described({202: StatedFacts}, body=dict[str, Any], refusals=(429,)),
    "PUT /api/v1/creators": Described({202: ListedFacts}, body=list[dict[str, Any]], refusals=(413, 429)),
    "PUT /api/v1/creators/{id}": Described({202: StatedFacts}, body=dict[str, Any], refusals=(429,)),
    "PUT /api/v1/people/{id}": Described({202: StatedPersonal}, body=SentSettings),
    "POST /api/v1/people/{id}/freezes": Described({202: StatedPersonal}, body=SentFreeze),
    "DELETE /api/v1/people/{id}/freezes/{which}": Described({202: StatedPersonal}),
    "POST /api/v1/people/{id}/pauses": Described({202: StatedPersonal}, body=SentPause),
    "DELETE /api/v1/people/{id}/pauses/{which}": Described({202: StatedPersonal}),
    "POST /api/v1/people/{id}/repairs": Described({202: StatedPersonal}, body=SentRepair),
    "DELETE /api/v1/people/{id}/repairs/{which}": Described({202: StatedPersonal}),
    "POST /api/analytics/calculate": Described(
        {200: Statistics, 202: Accepted}, CALCULATE, refusals=(422, 503)
    ),
    "POST /api/v1/query": Described({200: QueryAnswer}, ("format",), Asked, ROWS, (422, 503)),
    "GET /api/v1/query/definitions": Described({200: Definitions}),
    "GET /api/admin/shares/stats": Described({200: ShareStats}, ("days", "asOf"), refusals=(422, 503)),
    "GET /api/analytics/dashboard": Described({200: Dashboard}, ("artist", *_RANGE), refusals=(422, 503)),
    "GET /api/analytics/mashups/{id}": Described(
        {200: ContentAnalytics}, ("tz", "asOf"), refusals=(404, 422, 503)
    ),
    "GET /api/analytics/milestones": Described({200: PersonMilestones}, PERSON, refusals=(422, 503)),
    "GET /api/analytics/streak": Described({200: PersonStreak}, STREAK, refusals=(422, 503)),
    "GET /api/analytics/viewing-time": Described({200: PersonViewingTime}, VIEWING_TIME, refusals=(422, 503)),
    "GET /api/analytics/year-in-review": Described({200: PersonYears}, PERSON, refusals=(422, 503)),
    "GET /api/analytics/year-in-review/{year}": Described(
        {200: PersonYear}, PERSON, refusals=(404, 422, 503)
    ),
    "GET /api/apps/{id}/share-count": Described({200: ShareCount}, ("fresh",), refusals=(404, 422, 503)),
    "GET /api/dashboard/stats": Described(
        {200: DashboardStats}, ("artist", "type", *_RANGE), refusals=(422, 503)
    ),
    "GET /api/stats/analytics": Described(
        {200: Analytics}, ("trackId", "artistId", *_RANGE, "metric"), refusals=(404, 422, 503)
    ),
    "GET /api/v1/analytics/compare": Described({200: Compared}, MEASURED, refusals=(422, 503)),
    "GET /api/v1/analytics/content/{id}": Described({200: OneContent}, MEASURED, refusals=(404, 422, 503)),
    "GET /api/v1/analytics/dashboard": Described({200: PlatformsDashboard}, MEASURED, refusals=(422, 503)),
    "GET /api/v1/analytics/growth": Described(
        {200: AudienceGrowth}, ("interval", *MEASURED), refusals=(422, 503)
    ),
    "GET /api/v1/analytics/performance": Described(
        {200: Performance}, ("order", "limit", "cursor", *MEASURED), refusals=(422, 503)
    ),
    "GET /api/v1/analytics/platform/{platform}": Described(
        {200: OnePlatform}, tuple(name for name in MEASURED if name != "platform"), refusals=(422, 503)
    ),
    "GET /api/v1/content/{id}": Described({200: KnownFacts}, refusals=(404, 422, 503)),
    "GET /api/v1/creators/{id}": Described({200: KnownFacts}, refusals=(404, 422, 503)),
    "GET /api/v1/robots": Described({200: Robots}, ("limit", *_RANGE), refusals=(422, 503)),
    "GET /api/v1/people/{id}": Described({200: StatedPerson}, STATED, refusals=(422, 503)),
    "GET /api/v1/people/{id}/record": Described({200: Record}, RECORD, refusals=(422, 503)),
    "GET /api/v1/people/{id}/years/{year}/card.png": Described(
        {200: None}, CARD, None, ("image/png",), (404, 422, 503)
    ),
    "GET /api/v1/people/{id}/years/{year}/card.svg": Described(
        {200: None}, CARD, None, ("image/svg+xml",), (404, 422, 503)
    ),
    "POST /api/v1/people/{id}/years/{year}/links": Described(
        {201: ShownLink}, LINK, NewLink, refusals=(404, 409, 422, 503)
    ),
    "GET /api/v1/people/{id}/years/{year}/links": Described({200: Links}, refusals=(409,)),
    "DELETE /api/v1/people/{id}/years/{year}/links/{link}": Described({204: None}, refusals=(404,)),
    "GET /shared/year/{token}": Described({200: None}, media=("text/html",), refusals=(404, 422, 503)),
    "GET /shared/year/{token}/card.png": Described(
        {200: None}, SHARED, None, ("image/png",), (404, 422, 503)
    ),
    "GET /shared/year/{token}/card.svg": Described(
        {200: None}, SHARED, None, ("image/svg+xml",), (404, 422, 503)
    ),
    "GET /api/v1/search": Described({200: Found}, ("q", "limit"), refusals=(422, 503)),
    "GET /api/v1/export": Described({200: None}, ("format", "content", *_RANGE), None, ROWS, (422, 503)),
    "GET /api/v1/people/{id}/streak": Described({200: StreakNow}, (), refusals=(422, 503)),
    "GET /api/v1/people/{id}/export": Described({200: None}, EXPORT, None, ROWS, (422, 503)),
    "GET /api/openapi.json": Described({200: dict[str, Any]}),
}
"""The operations of `server.openapi.operations`, but for the page."""
