"""Claims: some of the persons of whom domain events are owed, taken out of the sets in Redis until they are emitted.

Who is found again while a claim on him is under way is owed again. A claim outlives its process: whoever claims next
gets the same persons, until one of the two is done.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis

from streakline.people.live.places import place_of
from streakline.streams import keys

PACKED: Final = 8
"""Bytes of a person's hash; whatever else somebody put there is nobody."""
# A Redis that is full to the last byte refuses a script that begins with SADD; SPOP takes no memory.
_CLAIM: Final = """
local claimed = redis.call('SMEMBERS', KEYS[2])
if #claimed == 0 then
  claimed = redis.call('SPOP', KEYS[1], ARGV[2])
  if #claimed > 0 then redis.call('SADD', KEYS[2], unpack(claimed)) end
end
if #claimed > 0 then redis.call('SET', KEYS[3], ARGV[1]) end
return claimed
"""
# Another process may have claimed meanwhile: then what stands there is its own.
_DONE: Final = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1], KEYS[2])
"""


class Claim(NamedTuple):
    """Some persons.

    Attributes:
        name: of the claim, no other has it.
        by_part: part -> hashes of its persons.
        is_full: whether more may be owed.
    """

    name: str
    by_part: Mapping[int, list[int]]
    is_full: bool

    @property
    def persons(self) -> list[int]:
        """All of them."""
        return [person for persons in self.by_part.values() for person in persons]


class Claims:
    """The claims on one of the two sets of each part. Everything raises RedisError if Redis does not answer."""

    def __init__(self, redis: Redis, parts: int, owed: Callable[[int], str], most: int) -> None:
        """Prepare; nothing is asked yet.

        Args:
            redis: the store.
            parts: how many parts the persons are divided into.
            owed: the key of the set by part.
            most: persons of a part in one claim.
        """
        self._redis, self._parts, self._owed, self._most = redis, range(parts), owed, most

    async def claim(self) -> Claim | None:
        """Claim some persons, or those of a claim that nobody was done with; None if none is owed."""
        name = secrets.token_hex(8)
        async with self._redis.pipeline(transaction=False) as pipe:
            for part in self._parts:
                owed = self._owed(part)
                pipe.eval(_CLAIM, 3, owed, keys.claimed(owed), keys.claimant(owed), name, self._most)
            replies: Any = await pipe.execute()
        by_part = {
            part: [int.from_bytes(person, "little") for person in persons if len(person) == PACKED]
            for part, persons in zip(self._parts, replies, strict=True)
            if persons
        }
        is_full = any(len(persons) >= self._most for persons in replies)
        return Claim(name, by_part, is_full) if by_part else None

    async def done(self, claim: Claim) -> None:
        """Forget a claim, if it is still the last one."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for part in claim.by_part:
                owed = self._owed(part)
                pipe.eval(_DONE, 2, keys.claimed(owed), keys.claimant(owed), claim.name)
            await pipe.execute()

    async def add(self, persons: Iterable[int]) -> None:
        """Owe events of some persons more."""
        by_part: dict[int, list[bytes]] = {}
        for person in persons:
            part, _, packed = place_of(person, len(self._parts))
            by_part.setdefault(part, []).append(packed)
        async with self._redis.pipeline(transaction=False) as pipe:
            for part, some in by_part.items():
                pipe.sadd(self._owed(part), *some)
            await pipe.execute()

    async def owed(self) -> int:
        """Return of how many persons events are owed, those claimed included."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for part in self._parts:
                pipe.scard(self._owed(part))
                pipe.scard(keys.claimed(self._owed(part)))
            return sum(await pipe.execute())
