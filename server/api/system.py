"""`/health`, `/ready`, `/metrics` and `GET /api/v1/system`: how this process and the whole system are."""

from __future__ import annotations

from typing import Any, Final

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from redis.asyncio import Redis

from server.api.settled import read_progress
from server.door import descriptors
from server.door.access import require
from server.ingest.intake import INTAKE
from server.live.feed import FEED
from server.metrics import METRICS, FlowMetrics
from server.resources.redis_client import INSTALLATION, REDIS, SETTINGS
from server.upkeep.lag import LAG, oldest_after
from server.upkeep.pressure import PRESSURE
from server.upkeep.watch import WATCH
from streakline.door.descriptors import kept
from streakline.health.settlement import Progress
from streakline.streams import keys
from streakline.times import dec

DEAD_SHOWN: Final = 100


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(
        status=status,
        body=orjson.dumps(body),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


async def health(_: web.Request) -> web.Response:
    """Say that this process answers; it knows nothing of the others."""
    return _json({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """Say whether this process can do its work now, and why not."""
    reasons = await _reasons(request.app)
    body = {
        "ready": not reasons,
        "reasons": reasons,
        # Set: waiting does not help, somebody has to make room. The page, live numbers and history go on.
        "stopped": request.app[PRESSURE].refusal,
        "warnings": _warnings(request.app),
    }
    return _json(body, status=503 if reasons else 200)


def _warnings(app: web.Application) -> list[str]:
    """Return what is wrong though work goes on."""
    # Only who takes events can do anything about a disk that fills.
    disks = app[PRESSURE].disks.warnings() if INTAKE in app else []
    return [*app[WATCH].warnings(), *disks, *map(str, app[LAG].lags.silences())]


async def _reasons(app: web.Application) -> list[str]:
    """Return why this process cannot do its work now; empty if it can."""
    reasons = [app[part].refusal for part in (PRESSURE, WATCH) if part in app]
    if INTAKE in app:  # the others were looked at a second ago: what is written to is asked now
        reasons.append(await app[INTAKE].refusal())
    if FEED in app and (stale := app[FEED].stale) is not None:
        reasons.append(f"live numbers: {stale}")
    return [reason for reason in reasons if reason is not None]


async def metrics(request: web.Request) -> web.Response:
    """Answer the metrics of this process and of the flows, in Prometheus' text format."""
    ours, lag = request.app[METRICS], request.app[LAG]
    ours.ready.set(not await _reasons(request.app))
    ours.descriptors.set(descriptors.taken())
    ours.descriptor_limit.set(descriptors.limit())
    body = ours.text(lag.flows, lag.lags, request.app[WATCH].counts)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def system(request: web.Request) -> web.Response:
    """Answer the parts, how far each is, and the newest dead letters."""
    require(request, "read:admin")
    redis, shards = request.app[REDIS], request.app[INSTALLATION].shards
    return _json(
        {
            "ready": request.app[PRESSURE].refusal is None,
            "reason": request.app[PRESSURE].refusal,
            "warnings": _warnings(request.app),
            "memory": request.app[PRESSURE].memory._asdict(),
            "descriptors": {
                "taken": descriptors.taken(),
                "limit": descriptors.limit(),
                "kept": kept(descriptors.limit()),
            },
            "profile": request.app[SETTINGS].profile,
            "shards": await _shards(redis, shards),
            "flows": _flows(request.app[LAG].flows),
            "live": {"epoch": request.app[FEED].epoch, "seq": request.app[FEED].position},
            "dead": await _dead(redis),
        }
    )


async def _shards(redis: Redis, shards: int) -> list[dict[str, Any]]:
    progress, _ = await read_progress(redis, shards, wanted={})
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
    now = await _now_ms(redis)
    rows = []
    for shard, state in enumerate(progress):
        newest, length, trimmed = replies[3 * shard : 3 * shard + 3]
        row: dict[str, Any] = {
            "shard": shard,
            "entries": length,
            "newest": newest[0][0].decode() if newest else None,
            "closedUpTo": state.upto,
        }
        row["trimmedTo"] = trimmed.decode() if trimmed else None
        row["readers"] = {
            name: {"at": _dec(at), "lagMs": _lag(at, oldest, now)}
            for (name, at), oldest in zip(readers[shard].items(), waits[shard], strict=True)
        }
        row["owedRecount"] = _dec(state.mark)
        rows.append(row)
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


async def _now_ms(redis: Redis) -> int:
    seconds, micros = await redis.time()
    return int(seconds) * 1000 + int(micros) // 1000


def _dec(position: int | None) -> str | None:
    return None if position is None else dec(position)


def _lag(at: int | None, oldest: int | None, now: int) -> int | None:
    """Return for how long the entry of `oldest` (all in ms) has waited, None of a reader that has not begun."""
    return None if at is None else 0 if oldest is None else max(0, now - oldest)


def _flows(flows: FlowMetrics) -> list[dict[str, Any]]:
    return [
        {"flow": flow, "shards": shards, "values": dict(values)} for (flow, shards), values in flows.items()
    ]


async def _dead(redis: Redis) -> dict[str, Any]:
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
    return {"count": count, "newest": letters}
