"""`/health`, `/ready`, `/metrics` and `GET /api/v1/system`: how this process and the whole system are."""

from __future__ import annotations

from typing import Any, Final

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server import descriptors
from server.access import require
from server.feed import FEED
from server.intake import INTAKE
from server.metrics import METRICS, FlowMetrics
from server.pressure import PRESSURE
from server.settled import read_progress
from server.store import INSTALLATION, REDIS, SETTINGS
from server.watch import WATCH
from streakline import keys
from streakline.descriptors import kept
from streakline.times import SEQ_BITS, dec, enc

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
    body = {"ready": not reasons, "reasons": reasons, "warnings": request.app[WATCH].warnings()}
    return _json(body, status=503 if reasons else 200)


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
    try:
        flows = await read_flow_metrics(request.app[REDIS])
    except (RedisError, OSError):
        flows = {}  # Redis is away, which `streakline_ready` says; our own numbers matter the more
    ours = request.app[METRICS]
    ours.ready.set(not await _reasons(request.app))
    ours.descriptors.set(descriptors.taken())
    ours.descriptor_limit.set(descriptors.limit())
    body = ours.text(flows, request.app[WATCH].counts)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def read_flow_metrics(redis: Redis) -> FlowMetrics:
    """Return the numbers that the flows left in Redis."""
    prefix = keys.metrics("", "").removesuffix(":")
    names = sorted([key async for key in redis.scan_iter(match=f"{prefix}*", count=1000)])
    async with redis.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(name)
        hashes = await pipe.execute(raise_on_error=False)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for name, values in zip(names, hashes, strict=True):
        if not isinstance(values, dict):
            continue  # no hash: none of ours
        flow, _, shards = name.decode("utf-8", "replace").removeprefix(prefix).partition(":")
        numbers = {key.decode("utf-8", "replace"): _number(value) for key, value in values.items()}
        found[flow, shards] = {key: number for key, number in numbers.items() if number is not None}
    return found


def _number(value: bytes) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


async def system(request: web.Request) -> web.Response:
    """Answer the parts, how far each is, and the newest dead letters."""
    require(request, "read:admin")
    redis, shards = request.app[REDIS], request.app[INSTALLATION].shards
    return _json(
        {
            "ready": request.app[PRESSURE].refusal is None,
            "reason": request.app[PRESSURE].refusal,
            "warnings": request.app[WATCH].warnings(),
            "memory": request.app[PRESSURE].memory._asdict(),
            "descriptors": {
                "taken": descriptors.taken(),
                "limit": descriptors.limit(),
                "kept": kept(descriptors.limit()),
            },
            "profile": request.app[SETTINGS].profile,
            "shards": await _shards(redis, shards),
            "flows": _flows(await read_flow_metrics(redis)),
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
    rows = []
    for shard, state in enumerate(progress):
        newest, length, trimmed = replies[3 * shard : 3 * shard + 3]
        head = enc(newest[0][0]) if newest else None
        row: dict[str, Any] = {
            "shard": shard,
            "entries": length,
            "newest": _dec(head),
            "closedUpTo": state.upto,
        }
        row["trimmedTo"] = trimmed.decode() if trimmed else None
        readers = {"content": state.content, "raw": state.raw, "provisional": state.provisional}
        readers["people"] = (
            None if None in state.viewers else min(at for at in state.viewers if at is not None)
        )
        row["readers"] = {name: {"at": _dec(at), "lagMs": _lag(head, at)} for name, at in readers.items()}
        row["owedRecount"] = _dec(state.mark)
        rows.append(row)
    return rows


def _dec(position: int | None) -> str | None:
    return None if position is None else dec(position)


def _lag(head: int | None, at: int | None) -> int | None:
    """Return by how many ms of the stream's clock a reader is behind."""
    return None if head is None or at is None else max(0, (head >> SEQ_BITS) - (at >> SEQ_BITS))


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
