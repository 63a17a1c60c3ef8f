"""Rules for robots as a process knows them: in memory, in Redis and in a file, each put right by what the others know.

Every process that stamps events puts a control entry into the streams once it stamps by a changed rule. All that it
stamped by the older one lies before, so archive decides again about every event that any process stamped so.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

from server.ingest.intake import INTAKE, Intake
from server.resources.joined_file import JoinedFile
from server.resources.pipe import PipeFull, RedisAway
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.tasks import running
from streakline.ingest.robots import KnownRules, RobotRule, RuleState, control_of
from streakline.streams import keys

EVERY: Final = 1.0
"""Seconds between two looks at Redis: within so long every process stamps by a changed rule."""
FILE: Final = "robot-rules.json"
"""In the data folder of every process that stamps."""
_STATE: Final = msgspec.json.Decoder(RuleState)
_STATES: Final = msgspec.json.Decoder(list[RuleState])
_log = structlog.get_logger()


def rule_file(folder: Path) -> JoinedFile[KnownRules]:
    """Return the file of rules in a data folder."""

    def decode(data: bytes) -> KnownRules:
        return KnownRules({state.rule.id: state for state in _STATES.decode(data)})

    def encode(known: KnownRules) -> bytes:
        return msgspec.json.encode(list(known.states.values()))

    return JoinedFile(folder / FILE, KnownRules(), decode, encode)


class RobotRules:
    """The rules for robots of an installation, as this process stamps by them.

    Attributes:
        known: every rule that was ever made, with its state.
    """

    def __init__(self, redis: Redis, file: JoinedFile[KnownRules], intake: Intake) -> None:
        self._redis, self._file, self._intake = redis, file, intake
        self.known = KnownRules()
        self._seen: bytes | None = b"nothing yet"
        """The word of Redis whose rules are known and are in the streams."""
        self._forgotten = KnownRules()
        """What Redis lacked at the last look."""
        self._owed: set[str] = set()
        """Rules by which this process stamps, and has not put into the streams since."""
        self._changing = asyncio.Lock()

    async def change(self, rule: RobotRule, at: int, *, uncalled: bool) -> tuple[RuleState, str]:
        """Put a rule into force at a moment (ms), or take it back; return its state and the position that covers it.

        Asked again for the state that it has, it has the streams hear of it again, which counts nothing twice.

        Raises:
            OSError: if the file cannot be written.
            RedisError, RedisAway, PipeFull: if Redis does not answer.
        """
        async with self._changing:
            await self._take_up()
            held = self.known.states.get(rule.id)
            state = held
            if state is None or state.uncalled is not uncalled:
                state = RuleState(rule, uncalled, at if held is None else max(at, held.changed + 1))
                change = KnownRules({rule.id: state})
                # The file first: what was answered must outlive a Redis that goes back.
                self._stamp_by(await asyncio.to_thread(self._file.join, self.known.joined(change)))
            self._seen = b"not what is known here"
            self._owed.add(rule.id)
            await self._put()
            return state, await self._told()

    async def start(self) -> None:
        """Take up what the file and Redis know; nothing has been stamped yet.

        Raises:
            RedisError: if Redis does not answer.
        """
        self._stamp_by(await asyncio.to_thread(self._file.read))
        self._stamp_by(self.known.joined((await self._found())[0]))
        self._owed.clear()

    async def look(self) -> None:
        """Take up what changed in Redis, put back what it has forgotten, and let the streams hear of both.

        Raises:
            RedisError, RedisAway, PipeFull: if Redis does not answer.
        """
        if await self._redis.get(keys.ROBOTS_CHANGE) == self._seen:
            return
        async with self._changing:
            word = await self._take_up()
            if self._forgotten:
                await self._put()
            if self._owed:
                await self._told()
            self._seen = b"not what is known here" if self._forgotten else word

    async def _take_up(self) -> bytes | None:
        """Stamp by what is newer in Redis; return its word of that, and note whether it lacks what is known here."""
        found, put, word = await self._found()
        if found.missing_in(self.known):
            self._stamp_by(self.known.joined(found))
            self._stamp_by(await asyncio.to_thread(self._file.keep, self.known))
        states = self.known.states
        self._owed |= {id_ for id_, state in states.items() if put.get(id_, 0) < state.changed}
        self._forgotten = self.known.missing_in(found)
        if self._forgotten:
            _log.warning("robot_rules_put_back", rules=len(self._forgotten.states))
        return word

    def _stamp_by(self, known: KnownRules) -> None:
        self._owed |= known.missing_in(self.known).states.keys()
        self.known = known
        self._intake.uncall(known.in_force)

    async def _told(self) -> str:
        """Put control entries of what is owed into the streams; return the position that covers them."""
        owed = {id_: self.known.states[id_] for id_ in self._owed}
        facts = control_of(self.known.in_force, (state.rule for state in owed.values()))
        position = await self._intake.control(facts)
        self._owed -= owed.keys()
        moments = {id_: state.changed for id_, state in owed.items()}
        if moments:
            await self._redis.hset(keys.ROBOTS_PUT, mapping=moments)  # type: ignore[arg-type]  # its own types are narrower
        return position

    async def _found(self) -> tuple[KnownRules, dict[str, int], bytes | None]:
        """Return what Redis knows, what of it the streams have heard, and its word of the rules."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.ROBOTS)
            pipe.hgetall(keys.ROBOTS_PUT)
            pipe.get(keys.ROBOTS_CHANGE)
            held, put, word = await pipe.execute()
        return _states(held.values()), {id_.decode(): int(at) for id_, at in put.items()}, word

    async def _put(self) -> None:
        """Let Redis know what is newer here."""
        async with self._redis.pipeline(transaction=True) as pipe:
            while True:
                await pipe.watch(keys.ROBOTS)
                values: Any = await pipe.hgetall(keys.ROBOTS)
                held = _states(values.values())
                pipe.multi()  # type: ignore[no-untyped-call]
                for id_, state in self.known.missing_in(held).states.items():
                    pipe.hset(keys.ROBOTS, id_, msgspec.json.encode(state))
                    if (
                        not state.uncalled
                    ):  # plays that counted of persons count no more, and nobody knows whose
                        pipe.delete(keys.PEOPLE_WHOLE)
                pipe.set(keys.ROBOTS_CHANGE, secrets.token_hex(8))
                try:
                    await pipe.execute()
                except WatchError:
                    continue
                return


def _states(values: Iterable[bytes]) -> KnownRules:
    return KnownRules({state.rule.id: state for state in map(_STATE.decode, values)})


ROBOT_RULES: Final = web.AppKey("robot_rules", RobotRules)


async def robot_rules_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    ours = RobotRules(app[OWN_REDIS], rule_file(Path(app[SETTINGS].data)), app[INTAKE])
    await ours.start()
    app[ROBOT_RULES] = ours

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await ours.look()
            except (RedisError, RedisAway, PipeFull, OSError) as error:
                _log.debug(
                    "robot_rules_not_looked_at", error=str(error)
                )  # `Pressure` says that Redis is away

    async with running(run):
        yield
