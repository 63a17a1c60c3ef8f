"""The live numbers as a server would show them, read from a real Redis."""

from __future__ import annotations

from typing import Any

import msgspec
import redis

from streakline.live.overview import overview, top_plays
from streakline.streams import keys
from streakline.streams.states import Base, Content, Viewers

_PARTS: dict[str, type[Any]] = {"content": Content, "viewers": Viewers, "base": Base}


def parts(client: redis.Redis) -> dict[str, dict[int, Any]]:
    """Return kind -> shard -> newest partial state."""
    held: dict[str, dict[int, Any]] = {"content": {}, "viewers": {}, "base": {}}
    state: Any = client.hgetall(keys.STATE)
    for field, payload in state.items():
        kind, _, shard = field.decode().partition(":")
        held[kind][int(shard)] = msgspec.msgpack.decode(payload, type=_PARTS[kind], strict=False)
    return held


def shown(client: redis.Redis, clock_ms: int) -> dict[str, Any]:
    """Return the overview at a clock, and the top list as `top`."""
    held = parts(client)
    data = overview(clock_ms, held["content"], held["viewers"], held["base"])
    return {**data, "top": top_plays(held["content"])["items"]}
