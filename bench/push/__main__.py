"""Measure push: CPU a message against the plain design, 200 stalled clients, and server-sent events."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import redis

from bench.push.crowd import Crowd, Seen
from bench.push.publisher import Publisher
from bench.report import complain, spread
from proofs.running.command import parser
from proofs.running.machine import alone, keep
from proofs.running.parts import running_redis
from proofs.running.server import WebServer
from proofs.running.tables import show

RATE: Final = 4.0
SIZE: Final = 1024
MOST_OF_PLAIN: Final = 0.95
MOST_OF_CALM: Final = 2.0
LEAST_DELIVERED: Final = 0.95
"""Of the messages that so many sockets should have had at `RATE`."""
WARM: Final = 1.0
TOP: Final = json.dumps({"type": "subscribe", "topics": ["top:plays"]})
BOTH: Final = json.dumps({"type": "subscribe", "topics": ["top:plays", "overview"]})
GIVEN_UP: Final = 60.0
"""Seconds within which every stalled socket must be closed."""


class Turn(NamedTuple):
    """One turn of a server: its CPU-seconds, those in the kernel, and what its listeners saw."""

    cpu: float
    system: float
    seconds: float
    seen: Seen
    sockets: int

    @property
    def micros(self) -> float:
        """Return µs of CPU a message."""
        return self.cpu / max(1, self.seen.messages) * 1e6

    @property
    def delivered(self) -> float:
        """Return the share of the messages that should have come."""
        return self.seen.messages / (self.sockets * RATE * self.seconds)


class Calm(NamedTuple):
    """What the readers and the machine felt while others did not read, and the readers after those were closed."""

    calm: Seen
    stalled: Seen
    closed: float
    seconds: float
    resident: int
    kernel: int


def main() -> int:
    """Run the benchmark; return 1 if a bound is broken."""
    options = parser(__doc__, sockets=10_000, stalled=200, pairs=5, seconds=(8.0, "of a turn")).parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder, ExitStack() as held:
        store, _ = held.enter_context(running_redis(Path(folder), memory=1 << 30))
        client = held.enter_context(redis.Redis.from_url(store.url))
        bench = Bench(Path(folder), store.url, client, options)
        pairs = bench.pairs()
        calm = bench.stalled()
        events = bench.events()
    return report(options, pairs, calm, events)


class Bench:
    """The servers and crowds of one run."""

    def __init__(self, folder: Path, url: str, client: redis.Redis, options: argparse.Namespace) -> None:
        self._folder, self._url, self._client, self._options = folder, url, client, options

    def pairs(self) -> dict[str, list[Turn]]:
        """Let the server and the plain design take turns, each with its own crowd."""
        number, turns = self._options.sockets, dict[str, list[Turn]]()
        with (
            self._streakline() as ours,
            WebServer(self._folder, "plain", "bench.baselines.plain_push", self._url) as plain,
            Crowd(ours.port, "/api/live", number, say=TOP) as listeners,
            Crowd(plain.port, "/live", number) as others,
        ):
            for pair in range(self._options.pairs):
                both = [(ours, listeners), (plain, others)]
                for server, crowd in both if pair % 2 else reversed(both):
                    turns.setdefault(server.name, []).append(self._turn(server, crowd))
        return turns

    def stalled(self) -> Calm:
        """Let some stop reading, and watch the others until all of those are closed, and for as long after it."""
        options = self._options
        with (
            self._streakline() as server,
            Crowd(server.port, "/api/live", options.sockets - options.stalled, say=TOP) as readers,
            Crowd(server.port, "/api/live", options.stalled, say=BOTH, receive_buffer=4096) as stalling,
            Publisher(self._client, "streakline", RATE, SIZE),
        ):
            time.sleep(WARM)
            resident, kernel = server.resident(), kernel_bytes()
            stalling.stall()
            readers.begin()
            begun = time.monotonic()
            most_resident, most_kernel, closed = 0, 0, 0.0
            while closed < options.stalled and time.monotonic() < begun + GIVEN_UP:
                time.sleep(0.5)
                most_resident = max(most_resident, server.resident())
                most_kernel = max(most_kernel, kernel_bytes())
                closed = server.metric("streakline_sockets_lagging_total")
            took, seen = time.monotonic() - begun, readers.seen()
            readers.begin()
            time.sleep(took)
            return Calm(readers.seen(), seen, closed, took, most_resident - resident, most_kernel - kernel)

    def events(self) -> list[Turn]:
        """Serve the same number of streams of server-sent events, in as many turns as the websockets have."""
        path = "/api/live/events?topics=top:plays"
        with (
            self._streakline() as server,
            Crowd(server.port, path, self._options.sockets, kind="events") as crowd,
        ):
            return [self._turn(server, crowd) for _ in range(self._options.pairs)]

    def _streakline(self) -> WebServer:
        Publisher(self._client, "streakline", RATE, SIZE).once()
        return WebServer(self._folder, "streakline", "server", self._url, STREAKLINE_ROLES="live")

    def _turn(self, server: WebServer, crowd: Crowd) -> Turn:
        with Publisher(self._client, server.name, RATE, SIZE):
            time.sleep(WARM)
            crowd.begin()
            begun, cpu = time.monotonic(), server.cpu()
            time.sleep(self._options.seconds)
            seen, after = crowd.seen(), server.cpu()
            seconds = time.monotonic() - begun
        time.sleep(WARM / 2)  # what is still on its way belongs to nobody's turn
        return Turn(sum(after) - sum(cpu), after.system - cpu.system, seconds, seen, crowd.number)


def kernel_bytes() -> int:
    """Return what the kernel holds for the TCP sockets of this machine, queues included."""
    words = next(
        line for line in Path("/proc/net/sockstat").read_text().splitlines() if line.startswith("TCP:")
    ).split()
    return int(words[words.index("mem") + 1]) * os.sysconf("SC_PAGE_SIZE")


def report(options: argparse.Namespace, pairs: dict[str, list[Turn]], calm: Calm, events: list[Turn]) -> int:
    """Print the tables and keep a row; return the exit code."""
    ratio = statistics.median(
        ours.micros / plain.micros for ours, plain in zip(pairs["streakline"], pairs["plain"], strict=True)
    )
    rows = {
        "streakline, websocket": pairs["streakline"],
        "aiohttp, `await ws.send_str` in sequence": pairs["plain"],
        "streakline, server-sent events": events,
    }
    headings = (
        f"{options.sockets:,} sockets, {RATE:.0f} updates a second", "µs CPU a message", "in the kernel", "of a core",
        "bytes", "delivered", "p50", "p99",
    )  # fmt: skip
    show(headings, [_row(name, turns) for name, turns in rows.items()])
    before, after = calm.calm.quantile(0.99), calm.stalled.quantile(0.99)
    stalled = (
        f"{options.stalled} stalled: the others' p99 {before} → {after} ms, {calm.closed:.0f} closed in "
        f"{calm.seconds:.0f} s, resident +{calm.resident / 1e6:.1f} MB, kernel +{calm.kernel / 1e6:.1f} MB"
    )
    print(stalled)
    checks = {
        f"a message costs {ratio:.2f} of the plain design's; at most {MOST_OF_PLAIN}": ratio <= MOST_OF_PLAIN,
        f"p99 with stalled sockets is {after} ms; without {before}": after < MOST_OF_CALM * before,
        f"{calm.closed:.0f} of {options.stalled} stalled sockets were closed": calm.closed >= options.stalled,
    } | {
        f"{turn.delivered:.1%} of the messages came": turn.delivered >= LEAST_DELIVERED
        for turn in (*pairs["streakline"], *events)
    }
    ours, plain, streams = (
        statistics.median(turn.micros for turn in turns)
        for turns in (pairs["streakline"], pairs["plain"], events)
    )
    figures = (
        f"{options.sockets:,} sockets, {SIZE} B, {RATE:.0f}/s: {ours:.1f} µs CPU a message, plain {plain:.1f}, "
        f"median ratio of {options.pairs} pairs {ratio:.2f}; server-sent events {streams:.1f} µs; {stalled}"
    )
    print(f"ratio {ratio:.3f} (must be at most {MOST_OF_PLAIN})")
    keep(f"bench.push --sockets {options.sockets}", figures)
    return complain([fault for fault, good in checks.items() if not good])


def _row(name: str, turns: list[Turn]) -> list[str]:
    middle = sorted(turns, key=lambda turn: turn.micros)[len(turns) // 2]
    return [
        name, spread([turn.micros for turn in turns], 1), f"{middle.system / middle.cpu:.0%}",
        f"{middle.cpu / middle.seconds:.2f}", f"{middle.seen.bytes / max(1, middle.seen.messages):.0f}",
        f"{min(turn.delivered for turn in turns):.1%}", f"{middle.seen.quantile(0.5)} ms",
        f"{middle.seen.quantile(0.99)} ms",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
