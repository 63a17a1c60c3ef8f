"""Live states as the flows write them: the newest in the hash, and one entry of the stream, in one MULTI."""

from __future__ import annotations

from typing import Any

import msgspec
import redis

from streakline.live_windows import WINDOWED
from streakline.measures import MEASURES
from streakline.streams import keys
from streakline.streams.states import Base, Content, Viewers
from streakline.times import minute_of


def say(client: redis.Redis, kind: str, part: int, state: Any, at_ms: int) -> str:
    """Write a state that covers the events up to a time; return the id of its update."""
    payload = msgspec.msgpack.encode(state)
    pipe = client.pipeline(transaction=True)
    pipe.hset(keys.STATE, f"{kind}:{part}", payload)
    pipe.xadd(keys.UPDATES, {"k": kind, "s": part, "u": f"{at_ms}-0", "p": payload})
    _, update = pipe.execute()
    return str(update.decode())


def content(at_ms: int, plays: int, **more: Any) -> Content:
    """Return the state of a shard with some plays in the running minute."""
    minute = minute_of(at_ms)
    row = [plays if name in {"plays", "likes"} else 0 for name in WINDOWED]
    opened = [plays if name in {"plays", "starts"} else 0 for name in MEASURES]
    return Content(
        minutes={minute: row},
        playing=[("track-1", plays)],
        top=[("track-1", plays)],
        open={minute: opened},
        titles={"track-1": "Slow Tide"},
        **more,
    )


def viewers(active: int) -> Viewers:
    """Return the state of a part of the persons."""
    return Viewers(active=active, hour=2 * active)


def base(plays: int) -> Base:
    """Return the lifetime of a shard."""
    return Base(upto=1, base=[plays if name in {"plays", "starts"} else 0 for name in MEASURES])
