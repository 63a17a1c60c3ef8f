"""`python -m bench.store [PROGRAM …]`: what an entry costs the embedded server, against other servers in the same run.

The entries are those of ingest: 50 events packed, one XADD a shard, `appendfsync always`. Servers take turns, each on
a folder of its own, with the same entries over one connection a shard; medians of the turns are printed with the least
and the greatest. CPU is the server's own, memory what it says it uses for the streams, and its resident size.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import hiredis
import psutil
import redis
from rich.console import Console
from rich.table import Table

from bench.redis_stack import RedisStack
from bench.workload import entries, records
from proofs.running.machine import alone, keep
from stack.servers.redis_program import VARIABLE, find_binary, version_of
from streakline.streams import keys
from streakline.times import MINUTE_MS

SHARDS: Final = 4
EACH: Final = 50
"""Events an entry."""
START_MS: Final = 1_700_000_100_000
MB: Final = 1 << 20


class Turn(NamedTuple):
    """One filling of one server."""

    cpu_us: float
    """CPU an entry."""
    wall_us: float
    """Time an entry."""
    used: int
    """Bytes that the server says it uses for the entries."""
    resident: int
    """Bytes that it has of the machine in the end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programs", nargs="*", help="other servers: paths of redis-server or valkey-server")
    parser.add_argument("--events", type=int, default=400_000, help="events of a turn")
    parser.add_argument("--turns", type=int, default=5, help="of each server")
    options = parser.parse_args(arguments)
    programs = [find_binary({}), *(find_binary({VARIABLE: name}) for name in options.programs)]
    names = {program: str(version_of(program)) for program in programs}
    turns: dict[Path, list[Turn]] = {program: [] for program in programs}
    with alone():
        packed = _packed(options.events)
        for _ in range(options.turns):
            for program in programs:
                turns[program].append(_turn(program, packed))
    number = sum(map(len, packed))
    table = Table("server", "µs CPU an entry", "µs an entry", "MB used", "MB resident")
    for program in programs:
        table.add_row(names[program], *(_told(turns[program], field) for field in Turn._fields))
    Console(width=110).print(f"{number:,} entries of {options.events / number:.0f} events", table)
    own = turns[programs[0]]
    said = "; ".join(f"{names[one]} {_told(turns[one], 'cpu_us')} µs CPU an entry, {_told(turns[one], 'used')} MB used,"
                     f" {_told(turns[one], 'resident')} MB resident" for one in programs)  # fmt: skip
    for other in programs[1:]:
        ratios = sorted(mine.cpu_us / its.cpu_us for mine, its in zip(own, turns[other], strict=True))
        said += (
            f"; CPU {statistics.median(ratios):.2f} of {names[other]}'s ({ratios[0]:.2f}-{ratios[-1]:.2f})"
        )
    print(said)
    given = " ".join(Path(name).name for name in options.programs)
    keep(f"bench.store {given}".strip(), f"{number:,} entries of {EACH} events: {said}")
    return 0


def _packed(events: int) -> list[list[bytes]]:
    """Return the commands of each wave, one a shard that has events in it, packed."""
    made = records(events, START_MS, 30 * MINUTE_MS, contents=10_000, listeners=100_000)
    waves: dict[str, list[bytes]] = {}
    for one in entries(made, START_MS, 30 * MINUTE_MS, shards=SHARDS, request=EACH * SHARDS, whole=True):
        fields = [part for field in one.fields.items() for part in field]
        command = hiredis.pack_command(("XADD", keys.events(one.shard), one.entry_id, *fields))  # type: ignore[arg-type]
        waves.setdefault(one.entry_id, []).append(command)
    return list(waves.values())


def _turn(program: Path, packed: list[list[bytes]]) -> Turn:
    os.environ[VARIABLE] = str(program)
    with tempfile.TemporaryDirectory() as name, RedisStack(Path(name), SHARDS) as stack:
        process = psutil.Process(stack.pid)
        client = redis.Redis.from_url(stack.url, protocol=2)
        connections: list[Any] = [client.connection_pool.get_connection() for _ in range(SHARDS)]
        before, cpu, began = client.info("memory")["used_memory"], stack.spent(), time.monotonic()
        for commands in packed:
            for connection, command in zip(connections, commands, strict=False):
                connection.send_packed_command([command], check_health=False)
            for connection, _ in zip(connections, commands, strict=False):
                connection.read_response()
        wall, spent = time.monotonic() - began, stack.spent() - cpu
        number = sum(map(len, packed))
        used = client.info("memory")["used_memory"] - before
        resident = process.memory_info().rss
        for connection in connections:
            connection.disconnect()
        client.close()
    return Turn(spent / number * 1e6, wall / number * 1e6, used, resident)


def _told(turns: list[Turn], field: str) -> str:
    scale = MB if field in {"used", "resident"} else 1
    values = sorted(getattr(turn, field) / scale for turn in turns)
    return f"{statistics.median(values):.1f} ({values[0]:.1f}-{values[-1]:.1f})"


if __name__ == "__main__":
    sys.exit(main())
