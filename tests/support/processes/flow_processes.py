"""Real flow processes for tests: started, killed and started again on the same recovery folders."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from proofs.running.flows import Flow
from streakline.lateness import newest_closed
from streakline.streams import keys
from streakline.streams.progress import FLOWS
from streakline.times import enc

ROOT = Path(__file__).parents[3]


def wait_until(what: str, holds: Callable[[], bool], seconds: float = 60, every: float = 0.05) -> None:
    """Return as soon as something holds; fail, naming it, when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            msg = f"waited {seconds:g} s in vain: {what}"
            raise AssertionError(msg)
        time.sleep(every)


class FlowProcesses:
    """The three flows on a Redis and a ClickHouse of a test."""

    def __init__(self, folder: Path, redis_url: str, clickhouse_url: str, **environment: str) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            "CLICKHOUSE_URL": clickhouse_url,
            "STREAKLINE_DATA": str(folder),
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self._running: dict[str, Flow] = {}

    def start(self, *names: str) -> None:
        """Start flows (all by default)."""
        for name in names or FLOWS:
            self._start(name, [name])

    def start_with(self, flow: str, numbers: str, option: str = "--shards") -> None:
        """Start one process of a flow that owns some shards, or parts of the persons."""
        self._start(f"{flow} {numbers}", [flow, option, numbers])

    def _start(self, name: str, arguments: list[str]) -> None:
        self._running[name] = Flow(
            arguments[0], self._log(name), self._environment, *arguments[1:], wait=False
        )

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def log(self, name: str) -> str:
        """Return what a flow has logged."""
        return self._log(name).read_text()

    def wait_for_log(self, name: str, word: str, times: int = 1) -> None:
        """Return when a flow has logged a word so often."""
        wait_until(f"{word} in the log of {name}", lambda: self._log(name).read_text().count(word) >= times)

    def pid(self, name: str) -> int:
        """Return the process id of a flow that runs."""
        return self._running[name].pid

    def kill(self, *names: str) -> None:
        """Kill flows with SIGKILL (all by default)."""
        for name in names or FLOWS:
            self._running.pop(name).kill()

    def stop(self) -> dict[str, int]:
        """Stop what runs with SIGTERM; return the exit codes."""
        for flow in self._running.values():
            flow.process.terminate()
        codes = {name: flow.process.wait(60) for name, flow in self._running.items()}
        self._running.clear()
        return codes

    def close(self) -> None:
        """End what still runs."""
        for flow in self._running.values():
            flow.kill()
        self._running.clear()

    def died(self) -> list[str]:
        """Return the flows that ended by themselves, with the end of their logs."""
        return [
            f"{name}: {self._log(name).read_text()[-2000:]}"
            for name, flow in self._running.items()
            if flow.process.poll() is not None
        ]

    def wait_for(self, client: redis.Redis, position: str, shards: int = 4, seconds: float = 60) -> None:
        """Return when every flow has covered a position on every shard."""
        wanted = enc(position)

        def covered() -> bool:
            died = self.died()
            assert not died, died
            return all(enc(at or b"0-0") >= wanted for at in positions(client, shards))

        wait_until(f"all flows at {position}", covered, seconds)


def wait_for_close(client: redis.Redis, clock_ms: int, shards: int = 4, seconds: float = 60) -> None:
    """Return when archive has closed every bucket that is over at a stream time."""
    wanted = newest_closed(clock_ms)

    def closed() -> bool:
        held: list[Any] = [client.hget(keys.base(shard), "upto") for shard in range(shards)]
        return all(upto is not None and int(upto) >= wanted for upto in held)

    wait_until(f"every bucket over at {clock_ms} is closed", closed, seconds)


def positions(client: redis.Redis, shards: int = 4) -> list[bytes | None]:
    """Return how far every flow is, on every shard."""
    pipe = client.pipeline(transaction=False)
    for shard in range(shards):
        viewers = [f"viewers:u:{source}" for source in range(shards)]
        pipe.hmget(keys.progress(shard), ["content", "archive", "archive:out", *viewers])
    return [at for row in pipe.execute() for at in row]
