"""Live rows of persons where they stand in Redis: how they are read, and the commands that write them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import redis

from flows.streams.connection import Command
from streakline.people.live.places import place_of
from streakline.streams import keys


def rows_of(client: redis.Redis, persons: Iterable[int], parts: int) -> dict[int, bytes | None]:
    """Return the packed rows of persons, None of who has none. The persons of a slot cost one command."""
    by_key: dict[str, list[tuple[int, bytes]]] = {}
    for person in persons:
        part, slot, field = place_of(person, parts)
        by_key.setdefault(keys.streaks(part, slot), []).append((person, field))
    if not by_key:
        return {}
    pipe = client.pipeline(transaction=False)
    for key, some in by_key.items():
        pipe.hmget(key, [field for _, field in some])
    asked = [person for some in by_key.values() for person, _ in some]
    return dict(zip(asked, itertools.chain.from_iterable(pipe.execute()), strict=True))


def stored(rows: dict[int, bytes], parts: int) -> list[Command]:
    """Return the commands that write packed rows."""
    by_key: dict[str, list[bytes]] = {}
    for person, row in rows.items():
        part, slot, field = place_of(person, parts)
        by_key.setdefault(keys.streaks(part, slot), []).extend((field, row))
    return [("HSET", key, *flat) for key, flat in by_key.items()]


def owed(part: int, persons: Iterable[int]) -> list[Command]:
    """Return the commands that say of whom domain events are owed."""
    packed = [person.to_bytes(8, "little") for person in persons]
    return [("SADD", keys.people(part), *packed)] if packed else []
