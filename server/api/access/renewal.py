"""Renewal: the token of a page that stays open is replaced before it ends."""

from __future__ import annotations

from aiohttp import web

from server.door.access import token_of
from server.door.answers import Answer, answer
from server.door.bearers import BEARERS
from server.door.parameters import Parameters
from server.door.tokens import BadToken, NotRenewable
from server.problems import Problem
from streakline.times import iso


class Renewed(Answer):
    """A token like the one it was asked with, and when it ends (RFC 3339)."""

    token: str
    expires: str


async def post_token(request: web.Request) -> web.Response:
    """`POST /api/v1/token`: renew the bearer's own token. Answer: golden `renewed`; 401, 403 `not-renewable`."""
    Parameters(request)
    text = token_of(request)
    if text is None:
        raise Problem(401, "token-missing", "send the token that is to be renewed as bearer")
    try:
        token, expires = request.app[BEARERS].renewed(text)
    except BadToken as error:
        raise Problem(401, "token-invalid", str(error)) from error
    except NotRenewable as error:
        raise Problem(403, "not-renewable", str(error)) from error
    return answer(Renewed(token=token, expires=iso(int(expires * 1000))))
