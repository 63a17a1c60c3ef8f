"""`python -m proofs.zones`: every zone on every day, by the product and by the engine, whatever files the machine has.

The product's offsets are asked of processes on machines with their own files, without any, and with those of another
edition of the wheel. The engine is one of the stack's own, started anew for every few zones: it holds 5 MB for each.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from proofs.running.parts import running_clickhouse
from sql.connection import connect
from sql.zones import DAY, differing, engine_edition
from streakline import zones
from streakline.ingest.rules import zone_minutes

FIRST, LAST = zones.second_of(2000), zones.second_of(2031) - DAY
"""Seconds since 1970: the first and the last day that is looked at."""
MEMORY: Final = 2 << 30
"""Bytes of an engine, at most."""
TOGETHER: Final = 60
"""Zones that one engine is asked for."""


@click.command()
@click.option(
    "--older",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of another edition's zone files, like `tzdata/zoneinfo` of an older wheel.",
)
@click.option(
    "--every", type=click.IntRange(min=1), default=1, show_default=True, help="Days between two looks."
)
@click.option("--digest", is_flag=True, hidden=True)
def main(older: Path | None, every: int, *, digest: bool) -> None:
    """Compare, and exit with 1 unless all agree or are known to differ."""
    if digest:
        print(_digest(every))
        return
    told = {"its own files": os.environ.get("PYTHONTZPATH"), "no files": ""}
    if older is not None:
        told["another edition"] = str(older.resolve())
    found = {name: _of_machine(path, every) for name, path in told.items()}
    for name, (of, number) in found.items():
        print(f"a machine with {name}: offsets {of[:16]}; by its files alone {number} zones would be others")
    editions, others = _of_engine(every)
    known = zones.KNOWN.get(editions, ())
    days = (LAST - FIRST) // DAY // every + 1
    print(f"{len(zones.names())} zones on {days} days: wheel {editions[0]}, engine {editions[1]}")
    print(f"differ: {', '.join(others) or 'none'}; known to: {', '.join(known) or 'none'}")
    agree = len({of for of, _ in found.values()}) == 1 and tuple(others) == known
    print("one answer, or known to differ and decided by the wheel" if agree else "NOT AS KNOWN")
    sys.exit(not agree)


def _of_machine(path: str | None, every: int) -> tuple[str, int]:
    """Return a digest of all offsets, and how many zones would be others, in a process of a machine with such files."""
    environment = dict(os.environ)
    if path is not None:
        environment["PYTHONTZPATH"] = path
    command = [sys.executable, "-m", "proofs.zones", "--digest", "--every", str(every)]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()
    return said[0], int(said[1])


def _digest(every: int) -> str:
    """Return a digest of the offsets that the product stamps, and how many zones the machine's files would change."""
    total = hashlib.sha256()
    others = 0
    for name in sorted(zones.names()):
        moments = range(FIRST + DAY // 2, LAST + DAY, every * DAY)
        offsets = [zone_minutes(name, at * 1000) for at in moments]
        total.update(f"{name} {offsets}".encode())
        others += _machine_differs(name)
    return f"{total.hexdigest()} {others}"


def _machine_differs(name: str) -> bool:
    try:
        own = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        return True
    steps = range(zones.second_of(2026), zones.second_of(2028), 7 * DAY)
    return zones.changes(own, steps) != zones.changes(zones.zone(name), steps)


def _of_engine(every: int) -> tuple[tuple[str, str], list[str]]:
    """Return the editions of wheel and engine, and which zones differ."""
    others: list[str] = []
    edition = ""
    for some in _few(sorted(zones.names())):
        with _engine() as url, connect(url) as client:
            edition = engine_edition(client)
            others += differing(client, some, first=FIRST, last=LAST, step=every * DAY)
    return (zones.edition(), edition), others


@contextmanager
def _engine() -> Iterator[str]:
    """Run an engine of the stack's kind during the block; yield its address."""
    with (
        tempfile.TemporaryDirectory(prefix="streakline-zones-") as name,
        running_clickhouse(Path(name), memory=MEMORY) as (server, _),
    ):
        yield server.url.rpartition("/")[0] + "/default"


def _few(names: list[str]) -> list[list[str]]:
    return [names[at : at + TOGETHER] for at in range(0, len(names), TOGETHER)]


if __name__ == "__main__":
    main()
