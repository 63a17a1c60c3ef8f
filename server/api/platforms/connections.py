"""Connections: accounts at other platforms, made, listed and removed by the person whose they are, or by an admin."""

from __future__ import annotations

import html
from typing import Final

import structlog
from aiohttp import web
from redis.exceptions import RedisError

from server.door.access import address_of, require
from server.door.answers import Answer, answer, nothing, page_of
from server.door.owners import person_of
from server.door.parameters import Parameters
from server.platforms.authorizing import NotAsked
from server.platforms.resource import PLATFORMS, Platforms
from server.problems import Problem
from server.resources.clock import CLOCK
from streakline.platforms.connectors.faults import Faulty
from streakline.platforms.connectors.known import MOST, MOST_OF_ONE, Connection
from streakline.platforms.connectors.registry import CONNECTORS
from streakline.platforms.connectors.syncs import Sync
from streakline.times import iso

USER: Final = ("user",)
CALLBACK: Final = (
    "code",
    "state",
    "error",
    "error_description",
    "scope",
    "scopes",
    "iss",
    "authuser",
    "hd",
    "prompt",
)
"""What platforms add to the address that a person comes back to."""
COOKIE: Final = "streakline_connecting"
PATH: Final = "/api/v1/analytics/connections"
_log = structlog.get_logger()


class ShownConnection(Answer):
    """An account at a platform. Moments are RFC 3339, null where there is none.

    Attributes:
        id: names it here.
        platform: its name.
        account: the platform's id of it.
        name: what people called it when it was connected.
        state: `active`, or `lost`: its person has to connect it again.
        created: when it was connected.
        outcome: how the last look went: `never`, `done`, `partly`, `unavailable`, `failed` or `lost`.
        fault: why it was not `done`; "" if it was.
        looked: when the last look ended.
        good: when the last one that found anything did.
        next: when it is due; null while it is `lost`.
        values: numbers that the last look wrote.
        unknown: names of numbers that came and that nobody here knows -> how often.
    """

    id: str
    platform: str
    account: str
    name: str
    state: str
    created: str
    outcome: str
    fault: str
    looked: str | None
    good: str | None
    next: str | None
    values: int
    unknown: dict[str, int]


class ShownConnections(Answer):
    """The accounts of a person, and the platforms of which one can be connected."""

    connections: list[ShownConnection]
    platforms: list[str]


class Authorization(Answer):
    """Where a person says yes, until when (RFC 3339), and in the browser that asked."""

    url: str
    expires: str


