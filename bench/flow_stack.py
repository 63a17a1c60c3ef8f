"""Redis, ClickHouse and flow processes of a benchmark that feeds the streams itself: no server, no supervisor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import redis
from clickhouse_connect.driver.client import Client

import sql.connection
from bench.workload import SEED, Made, dictionary
from stack.data_folder import DataFolder
from stack.process import PartProcess
from stack.servers.ports import free_port
from stack.supervision.plan import Plan
from streakline.streams import keys
from streakline.streams.records import DIMENSIONS

ROOT = Path(__file__).parents[1]
AT_ONCE = 400
"""Entries of one round trip of the feeder."""


class FlowStack:
    """The real servers on a folder of their own, migrated, with the workload's seed and dictionary."""

    def __init__(self, folder: Path, shards: int) -> None:
        """Describe them; `with` starts them and kills everything at its end."""
        self.folder, self.shards = folder, shards
        self._data = DataFolder(folder / "data")
        self._servers: dict[str, PartProcess] = {}
        self._flows: list[Flow] = []

    def __enter__(self) -> Self:
        """Start the servers and prepare them."""
        self._data.take()
        plan = Plan.of(
            self._data, port=free_port(), clickhouse_port=None, shards=self.shards, generated=False
        )
        self.environment = {**os.environ, **plan.environment()}
        for part in plan.servers():
            self._servers[part.name] = PartProcess(part, self.folder / f"{part.name}.log")
            self._servers[part.name].start()
        self.redis = redis.Redis.from_url(plan.redis.url)
        self.redis.set(keys.SEED, SEED)
        self.redis.set(keys.SHARDS, self.shards)
        for dimension in DIMENSIONS:
            self.redis.hset(keys.dictionary(dimension), mapping=dict[Any, Any](dictionary(dimension)))
        command = [sys.executable, "-m", "stack.prepare"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        self.clickhouse: Client = sql.connection.connect(plan.clickhouse.url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for flow in self._flows:
            flow.end()
        self.redis.close()
        self.clickhouse.close()
        for server in self._servers.values():
            server.kill()
        self._data.release()

    def flow(self, name: str) -> Flow:
        """Start a flow over all shards and return when it reads."""
        flow = Flow(name, self.folder / f"{name}.log", self.environment)
        self._flows.append(flow)
        return flow

    def spent(self, name: str) -> float:
        """Return the CPU-seconds of a server so far."""
        return sum(psutil.Process(self._servers[name].pid).cpu_times()[:2])

    def append(self, feed: Iterable[Made], pace: int = 0) -> None:
        """Append entries, at so many events a second (0: as fast as it goes)."""
        started, done = time.monotonic(), 0
        entries = list(feed)
        for first in range(0, len(entries), AT_ONCE):
            pipe = self.redis.pipeline(transaction=False)
            for made in entries[first : first + AT_ONCE]:
                pipe.xadd(keys.events(made.shard), dict[Any, Any](made.fields), id=made.entry_id)
                done += made.events
            pipe.execute()
            if pace:
                time.sleep(max(0.0, started + done / pace - time.monotonic()))

    def progress(self, shard: int) -> dict[str, str]:
        """Return how far every reader of a shard is."""
        found: Any = self.redis.hgetall(keys.progress(shard))
        return {name.decode(): value.decode() for name, value in found.items()}


class Flow:
    """One flow process."""

    def __init__(self, name: str, log: Path, environment: dict[str, str], *, wait: bool = True) -> None:
        """Start it and, unless told otherwise, wait until it reads."""
        self.name, self._log = name, log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flows.run", name],
                cwd=ROOT, env=environment, stdout=output, stderr=output,
            )  # fmt: skip
        self._own = psutil.Process(self._process.pid)
        while wait and b"flow_started" not in log.read_bytes():
            self.check()
            time.sleep(0.01)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def spent(self) -> float:
        """Return its CPU-seconds so far."""
        return sum(self._own.cpu_times()[:2])

    def resident(self) -> int:
        """Return its resident bytes."""
        return int(self._own.memory_info().rss)

    def check(self) -> None:
        """Raise RuntimeError, with its last lines, if it has ended."""
        if self._process.poll() is not None:
            msg = f"the {self.name} flow ended by itself:\n{self.tail()}"
            raise RuntimeError(msg)

    def tail(self) -> str:
        """Return the last lines of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-10:])

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
