"""Pushes of platforms: handshakes are answered, and accounts that they speak of are looked at."""

from __future__ import annotations

import structlog
from aiohttp import web

from server.api.platforms.connections import connector_of
from server.door.answers import nothing, text_of
from server.door.bodies import read_body
from server.problems import Problem
from streakline.platforms.connectors.pushes import NotTheirs, accounts_of, challenge_of

_log = structlog.get_logger()


async def get_push(request: web.Request) -> web.Response:
    """`GET /api/v1/analytics/pushes/{platform}`: the handshake of a platform that wants to push.

    Answer: what the platform wants to hear; 403 `not-theirs`, 404 `platform-unknown`, 409 `platform-unset`.
    """
    ours, name = connector_of(request)
    try:
        answer, media = challenge_of(name, request.query, ours.apps[name])
    except NotTheirs as error:
        raise Problem(403, "not-theirs", str(error)) from error
    return text_of(answer, media)


async def post_push(request: web.Request) -> web.Response:
    """`POST /api/v1/analytics/pushes/{platform}`: something happened to an account, which is looked at.

    Answer: 200 without a body; 403 `not-theirs` where the signature is not the platform's.
    """
    ours, name = connector_of(request)
    body = await read_body(request)
    headers = {header.lower(): value for header, value in request.headers.items()}
    try:
        accounts = accounts_of(name, headers, body, ours.apps[name])
    except NotTheirs as error:
        raise Problem(403, "not-theirs", str(error)) from error
    known = ours.connections.known.connections.values()
    meant = [one for one in known if one.platform == name and one.account in accounts]
    # An account that is looked at often enough is not looked at for this: the platform is answered all the same.
    for one in meant:
        if not await ours.syncs.ask_for([one]):
            ours.syncs.begin(one)
    _log.info("platform_pushed", platform=name, accounts=len(meant))
    return nothing(200)
