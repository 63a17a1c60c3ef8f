"""`GET /api/v1/system`: the parts of the whole system, how far each is, and the newest dead letters."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from aiohttp import web
from redis.asyncio import Redis

from server.api.health import reasons_of, warnings_of
from server.api.settled import read_progress
from server.api.system.storage import Storage, storage
from server.api.system.traffic import Ingest, Live, ingest_of, live_of
from server.door.access import require
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.metrics import FlowMetrics
from server.resources import descriptor_limit
from server.resources.redis_client import INSTALLATION, REDIS, SETTINGS, redis_ms
from server.upkeep.lag import LAG, oldest_after
from server.upkeep.pressure import PRESSURE
from streakline.door.descriptors import kept
from streakline.health.jobs import unpacked
from streakline.health.settlement import Progress
from streakline.streams import keys
from streakline.streams.partitions import Partitions
from streakline.times import dec, ms_of

DEAD_SHOWN: Final = 100


class MemoryUse(Answer):
    """Redis' memory in bytes: used, and what it may use."""

    used: int
    limit: int


class Descriptors(Answer):
    """Descriptors of this process: taken, allowed, and kept for what is no live connection."""

    taken: int
    limit: int
    kept: int


class Reader(Answer):
    """How far a reader of a shard's events is.

    Attributes:
        at: the id that it has passed, None before it begins.
        lag_ms: for how long the oldest entry has waited that it has not passed.
    """

    at: str | None
    lag_ms: int | None


class Shard(Answer):
    """One shard: its stream of events and their readers.

    Attributes:
        shard: its number.
        entries: of the stream.
        newest: the last id, None in an empty stream.
        closed_up_to: start of the newest closed quarter hour, ms.
        trimmed_to: the id that the stream was cut to, None if never.
        readers: by name.
        owed_recount: the least position that a closed quarter hour waits for.
    """

    shard: int
    entries: int
    newest: str | None
    closed_up_to: int | None
    trimmed_to: str | None
    readers: dict[str, Reader]
    owed_recount: str | None


class Flow(Answer):
    """A process of a flow: the shards it owns (of viewers the parts of the persons), and its metrics by name."""

    flow: str
    shards: str
    values: dict[str, float]


class JobRuns(Answer):
    """A job: when it is due, and how its last run went; moments in ms, None where there was none.

    Attributes:
        name: of the job.
        when: its schedule in words.
        next: when it is due.
        started: when its last run began.
        ended: when that ended, None while it runs.
        error: why that failed, None if it did not.
    """

    name: str
    when: str
    next: int | None
    started: int | None
    ended: int | None
    error: str | None


class Dead(Answer):
    """Dead letters: how many, and the newest of them with their fields."""

    count: int
    newest: list[dict[str, str]]


class System(Answer):
    """The whole system, as far as this process sees it."""

    ready: bool
    reasons: list[str]
    reason: str | None
    warnings: list[str]
    memory: MemoryUse
    descriptors: Descriptors
    profile: str
    shards: list[Shard]
    flows: list[Flow]
    jobs: list[JobRuns]
    watermark: int | None
    """Stream time in ms that every reader has passed; None before one has begun."""
    ingest: Ingest
    live: Live
    storage: Storage
    dead: Dead


async def system(request: web.Request) -> web.Response:
    """Answer the parts, how far each is, and the newest dead letters."""
    require(request, "read:admin")
    Parameters(request)
    app = request.app
    redis, pressure, limit = app[REDIS], app[PRESSURE], descriptor_limit.limit()
    shards, reasons = await _shards(redis, app[INSTALLATION].partitions), await reasons_of(app)
    return answer(
        System(
            ready=not reasons,
            reasons=reasons,
            reason=pressure.refusal,
            warnings=warnings_of(app),
            memory=MemoryUse(used=pressure.memory.used, limit=pressure.memory.limit),
            descriptors=Descriptors(taken=descriptor_limit.taken(), limit=limit, kept=kept(limit)),
            profile=app[SETTINGS].profile,
            shards=shards,
            flows=_flows(app[LAG].flows),
            jobs=await _jobs(redis),
            watermark=_watermark(shards),
            ingest=ingest_of(app),
            live=live_of(app),
            storage=await storage(app),
            dead=await _dead(redis),
        )
    )


async def _shards(redis: Redis, partitions: Partitions) -> list[Shard]:
    progress, _ = await read_progress(redis, partitions, wanted={})
    shards = partitions.shards
    async with redis.pipeline(transaction=False) as pipe:
        for shard in range(shards):
            pipe.xrevrange(keys.events(shard), count=1)
            pipe.xlen(keys.events(shard))
            pipe.get(keys.trimmed(shard))
        replies = await pipe.execute()
    readers = [_readers(state) for state in progress]
    waits = await oldest_after(
        redis, [[(keys.events(s), at) for at in readers[s].values()] for s in range(shards)]
    )
    now = await redis_ms(redis)
    rows = []
    for shard, state in enumerate(progress):
        newest, length, trimmed = replies[3 * shard : 3 * shard + 3]
        lags = {
            name: Reader(at=_dec(at), lag_ms=_lag(at, oldest, now))
            for (name, at), oldest in zip(readers[shard].items(), waits[shard], strict=True)
        }
        rows.append(
            Shard(
                shard=shard,
                entries=length,
                newest=newest[0][0].decode() if newest else None,
                closed_up_to=state.upto,
                trimmed_to=trimmed.decode() if trimmed else None,
                readers=lags,
                owed_recount=_dec(state.mark),
            )
        )
    return rows


def _readers(state: Progress) -> dict[str, int | None]:
    """Return how far the readers of a shard's events are, the last of each kind."""
    people = [at for at in state.viewers if at is not None]
    return {
        "content": state.content,
        "raw": state.raw,
        "provisional": state.provisional,
        "people": min(people) if len(people) == len(state.viewers) else None,
    }


def _watermark(shards: list[Shard]) -> int | None:
    at = [reader.at for shard in shards for reader in shard.readers.values()]
    begun = [position for position in at if position is not None]
    return min(map(ms_of, begun)) if len(begun) == len(at) else None


def _dec(position: int | None) -> str | None:
    return None if position is None else dec(position)


def _lag(at: int | None, oldest: int | None, now: int) -> int | None:
    """Return for how long the entry of `oldest` (all in ms) has waited, None of a reader that has not begun."""
    return None if at is None else 0 if oldest is None else max(0, now - oldest)


def _flows(flows: FlowMetrics) -> list[Flow]:
    return [Flow(flow=flow, shards=shards, values=dict(values)) for (flow, shards), values in flows.items()]


async def _jobs(redis: Redis) -> list[JobRuns]:
    held: Any = await redis.hgetall(keys.JOB_STATES)
    return [JobRuns(name=name, **msgspec.structs.asdict(state)) for name, state in unpacked(held).items()]


async def _dead(redis: Redis) -> Dead:
    count = await redis.xlen(keys.DEAD)
    newest: Any = await redis.xrevrange(keys.DEAD, count=DEAD_SHOWN)
    letters = [
        {
            "id": entry_id.decode(),
            **{
                key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
                for key, value in fields.items()
            },
        }
        for entry_id, fields in newest
    ]
    return Dead(count=count, newest=letters)
