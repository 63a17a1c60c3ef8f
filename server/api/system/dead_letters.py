"""Dead letters: listed, replayed and discarded by an admin.

A letter that was replayed is gone. Whoever replays it twice, because an answer was lost or two do it at once, counts
nothing twice: its event has the identity that it always had.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web
from redis.asyncio import Redis

from server.door.access import require
from server.door.answers import Answer, answer
from server.door.bodies import read_object
from server.door.parameters import Parameters
from server.ingest.admission import Admitted, charge, let_in, unwritten
from server.ingest.intake import INTAKE
from server.ingest.replays import Outcome, open_cold, replay
from server.problems import Problem
from server.resources.pipe import PipeFull, RedisAway
from server.resources.redis_client import REDIS, SETTINGS
from streakline.history.pages import Cursor, packed, question, unpacked
from streakline.ingest.replays import Letter, letter_of, why_not
from streakline.streams import keys
from streakline.times import iso, ms_of

AT_ONCE: Final = 500
"""Letters that one request replays at most."""
_ID: Final = re.compile(r"[0-9]{1,15}-[0-9]{1,19}")
"""Of an entry, as far as Redis takes every such number."""
_log = structlog.get_logger()


class DeadLetter(Answer):
    """What could not be taken, read or stored.

    Attributes:
        id: its own.
        at: when it was kept, RFC 3339.
        where: the part that met it.
        error: why it could not.
        entry: the id of the event or entry.
        form: what `body` is; "" of an older build.
        cut: bytes of it that were left out; "" of an older build.
        body: JSON as a text.
        not_replayable: why it cannot be replayed; None if it can be tried.
    """

    id: str
    at: str
    where: str
    error: str
    entry: str
    form: str
    cut: str
    body: str
    not_replayable: str | None


class DeadLetters(Answer):
    """A page of dead letters, the newest first, and how many there are in all."""

    count: int
    letters: list[DeadLetter]
    next_cursor: str | None


class Replay(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Which letters to replay: those with some ids, or all that there are, the oldest first.

    Attributes:
        ids: of letters, at most `AT_ONCE`.
        all: whether all are wanted; one request replays `AT_ONCE` of them.
        cursor: `nextCursor` of the request before, to go on with all.
    """

    ids: list[str] = []
    all: bool = False
    cursor: str | None = None


class ReplayedLetter(Answer):
    """How a letter fared.

    Attributes:
        id: its own.
        outcome: `replayed`, `refused` (still, it is kept), `not-replayable` (it is kept) or `unknown` (no letter has
            this id: it was replayed before, or discarded).
        reason: in words, None of one that was replayed.
        position: for `GET /api/v1/settled`, None of one that was not replayed.
    """

    id: str
    outcome: str
    reason: str | None
    position: str | None


class Replayed(Answer):
    """How letters fared, and where to go on where all are wanted; None if there are no more."""

    replayed: int
    letters: list[ReplayedLetter]
    next_cursor: str | None


class Discarded(Answer):
    """A letter that is gone."""

    id: str


_DECODER: Final = msgspec.json.Decoder(Replay)


async def get_dead_letters(request: web.Request) -> web.Response:
    """`GET /api/v1/dead-letters`: what could not be taken, the newest first.

    Parameters: `limit` (50), `cursor`. Answer: golden `dead_letters`.
    """
    require(request, "admin")
    asked = Parameters(request, "limit", "cursor")
    page = asked.page()
    redis = request.app[REDIS]
    before = "+" if page.after is None else f"({_id_of(page.after[0])}"
    async with redis.pipeline(transaction=False) as pipe:
        pipe.xlen(keys.DEAD)
        pipe.xrevrange(keys.DEAD, max=before, count=page.limit)
        count, entries = await pipe.execute()
    letters = [letter_of(*entry) for entry in entries]
    more = len(letters) == page.limit
    return answer(
        DeadLetters(
            count=count,
            letters=list(map(_shown, letters)),
            next_cursor=asked.next_cursor((letters[-1].id,)) if more else None,
        )
    )


