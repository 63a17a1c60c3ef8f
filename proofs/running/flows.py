"""Flow processes by themselves, over a Redis (and a ClickHouse) whose streams somebody else feeds."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Self

import redis

import sql.connection
from proofs.running.parts import PartProcess, running_redis
from stack.data_folder import DataFolder
from stack.process import Part
from stack.servers.ports import free_port
from stack.supervision.plan import Plan
from streakline.streams import keys
from streakline.streams.partitions import DEFAULT, Partitions
from streakline.streams.progress import viewers_covered
from streakline.times import enc

ROOT = Path(__file__).parents[2]


class Flow(PartProcess):
    """One flow process."""

    def __init__(
        self, name: str, log: Path, environment: Mapping[str, str], *options: str, wait: bool = True
    ) -> None:
        """Start it, its log appended to, and with `wait` return when it reads."""
        self.name = name
        command = [sys.executable, "-m", "flows.run", name, *options]
        super().__init__(Part(name, command, self._reads, env=environment), log)
        if wait:
            self.start()
        else:
            self.launch()

    def _reads(self) -> bool:
        return b"flow_started" in self.log.read_bytes()


class FlowStack:
    """A Redis that syncs every write, with history a migrated ClickHouse beside it, and flows; no web server."""

    def __init__(
        self, folder: Path, shards: int, seed: int, *, parts: int = DEFAULT.parts, history: bool = False
    ) -> None:
        """Describe it; `with` starts the servers and kills everything at its end."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.shards, self._seed, self._history = folder, shards, seed, history
        self.partitions = Partitions(shards, parts)
        self._open = ExitStack()
        self.servers: dict[str, PartProcess] = {}

    def __enter__(self) -> Self:
        """Start the servers and prepare them."""
        settings = {"STREAKLINE_DATA": str(self.folder)}
        plan = None
        if self._history:
            data = DataFolder(self.folder / "data")
            data.take()
            self._open.callback(data.release)
            plan = Plan.of(data, port=free_port(), clickhouse_port=None, generated=False)
            settings, self.url = dict(plan.environment()), plan.redis.url
            for part in plan.servers():
                self.servers[part.name] = PartProcess(part, self.folder / f"{part.name}.log")
                self.servers[part.name].start()
                self._open.callback(self.servers[part.name].kill)
        else:
            server, self.servers["redis"] = self._open.enter_context(running_redis(self.folder))
            settings["REDIS_URL"] = self.url = server.url
        self.environment = {**os.environ, **settings}
        self.redis = redis.Redis.from_url(self.url)
        self._open.callback(self.redis.close)
        self.redis.set(keys.SEED, self._seed)
        self.redis.set(keys.SHARDS, self.partitions.shards)
        self.redis.set(keys.PARTS, self.partitions.parts)
        if plan is not None:
            command = [sys.executable, "-m", "stack.prepare"]
            subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)
            self.clickhouse = self._open.enter_context(sql.connection.connect(plan.clickhouse.url))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def flow(self, name: str, *, wait: bool = True, **settings: str) -> Flow:
        """Start a flow over all that there is; with `wait` return when it reads."""
        flow = Flow(name, self.folder / f"{name}.log", {**self.environment, **settings}, wait=wait)
        self._open.callback(flow.kill)
        return flow

    def metrics(self, flow: str) -> dict[str, float]:
        """Return what a flow last wrote of itself."""
        found: Any = self.redis.hgetall(keys.metrics(flow, ",".join(map(str, self.partitions.of(flow)))))
        return {name.decode(): float(value) for name, value in found.items()}

    def store(self) -> int:
        """Return the bytes of the recovery folders."""
        return sum(path.stat().st_size for path in (self.folder / "flows").rglob("*") if path.is_file())

    def progress(self, shard: int) -> dict[str, str]:
        """Return how far every reader of a shard, or of a part of the persons, is."""
        found: Any = self.redis.hgetall(keys.progress(shard))
        return {name.decode(): value.decode() for name, value in found.items()}

    def positions(self, name: str) -> dict[int, int]:
        """Return the least position of every events shard that a flow has reported."""
        shards = range(self.shards)
        held = [self.progress(number) for number in self.partitions.of(name)]
        if name != "viewers":
            return {shard: enc(held[shard].get(name, "0-0")) for shard in shards}
        return {shard: min(enc(row.get(viewers_covered(shard), "0-0")) for row in held) for shard in shards}

    def newest_update(self) -> int:
        """Return the position of the newest live update."""
        newest: Any = self.redis.xrevrange(keys.UPDATES, count=1)
        return enc(newest[0][0]) if newest else 0


class Followed(NamedTuple):
    """What was seen of a flow while it worked."""

    wall: float
    cpu: float
    servers: dict[str, float]
    """Server -> its CPU-seconds."""
    stall: float
    """Longest silence of the live updates in s."""
    resident: int
    """Greatest RSS in bytes ..."""
    usual: int
    """... and the median of all looks."""


def follow(stack: FlowStack, flow: Flow, last: Mapping[int, int], patience: float = 3_600.0) -> Followed:
    """Wait until a flow has covered the last position of every shard.

    Raises:
        RuntimeError: if it ended, or did not in time; with the end of its log.
    """
    begun, cpu = time.monotonic(), flow.spent()
    servers = {name: server.spent() for name, server in stack.servers.items()}
    before = seen = stack.newest_update()
    stall, moved = 0.0, begun
    resident: list[int] = []
    while True:
        flow.check()
        at, now = stack.positions(flow.name), time.monotonic()
        resident.append(flow.resident())
        newest = stack.newest_update()
        if newest != seen:
            stall = max(stall, now - moved if seen > before else 0.0)
            moved, seen = now, newest
        if all(at[shard] >= position for shard, position in last.items()):
            spent = {name: server.spent() - servers[name] for name, server in stack.servers.items()}
            usual = int(statistics.median(resident))
            return Followed(now - begun, flow.spent() - cpu, spent, stall, max(resident), usual)
        if now > begun + patience:
            msg = f"{flow.name} did not pass the feed in {patience:.0f} s:\n{flow.tail()}"
            raise RuntimeError(msg)
        time.sleep(0.005)