async def get_connections(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/connections`: the accounts of a person. Answer: golden `connections`."""
    owner = owner_of(request, Parameters(request, *USER))
    if PLATFORMS not in request.app:
        return answer(ShownConnections(connections=[], platforms=[]))
    ours = request.app[PLATFORMS]
    own = ours.connections.known.of(owner)
    syncs = await ours.syncs.known([one.id for one in own])
    shown = [shown_connection(ours, one, syncs[one.id]) for one in own]
    return answer(ShownConnections(connections=shown, platforms=sorted(ours.apps)))


async def post_authorize(request: web.Request) -> web.Response:
    """`POST /api/v1/analytics/connections/{platform}/authorize`: where a person connects an account of his.

    Parameter: `user`. Answer: 201 golden `authorization`; 404 `platform-unknown`, 409 `platform-unset`,
    `too-many-connections`.
    """
    owner = owner_of(request, Parameters(request, *USER))
    ours, platform = connector_of(request)
    known = ours.connections.known
    if len(known.of(owner)) >= MOST_OF_ONE or len(known.connections) >= MOST:
        detail = f"there are {MOST_OF_ONE} connections of one person at most, {MOST} in all; remove one"
        raise Problem(409, "too-many-connections", detail)
    begun = await ours.authorizing.begin(owner, platform, _redirect(request, platform))
    response = answer(Authorization(url=begun.url, expires=iso(begun.expires)), status=201)
    # A link to say yes at that somebody else made connects nothing: it needs the browser that asked for it.
    secure = address_of(request).startswith("https://")
    seconds = (begun.expires - request.app[CLOCK].now_ms()) // 1000
    response.set_cookie(
        COOKIE, begun.browser, path=PATH, max_age=seconds, httponly=True, samesite="Lax", secure=secure
    )
    return response


async def callback(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/connections/{platform}/callback`: a person comes back from a platform.

    Answer: a page; 400 of a page for what was not asked for here, 502 if the platform gives no tokens.
    """
    asked = {name: request.query.get(name, "") for name in CALLBACK}
    ours, platform = connector_of(request)
    try:
        wanted = await ours.authorizing.returned(platform, asked["state"], request.cookies.get(COOKIE, ""))
    except NotAsked as error:
        return _page(400, "Nothing was connected", f"{error}. Ask to connect again.")
    if asked["error"] or not asked["code"]:
        why = asked["error_description"] or asked["error"] or "no code came"
        return _page(400, "Nothing was connected", f"{platform} said: {why[:200]}.")
    try:
        connection = await ours.authorizing.connect(wanted, asked["code"])
    except Faulty as faulty:
        return _page(502, "Nothing was connected", f"{platform}: {faulty.fault.why}. Ask to connect again.")
    except OSError as error:
        raise _not_kept(error) from error
    ours.syncs.begin(connection)
    _log.info("platform_connected", connection=connection.id, platform=platform)
    return _page(200, "Connected", f"{connection.name or connection.account} of {platform} is looked at now.")


async def delete_connection(request: web.Request) -> web.Response:
    """`DELETE /api/v1/analytics/connections/{connection}`: forget an account and its tokens, for ever.

    Its numbers stay. Answer: 204; 404 `connection-unknown`.
    """
    owner = owner_of(request, Parameters(request, *USER))
    ours, connection = own_connection(request, owner, request.match_info["connection"])
    try:
        await ours.authorizing.give_back(connection)
    except (Faulty, RedisError) as error:
        _log.warning("platform_grant_not_given_back", connection=connection.id, error=str(error))
    try:
        await ours.connections.remove(connection.id, request.app[CLOCK].now_ms())
    except OSError as error:
        raise _not_kept(error) from error
    return nothing()


def owner_of(request: web.Request, asked: Parameters) -> str:
    """Return the person whose accounts are meant: to read everybody's numbers is not to speak for them.

    Raises:
        Problem: 401, 403 or 400 as `person_of`; 403 `scope-missing` for another's without `admin`.
    """
    owner = person_of(request, asked)
    if owner != require(request, "read:self").sub:
        require(request, "admin")
    return owner


def own_connection(request: web.Request, owner: str, id_: str) -> tuple[Platforms, Connection]:
    """Return a connection of a person.

    Raises:
        Problem: 404 `connection-unknown`, of another's too.
    """
    if PLATFORMS in request.app:
        ours = request.app[PLATFORMS]
        connection = ours.connections.known.connections.get(id_)
        if connection is not None and connection.owner == owner:
            return ours, connection
    detail = f"{owner[:40]!r} has no connection {id_[:40]!r}; GET {PATH} names them"
    raise Problem(404, "connection-unknown", detail)


def shown_connection(ours: Platforms, connection: Connection, sync: Sync) -> ShownConnection:
    """Return what is shown of a connection."""
    grant = ours.connections.known.grants.get(connection.id)
    lost = grant is None or not grant.sealed
    return ShownConnection(
        id=connection.id,
        platform=connection.platform,
        account=connection.account,
        name=connection.name,
        state="lost" if lost else "active",
        created=iso(connection.created),
        outcome=sync.outcome,
        fault=sync.fault,
        looked=iso(sync.ended) if sync.ended else None,
        good=iso(sync.good) if sync.good else None,
        next=None if lost else iso(sync.due) if sync.due else iso(connection.created),
        values=sync.values,
        unknown=sync.unknown,
    )


def connector_of(request: web.Request) -> tuple[Platforms, str]:
    """Return the connector of the path, by its name.

    Raises:
        Problem: 404 `platform-unknown`, or 409 `platform-unset` where the server is no application of it.
    """
    platform = request.match_info["platform"]
    if platform not in CONNECTORS:
        detail = f"{platform[:40]!r} is no platform; there are {', '.join(CONNECTORS)}"
        raise Problem(404, "platform-unknown", detail)
    if PLATFORMS not in request.app or platform not in request.app[PLATFORMS].apps:
        detail = f"this server is no application of {platform}; name one in the file of STREAKLINE_PLATFORMS"
        raise Problem(409, "platform-unset", detail)
    return request.app[PLATFORMS], platform


def _redirect(request: web.Request, platform: str) -> str:
    return f"{address_of(request)}{PATH}/{platform}/callback"


def _page(status: int, title: str, text: str) -> web.Response:
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p><p><a href=/>Streakline</a></p>"
    return page_of(head + body, status=status)


def _not_kept(error: OSError) -> Problem:
    detail = (
        f"the file of the connections cannot be written, so nothing was changed for good: {error}; ask again"
    )
    return Problem(503, "store-pressed", detail, retry_after=10)
