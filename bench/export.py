"""`python -m bench.export`: raw events exported in each format; memory of server and ClickHouse while they go over.

Fails when a file has not every event once, or the server grows by 64 MB or more, however long the export is.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import duckdb
import psutil

from bench.report import complain
from proofs.running.command import parser
from proofs.running.machine import alone, keep
from proofs.running.parts import PartProcess, running_clickhouse, running_redis
from proofs.running.server import WebServer
from server.door.tokens import mint
from sql.connection import connect
from sql.migrate import migrate
from streakline_client import Client

GROWTH: Final = 64_000_000
"""Bytes that the server must not grow by."""
ROWS: Final = """
insert into events (ts, contentId, id, version, kind, type, contentType, userId, sessionId, listener64, source,
    platform, country, title, duration, timed, counted, properties)
select fromUnixTimestamp64Milli(toInt64(1700000000000 + number * 1000)), concat('content-', toString(number % 20000)),
    toString(number), number, 1, 'play', 'track', concat('user-', toString(number % 200000)), hex(sipHash64(number)),
    sipHash64(number % 200000), 'playlist', 'ios', 'DE', concat('A title of ', toString(number % 20000)),
    number % 300000, true, true, '{"autoPlay":true}'
from numbers({rows})
"""
SUMS: Final = "select count(*), count(distinct id), sum(id::int64) from "
COUNT: Final = {"parquet": f"{SUMS} read_parquet(?)", "csv": f"{SUMS} read_csv(?)"}


async def export(
    server: WebServer, clickhouse: PartProcess, file: Path
) -> tuple[float, list[int], list[int]]:
    """Export into a file; return the seconds and the greatest and first memory of server and ClickHouse, bytes."""
    processes = [psutil.Process(server.pid), psutil.Process(clickhouse.pid)]
    first = most = [process.memory_info().rss for process in processes]

    def look(*_: object) -> None:
        nonlocal most
        most = [max(held, process.memory_info().rss) for held, process in zip(most, processes, strict=True)]

    token, began = mint("bench" * 8, "read:admin"), time.monotonic()

    async with Client(f"http://127.0.0.1:{server.port}", token) as client:
        await client.export(file, file.suffix.removeprefix("."), progress=look)
    return time.monotonic() - began, most, first


def main() -> int:
    """Run the benchmark."""
    options = parser(__doc__, rows=(5_000_000, "events")).parse_args()
    faults, figures = [], []
    with (
        alone(),
        tempfile.TemporaryDirectory() as name,
        running_redis(folder := Path(name)) as (redis, _),
        running_clickhouse(folder) as (history, clickhouse),
    ):
        migrate(history.url)
        with connect(history.url, seconds=600) as client:
            client.command(ROWS.replace("{rows}", str(options.rows)))
        with WebServer(
            folder, "server", "server", redis.url, CLICKHOUSE_HISTORY_URL=history.history_url
        ) as server:
            for form in ("parquet", "csv"):
                file = folder / f"events.{form}"
                seconds, most, first = asyncio.run(export(server, clickhouse, file))
                [held] = duckdb.connect().execute(COUNT[form], [str(file)]).fetchall()
                if held != (options.rows, options.rows, options.rows * (options.rows - 1) // 2):
                    faults.append(f"{form} holds {held}, not {options.rows:,} events once")
                if most[0] - first[0] >= GROWTH:
                    faults.append(f"the server grew by {(most[0] - first[0]) / 1e6:.0f} MB")
                server_mb, clickhouse_mb = (
                    f"{before / 1e6:.0f} MB at first, {after / 1e6:.0f} at most"
                    for before, after in zip(first, most, strict=True)
                )
                figures.append(
                    f"{form} {options.rows / seconds:,.0f} rows/s, {file.stat().st_size / 1e6:,.0f} MB;"
                    f" server {server_mb}, ClickHouse {clickhouse_mb}"
                )
                print(figures[-1], flush=True)
                file.unlink()
    keep(f"bench.export --rows {options.rows}", "; ".join(figures))
    return complain(faults)


if __name__ == "__main__":
    sys.exit(main())
