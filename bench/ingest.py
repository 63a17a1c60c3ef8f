"""`python -m bench.ingest`: events a server CPU-second, acknowledged by a Redis that syncs every write.

The server and the plain design of `bench/baselines/plain_ingest.py` take turns on the same requests; medians of
their turns are printed with the ratio. Then single-event requests at about half load give latencies.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import orjson
import psutil
import redis

from bench.machine import alone, keep
from stack.part import PartProcess
from stack.ports import free_port
from stack.redis import RedisServer
from streakline import keys

ROOT = Path(__file__).parents[1]
PATH = "/api/stats/events"
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"


class Turn(NamedTuple):
    """One turn of a server."""

    events_a_cpu_second: float
    events_a_second: float


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--events", type=int, default=50, help="events a POST")
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), options))
    print(figures)
    keep(f"bench.ingest --events {options.events}", figures)
    return 0


async def measure(folder: Path, options: argparse.Namespace) -> str:
    """Return the figures."""
    store = RedisServer(folder / "redis", port=free_port(), password="bench", memory=8 << 30)  # noqa: S106
    store.prepare()
    process = PartProcess(store.part(), folder / "redis.log")
    process.start()
    servers = {}
    try:
        client = redis.Redis.from_url(store.url)
        client.set(keys.SEED, 7)
        client.set(keys.SHARDS, 4)
        for name, module in (("streakline", "server"), ("plain", "bench.baselines.plain_ingest")):
            servers[name] = Server(folder, module, store.url)
        turns: dict[str, list[Turn]] = {name: [] for name in servers}
        for _ in range(options.turns):
            for name, server in servers.items():
                turns[name].append(await server.turn(options.seconds, options.connections, options.events))
        ours = statistics.median(turn.events_a_cpu_second for turn in turns["streakline"])
        plain = statistics.median(turn.events_a_cpu_second for turn in turns["plain"])
        wall = statistics.median(turn.events_a_second for turn in turns["streakline"])
        half = await servers["streakline"].latencies(options.seconds)
        client.close()
    finally:
        for server in servers.values():
            server.close()
        process.kill()
    return (
        f"{ours:,.0f} events per server CPU-second ({1e6 / ours:.1f} µs each), {wall:,.0f} a second of wall time; "
        f"plain design {plain:,.0f}, ratio {ours / plain:.1f}; single-event POST at half load {half}"
    )


class Server:
    """A server process under test."""

    def __init__(self, folder: Path, module: str, redis_url: str) -> None:
        self._port = free_port()
        environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            "STREAKLINE_PORT": str(self._port),
            "STREAKLINE_DATA": str(folder),
            "STREAKLINE_SECRET": "bench" * 8,
            "STREAKLINE_RATE": "0",
        }
        with (folder / f"{module}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._wait()
        self._cpu = psutil.Process(self._process.pid)

    async def turn(self, seconds: float, connections: int, events: int) -> Turn:
        """Post for some seconds over some connections."""
        begun, cpu = time.monotonic(), self._spent()
        end = begun + seconds
        counts = await asyncio.gather(*(self._post(end, events, n) for n in range(connections)))
        wall, cpu = time.monotonic() - begun, self._spent() - cpu
        posted = sum(counts) * events
        return Turn(posted / cpu, posted / wall)

    async def latencies(self, seconds: float) -> str:
        """Return p50 and p99 of single-event requests at about half of what the server can take."""
        full = (await self.turn(seconds / 2, 16, 1)).events_a_second
        took: list[float] = []
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._post(end, 1, n, pause=16 / (full / 2), took=took) for n in range(16)))
        took.sort()
        p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
        return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms ({full / 2:,.0f} requests/s)"

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _spent(self) -> float:
        return sum(self._cpu.cpu_times()[:2])

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        msg = "the server under test did not come up; see its log"
        raise RuntimeError(msg)

    async def _post(
        self, end: float, events: int, number: int, pause: float = 0.0, took: list[float] | None = None
    ) -> int:
        """Post over one connection, request after request; return how many were accepted."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        requests = [_request(events, number * 1_000 + n) for n in range(20)]
        done = 0
        while time.monotonic() < end:
            started = time.monotonic()
            writer.write(requests[done % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 202 " not in head[:20]:
                raise RuntimeError(head[:300].decode())
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            done += 1
            if took is not None:
                took.append(time.monotonic() - started)
            if pause:
                await asyncio.sleep(max(0.0, started + pause - time.monotonic()))
        writer.close()
        return done


def _request(events: int, seed: int) -> bytes:
    now = int(time.time() * 1000)
    body = orjson.dumps(
        [
            {
                "id": f"018f0000-0000-7000-8000-{seed:06d}{n:06d}",
                "type": "play" if n % 4 else "like",
                "contentId": f"track-{(seed * 7 + n * n) % 5_000}",
                "contentType": "track",
                "userId": f"user-{(seed * 31 + n) % 20_000}",
                "sessionId": f"018f0000-0000-7000-9000-{seed:012d}",
                "timestamp": now - n * 1000,
                "source": ("playlist", "search", "landing", "player")[n % 4],
                "platform": ("web", "ios", "android")[n % 3],
                **({"duration": 31.5, "contentDuration": 201} if n % 4 else {"action": "like"}),
            }
            for n in range(events)
        ]
    )
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"User-Agent: {AGENT}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    sys.exit(main())
