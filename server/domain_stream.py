"""The stream of domain events: each change of a subject is appended once, whoever finds it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from streakline.domain_events.events import encode
from streakline.domain_events.found import Found
from streakline.streams import keys
from streakline.times import DAY_MS, parse_when

FIELD: Final = b"event"
REMEMBERED_MS: Final = 800 * DAY_MS
"""For which the last events of a person are remembered after the newest one."""
TOLD_APART: Final = 8
"""Bytes of an id by which it is told from others of its subject: there may be a million persons."""
AT_ONCE: Final = 50
"""Persons whose events are appended by one MULTI: a millisecond or two of Redis, which syncs its file once for all."""
# One turn of Redis: of two finders of one event the second finds it appended. A night takes hours, and finds what was
# at its beginning: of a subject that somebody found later that is no news. Older builds wrote ids without a moment.
_EMIT: Final = """
local emitted = 0
for i = 3, #ARGV, 4 do
  local held = redis.call('HGET', KEYS[2], ARGV[i]) or ''
  local last = tonumber(string.sub(held, 9)) or 0
  if string.sub(held, 1, 8) ~= ARGV[i + 1] and last <= tonumber(ARGV[i + 2]) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1] .. ARGV[i + 2])
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'event', ARGV[i + 3])
    emitted = emitted + 1
  end
end
if emitted > 0 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
return emitted
"""
_log = structlog.get_logger()


async def emit(redis: Redis, user: str, found: Iterable[Found]) -> int:
    """Append the events of a person that are not the last ones of their subjects, nor older; return how many.

    Raises:
        RedisError: if Redis does not answer.
    """
    script = _script(user, found)
    return 0 if script is None else int(await redis.eval(*script))


async def emit_all(redis: Redis, found: Iterable[tuple[str, Iterable[Found]]]) -> int:
    """Append the events of some persons as `emit` does; return how many.

    Args:
        redis: that has the stream.
        found: person and events, each composed when its turn comes.

    Raises:
        RedisError: if Redis does not answer; the events of some persons may have been appended.
    """
    scripts = (script for user, own in found if (script := _script(user, own)) is not None)
    emitted = 0
    while some := list(islice(scripts, AT_ONCE)):
        async with redis.pipeline(transaction=True) as pipe:
            for script in some:
                pipe.eval(*script)
            emitted += sum(await pipe.execute())
    return emitted


def _script(user: str, found: Iterable[Found]) -> tuple[Any, ...] | None:
    """Return what `EVAL` takes to append the events of a person; None without an event."""
    told: list[Any] = []
    for subject, event in found:
        told += [subject, uuid.UUID(event.id).bytes[:TOLD_APART], parse_when(event.at)[0], encode(event)]
    bounds = (keys.DOMAIN_ENTRIES, REMEMBERED_MS)
    return (_EMIT, 2, keys.DOMAIN, keys.domain_subjects(user), *bounds, *told) if told else None


async def emitted_subjects(redis: Redis, user: str) -> set[str]:
    """Return the subjects of a person of which an event was emitted.

    Raises:
        RedisError: if Redis does not answer.
    """
    held: Any = await redis.hkeys(keys.domain_subjects(user))
    return {subject.decode() for subject in held}


async def emit_if_possible(redis: Redis, user: str, found: Iterable[Found]) -> None:
    """Append events; where Redis does not take them, the log says so, and whoever finds them next appends them."""
    try:
        await emit(redis, user, found)
    except RedisError as error:
        _log.warning("domain_events_not_emitted", error=str(error))