async def post_replay(request: web.Request) -> web.Response:
    """`POST /api/v1/dead-letters/replay`: send the events of letters again, each as its sender's.

    Answer: golden `replayed`; 400 `letters` or `cursor`, and the refusals of `POST /api/stats/events`.
    """
    grant = require(request, "admin")
    Parameters(request)
    wanted = await read_object(request, _DECODER, "letters")
    if bool(wanted.ids) == wanted.all:
        raise Problem(400, "letters", 'name the letters by ids, or say "all": true; not both')
    if len(wanted.ids) > AT_ONCE:
        raise Problem(400, "letters", f"ids names {len(wanted.ids)} letters; {AT_ONCE} at once are the most")
    if wanted.cursor is not None and not wanted.all:
        raise Problem(400, "letters", "cursor goes on with all; leave it out where ids are named")
    admitted = Admitted(grant, let_in(request, grant), b"")
    redis = request.app[REDIS]
    ids = list(dict.fromkeys(wanted.ids))
    letters, cursor = (
        await _all(request, redis, wanted.cursor) if wanted.all else (await _named(redis, ids), None)
    )
    charge(request, admitted, len(letters))
    try:
        outcomes = await replay(request.app[INTAKE], letters, request.app[SETTINGS])
    except (RedisAway, PipeFull) as error:
        raise unwritten(error) from error
    found = {letter.id for letter in letters}
    outcomes += [
        Outcome(
            id_[:40], "unknown", "no letter has this id: it was replayed before, discarded, or pushed out"
        )
        for id_ in ids
        if id_ not in found
    ]
    done = [outcome.id for outcome in outcomes if outcome.how == "replayed"]
    if done:
        await redis.xdel(keys.DEAD, *done)
        _log.info("dead_letters_replayed", letters=len(done), kept=len(letters) - len(done))
    told = [ReplayedLetter(id=id_, outcome=how, reason=why, position=at) for id_, how, why, at in outcomes]
    return answer(Replayed(replayed=len(done), letters=told, next_cursor=cursor))


async def delete_dead_letter(request: web.Request) -> web.Response:
    """`DELETE /api/v1/dead-letters/{id}`: let a letter go unreplayed.

    Answer: golden `discarded`; 404 `letter-unknown`.
    """
    require(request, "admin")
    Parameters(request)
    id_ = request.match_info["id"]
    if not _ID.fullmatch(id_) or not await request.app[REDIS].xdel(keys.DEAD, id_):
        raise Problem(
            404,
            "letter-unknown",
            f"no dead letter has the id {id_[:40]!r}; GET /api/v1/dead-letters names them",
        )
    _log.info("dead_letter_discarded", letter=id_)
    return answer(Discarded(id=id_))


async def _named(redis: Redis, ids: list[str]) -> list[Letter]:
    async with redis.pipeline(transaction=False) as pipe:
        for id_ in filter(_ID.fullmatch, ids):
            pipe.xrange(keys.DEAD, id_, id_)
        found: Any = await pipe.execute()
    return [letter_of(*entries[0]) for entries in found if entries]


async def _all(request: web.Request, redis: Redis, cursor: str | None) -> tuple[list[Letter], str | None]:
    """Return the next letters of all, and the cursor to go on with.

    All are those that there are at the first request: one that archive refuses again comes back as a new letter.
    """
    asked = question(request.path, ())
    after, last = "-", await _newest(redis)
    if cursor is not None:
        try:
            key = unpacked(cursor, asked).after
        except ValueError as error:
            raise Problem(400, "cursor", f"cursor {error}") from error
        if len(key) != 2:
            raise Problem(400, "cursor", f"cursor {cursor[:40]!r} is none of replaying; take nextCursor")
        after, last = f"({_id_of(key[0])}", _id_of(key[1])
    if last is None:
        return [], None
    entries: Any = await redis.xrange(keys.DEAD, after, last, count=AT_ONCE)
    letters = [letter_of(*entry) for entry in entries]
    if len(letters) < AT_ONCE:
        return letters, None
    return letters, packed(Cursor(asked, 0, (letters[-1].id, last)))


async def _newest(redis: Redis) -> str | None:
    newest: Any = await redis.xrevrange(keys.DEAD, count=1)
    return newest[0][0].decode() if newest else None


def _id_of(text: object) -> str:
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise Problem(400, "cursor", "cursor is none of dead letters; take nextCursor of the page before")
    return text


def _shown(letter: Letter) -> DeadLetter:
    return DeadLetter(
        id=letter.id,
        at=iso(ms_of(letter.id)),
        where=letter.where,
        error=letter.error,
        entry=letter.entry,
        form=letter.form,
        cut=letter.cut,
        body=letter.body,
        not_replayable=why_not(letter, open_cold),
    )
