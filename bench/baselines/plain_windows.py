"""The job of `bench.peers` with Bytewax's own windows: `python -m bench.baselines.plain_windows IN OUT [default]`.

One key a track, a tumbling window of a minute, an accumulator with a set. `to_system_utc=None` keeps the windows from
asking the wall clock about event times that lie in the past; with `default` they ask. Decoding is the product's own,
typed by msgspec.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bytewax.operators as op
import msgspec
from bytewax.connectors.files import FileSink, FileSource
from bytewax.dataflow import Dataflow
from bytewax.operators import windowing
from bytewax.operators.windowing import EventClock, TumblingWindower
from bytewax.testing import run_main

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WAIT = timedelta(seconds=60)
"""Events come 30 s late, but a key's watermark moves with the wall clock too: a wait of 30 s lost some of them."""


class Play(msgspec.Struct, gc=False):
    """What the job needs of a line."""

    trackId: str  # noqa: N815 - the wire's own spelling
    userId: str  # noqa: N815
    timestamp: int
    duration: int
    skipped: bool


class Sums:
    """What is known of a track's minute."""

    __slots__ = ("duration", "plays", "skips", "users")

    def __init__(self) -> None:
        self.plays = self.duration = self.skips = 0
        self.users: set[str] = set()


def when(play: Play) -> datetime:
    """Return the moment of a play."""
    return datetime.fromtimestamp(play.timestamp / 1000, UTC)


def fold(sums: Sums, play: Play) -> Sums:
    """Count a play."""
    sums.plays += 1
    sums.duration += play.duration
    sums.skips += play.skipped
    sums.users.add(play.userId)
    return sums


def merge(one: Sums, other: Sums) -> Sums:
    """Add two sums up."""
    one.plays += other.plays
    one.duration += other.duration
    one.skips += other.skips
    one.users |= other.users
    return one


def row(item: tuple[str, tuple[int, Sums]]) -> tuple[str, str]:
    """Return a window as a line."""
    track, (window, sums) = item
    minute = int((START + window * MINUTE).timestamp() * 1000)
    return track, f"{track},{minute},{sums.plays},{sums.duration},{sums.skips},{len(sums.users)}"


def topology(source: Path, target: Path, *, default: bool) -> Dataflow:
    """Return the dataflow from one file to another."""
    clock = EventClock(when, WAIT) if default else EventClock(when, WAIT, to_system_utc=lambda _: None)
    flow = Dataflow("plain")
    lines = op.input("lines", flow, FileSource(source))
    plays = op.map("plays", lines, msgspec.json.Decoder(Play).decode)
    by_track = op.key_on("by_track", plays, lambda play: play.trackId)
    windows = windowing.fold_window(
        "windows", by_track, clock, TumblingWindower(MINUTE, START), Sums, fold, merge, ordered=False
    )
    op.output("rows", op.map("row", windows.down, row), FileSink(target))
    return flow


if __name__ == "__main__":
    run_main(topology(Path(sys.argv[1]), Path(sys.argv[2]), default="default" in sys.argv[3:]))  # type: ignore[no-untyped-call]
