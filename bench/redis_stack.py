"""A Redis that syncs every write and the flows that know only it, for benchmarks that need no history."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import psutil
import redis

from bench.flow_stack import Flow
from bench.workload import SEED
from stack.process import PartProcess
from stack.servers.ports import free_port
from stack.servers.redis_server import RedisServer
from streakline.streams import keys
from streakline.times import enc

MEMORY: Final = 8 << 30


class RedisStack:
    """The real server on a folder of its own; `with` starts it and kills everything at its end."""

    def __init__(self, folder: Path, shards: int) -> None:
        """Describe it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.shards = folder, shards
        server = RedisServer(folder / "redis", port=free_port(), password="bench", memory=MEMORY)  # noqa: S106
        server.prepare()
        self.url = server.url
        self._server = PartProcess(server.part(), folder / "redis.log")
        self._flows: list[Flow] = []

    def __enter__(self) -> Self:
        """Start the server."""
        self._server.start()
        self.redis = redis.Redis.from_url(self.url)
        self.redis.set(keys.SEED, SEED)
        self.redis.set(keys.SHARDS, self.shards)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for flow in self._flows:
            flow.end()
        self._server.kill()

    def flow(self, name: str, *, wait: bool = True, **settings: str) -> Flow:
        """Start a flow over all shards; with `wait` return when it reads."""
        environment = {
            **os.environ,
            "REDIS_URL": self.url,
            "STREAKLINE_DATA": str(self.folder),
            "STREAKLINE_SHARDS": str(self.shards),
            **settings,
        }
        flow = Flow(name, self.folder / f"{name}.log", environment, wait=wait)
        self._flows.append(flow)
        return flow

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._server.pid

    def spent(self) -> float:
        """Return the CPU-seconds of the server so far."""
        return sum(psutil.Process(self._server.pid).cpu_times()[:2])

    def metrics(self, flow: str) -> dict[str, float]:
        """Return what a flow last wrote of itself."""
        found: Any = self.redis.hgetall(keys.metrics(flow, ",".join(map(str, range(self.shards)))))
        return {name.decode(): float(value) for name, value in found.items()}

    def store(self) -> int:
        """Return the bytes of the recovery folders."""
        return sum(path.stat().st_size for path in (self.folder / "flows").rglob("*") if path.is_file())

    def positions(self, name: str) -> dict[int, int]:
        """Return the least position of every events shard that a flow has said to have covered."""
        sources = range(self.shards)
        if name == "content":
            return {s: enc(self.redis.hget(keys.progress(s), "content") or b"0-0") for s in sources}
        rows: Any = [
            self.redis.hmget(keys.progress(part), [f"viewers:u:{s}" for s in sources]) for part in sources
        ]
        return {s: min(enc(row[s] or b"0-0") for row in rows) for s in sources}


class Followed(NamedTuple):
    """What was seen of a flow while it worked."""

    wall: float
    cpu: float
    redis_cpu: float
    stall: float
    """Longest silence of the live updates in s."""
    resident: int
    """Greatest RSS in bytes ..."""
    usual: int
    """... and the median of all looks."""
    caught_up: float
    """Moment (monotonic) when it had covered everything."""


def follow(stack: RedisStack, flow: Flow, last: dict[int, int]) -> Followed:
    """Wait until a flow has covered the last position of every shard."""
    begun, cpu, redis_cpu = time.monotonic(), flow.spent(), stack.spent()
    before = newest_update(stack)
    stall, moved, seen = 0.0, begun, before
    resident: list[int] = []
    while True:
        flow.check()
        at, now = stack.positions(flow.name), time.monotonic()
        resident.append(flow.resident())
        said = newest_update(stack)
        if said != seen:
            stall = max(stall, now - moved if seen > before else 0.0)
            moved, seen = now, said
        if all(at[shard] >= position for shard, position in last.items()):
            spent, redis_spent = flow.spent() - cpu, stack.spent() - redis_cpu
            usual = int(statistics.median(resident))
            return Followed(now - begun, spent, redis_spent, stall, max(resident), usual, now)
        time.sleep(0.005)


def newest_update(stack: RedisStack) -> int:
    """Return the position of the newest live update."""
    newest: Any = stack.redis.xrevrange(keys.UPDATES, count=1)
    return enc(newest[0][0]) if newest else 0
