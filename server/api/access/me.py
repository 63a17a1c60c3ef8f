"""Whom a key or token speaks for, so that its holder need not guess what it allows."""

from __future__ import annotations

from aiohttp import web

from server.door.access import grant_of
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.door.tokens import NOBODY
from server.problems import Problem
from server.resources.revocable.api_keys import API_KEYS
from streakline.times import iso


class OwnKey(Answer):
    """The API key that was sent: its public id, and what people call it."""

    id: str
    name: str


class Me(Answer):
    """What the bearer may do.

    Attributes:
        user: the person that it speaks for; null for none.
        creators: creators whose numbers it may read.
        scopes: in the order of the alphabet.
        key: null of a token.
        expires: RFC 3339; null for never.
    """

    user: str | None
    creators: list[str]
    scopes: list[str]
    key: OwnKey | None
    expires: str | None


async def get_me(request: web.Request) -> web.Response:
    """`GET /api/v1/me`: what the key or token that is sent allows. Answer: golden `me`; 401."""
    grant = grant_of(request)
    Parameters(request)
    if grant is NOBODY:
        raise Problem(401, "token-missing", "send the key or token that is asked about as bearer")
    known = request.app[API_KEYS].known.kept
    return answer(
        Me(
            user=grant.sub,
            creators=sorted(grant.creators),
            scopes=sorted(grant.scopes),
            key=OwnKey(id=grant.key, name=known[grant.key].name) if grant.key else None,
            expires=None if grant.expires == float("inf") else iso(int(grant.expires * 1000)),
        )
    )
