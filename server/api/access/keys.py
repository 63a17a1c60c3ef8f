"""API keys: made, listed and revoked by an admin. A key itself is in one answer, that of its making."""

from __future__ import annotations

import base64
import secrets
from typing import Final

import msgspec
from aiohttp import web

from server.door.access import require
from server.door.answers import Answer, answer
from server.door.bodies import read_object
from server.door.parameters import Parameters
from server.door.tokens import check_scopes
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.revocable.api_keys import API_KEYS
from streakline.door.api_keys import MOST, ApiKey, digest_of, key_text
from streakline.times import iso

LONGEST_TEXT: Final = 200
MOST_CREATORS: Final = 100
LONGEST_SECONDS: Final = 36_525 * 86_400
"""A hundred years."""


class NewKey(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of a request for a key.

    Attributes:
        scopes: what its bearer may do.
        name: what people call it.
        user: the person that it speaks for.
        creators: creators whose numbers its bearer may read.
        lasts: for how many seconds it holds; null for ever.
    """

    scopes: list[str]
    name: str = ""
    user: str | None = None
    creators: list[str] = []
    lasts: float | None = None


class ShownKey(Answer):
    """A key without its secret: moments in RFC 3339, null where there is none; state `good`, `expired` or `revoked`."""

    id: str
    name: str
    scopes: list[str]
    user: str | None
    creators: list[str]
    created: str
    expires: str | None
    revoked: str | None
    state: str


class MadeKey(Answer):
    """A key and, this once, the text that its holder sends."""

    key: str
    shown: ShownKey


class Keys(Answer):
    """All keys, the newest first."""

    keys: list[ShownKey]


_DECODER: Final = msgspec.json.Decoder(NewKey)


async def post_key(request: web.Request) -> web.Response:
    """`POST /api/v1/keys`: make a key of a `NewKey`. Answer: 201 golden `made_key`; 400 `key`, 409 `too-many-keys`."""
    require(request, "admin")
    Parameters(request)
    wanted = await read_object(request, _DECODER, "key")
    _check(wanted)
    keys, now = request.app[API_KEYS], request.app[CLOCK].now_ms()
    if len(keys.known.kept) >= MOST:
        detail = f"there are {MOST} keys already, revoked ones among them; give one key to several holders"
        raise Problem(409, "too-many-keys", detail)
    id_ = base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
    text = key_text(id_, secrets.token_urlsafe(32))
    made = ApiKey(
        id=id_,
        digest=digest_of(text),
        scopes=tuple(sorted(set(wanted.scopes))),
        name=wanted.name,
        user=wanted.user or None,
        creators=tuple(sorted(set(wanted.creators))),
        created=now,
        expires=None if wanted.lasts is None else now + int(wanted.lasts * 1000),
    )
    try:
        await keys.add(made)
    except OSError as error:
        raise _not_kept(error) from error
    return answer(MadeKey(key=text, shown=_shown(made, None, now)), status=201)


async def get_keys(request: web.Request) -> web.Response:
    """`GET /api/v1/keys`: all keys, without their secrets. Answer: golden `keys`."""
    require(request, "admin")
    Parameters(request)
    known, now = request.app[API_KEYS].known, request.app[CLOCK].now_ms()
    newest = sorted(known.kept.values(), key=lambda key: (-key.created, key.id))
    return answer(Keys(keys=[_shown(key, known.revoked.get(key.id), now) for key in newest]))


async def delete_key(request: web.Request) -> web.Response:
    """`DELETE /api/v1/keys/{id}`: revoke a key, for ever. Answer: golden `revoked_key`; 404 `key-unknown`.

    Revoked once more it stays as it was.
    """
    require(request, "admin")
    Parameters(request)
    keys, now, id_ = request.app[API_KEYS], request.app[CLOCK].now_ms(), request.match_info["id"]
    key = keys.known.kept.get(id_)
    if key is None:
        raise Problem(404, "key-unknown", f"no key has the id {id_[:40]!r}; GET /api/v1/keys names them")
    try:
        await keys.revoke(id_, keys.known.revoked.get(id_, now))
    except OSError as error:
        raise _not_kept(error) from error
    return answer(_shown(key, keys.known.revoked.get(id_), now))


def _check(wanted: NewKey) -> None:
    """Let a key be made.

    Raises:
        Problem: 400 `key`, with the member that cannot be used.
    """
    try:
        check_scopes(wanted.scopes, wanted.user, wanted.creators)
    except ValueError as error:
        raise Problem(400, "key", str(error)) from error
    texts = [("name", wanted.name), ("user", wanted.user or "")]
    for name, text in [*texts, *(("creators", creator) for creator in wanted.creators)]:
        if len(text) > LONGEST_TEXT:
            raise Problem(400, "key", f"{name} has {len(text)} characters; {LONGEST_TEXT} are the most")
    if len(wanted.creators) > MOST_CREATORS:
        raise Problem(400, "key", f"creators names {len(wanted.creators)}; {MOST_CREATORS} are the most")
    if wanted.lasts is not None and not 0 < wanted.lasts <= LONGEST_SECONDS:
        detail = f"lasts is {wanted.lasts:g}; it takes seconds, at most {LONGEST_SECONDS}, or null for ever"
        raise Problem(400, "key", detail)


def _shown(key: ApiKey, revoked: int | None, now: int) -> ShownKey:
    expired = key.expires is not None and now >= key.expires
    return ShownKey(
        id=key.id,
        name=key.name,
        scopes=list(key.scopes),
        user=key.user,
        creators=list(key.creators),
        created=iso(key.created),
        expires=None if key.expires is None else iso(key.expires),
        revoked=None if revoked is None else iso(revoked),
        state="revoked" if revoked is not None else "expired" if expired else "good",
    )


def _not_kept(error: OSError) -> Problem:
    detail = f"the file of the keys cannot be written, so nothing was changed for good: {error}; ask again"
    return Problem(503, "store-pressed", detail, retry_after=10)
