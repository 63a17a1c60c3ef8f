"""`python -m bench.queries`: thirty questions of history as endpoints and pages ask them, in turns with plain SQL.

Fills a real ClickHouse with `--events` over a year and has the product's own recount count them. Then every question is
asked of the server over HTTP, uncached and kept, put to raw `events` by plain SQL, and to DuckDB over a Parquet file.
Fails above 60 ms at the 95th percentile for one question, 200 ms for an endpoint that asks several, 5 ms for an answer
that was kept; or when the median is less than `--raw` times as fast as raw SQL and `--duck` times as DuckDB.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import duckdb
import numpy as np
import redis
import urllib3

from bench.queries.questions import END_MS, QUESTIONS, Question, asked, duck_sql, raw_sql
from bench.report import complain
from flows.archive.store import Store
from proofs.running.command import parser
from proofs.running.machine import alone, keep
from proofs.running.parts import running_clickhouse, running_redis
from proofs.running.server import WebServer
from proofs.running.tables import show
from server.door.tokens import mint
from sql.connection import connect
from sql.migrate import migrate
from stack.servers.clickhouse_server import ClickHouseServer
from streakline.streams import keys
from streakline.times import DAY_MS, QUARTER_MS

DAYS: Final = 365
BOUNDS: Final = {"one": 0.06, "several": 0.2, "kept": 0.005}
EVENTS: Final = """
insert into events (ts, contentId, id, version, kind, type, contentType, userId, sessionId, listener64, source,
    platform, country, device, duration, timed, counted, completion)
with sipHash64(number) as h, {kind} as made
select fromUnixTimestamp64Milli(toInt64({end} - intDiv(number * {span}, {events}) - 1)),
    concat('content-', toString(toUInt32(20000 * pow((h % 1000003) / 1000003, 3)))), toString(number), number, made,
    multiIf(made = 1, 'play', made = 8, 'share', 'like'), if(number % 50 = 0, 'app', 'track'),
    concat('user-', toString(h % 200000)), hex(sipHash64(intDiv(number, 4))), sipHash64(h % 200000),
    ['feed', 'search', 'playlist', 'album', ''][1 + h % 5], ['ios', 'android', 'web'][1 + h % 3],
    ['DE', 'US', 'GB', 'IN', 'BR', 'JP', ''][1 + h % 7], ['phone', 'desktop', 'tablet'][1 + intDiv(h, 7) % 3],
    if(made = 1, h % 300000, 0), made = 1, made = 1 and h % 300000 >= 20000, 65535
from numbers({start}, {rows})
"""
KIND: Final = "toUInt8(multiIf(h % 20 = 0, 8, h % 20 = 1, 4, 1))"
AT_ONCE: Final = 1_000_000
"""Events of an insert."""


class Times(NamedTuple):
    """Seconds that a question took: of the server, of its kept answer, of raw SQL and of DuckDB, each time."""

    question: Question
    own: list[float]
    kept: list[float]
    by_raw: list[float]
    by_duck: list[float]

    @property
    def p95(self) -> float:
        """What 95 of a hundred askers of the server wait at most."""
        return float(np.percentile(self.own, 95))

    def faults(self) -> list[str]:
        """Return the bounds that it missed."""
        name, bound = self.question.name, BOUNDS["several" if self.question.several else "one"]
        found = [f"{name}: p95 {self.p95 * 1e3:.0f} ms"] if self.p95 > bound else []
        return found + (
            [f"{name}: kept {max(self.kept) * 1e3:.1f} ms"] if max(self.kept) > BOUNDS["kept"] else []
        )

    def row(self) -> tuple[str, ...]:
        """Return its row of the table, in ms."""
        shown = (median(self.own), self.p95, median(self.kept), median(self.by_raw), median(self.by_duck))
        return self.question.name, *(f"{seconds * 1e3:.1f}" for seconds in shown)


def fill(server: ClickHouseServer, events: int) -> None:
    """Insert the events and count them as archive does, day by day."""
    with connect(server.url, seconds=600) as client:
        for start in range(0, events, AT_ONCE):
            client.command(
                EVENTS.format(
                    kind=KIND,
                    end=END_MS,
                    span=DAYS * DAY_MS,
                    events=events,
                    start=start,
                    rows=min(AT_ONCE, events - start),
                )
            )
    store = Store(lambda seconds: connect(server.url, seconds=max(seconds, 300)), threading.Event())
    for first in range(END_MS - DAYS * DAY_MS, END_MS, DAY_MS):
        last = first + DAY_MS - QUARTER_MS
        run, _ = store.name_range(0, first, last)
        store.recount(run, 0, first, last, 1)
        store.add_up(run, 0, first, last)
        store.recount_days(run, 0, first, last, first + DAY_MS, 1)
        store.add_up_days(run, 0, first, last, first + DAY_MS)
    store.close(0, END_MS - QUARTER_MS)


def seconds_of(work: Callable[[int], object], times: int) -> list[float]:
    """Return how long work took, each of so many times; it is given the number of the time."""
    found = []
    for number in range(times):
        began = time.perf_counter()
        work(number)
        found.append(time.perf_counter() - began)
    return found


def ask(pool: urllib3.PoolManager, server: WebServer, question: Question, number: int) -> None:
    """Ask the server; another number is another moment, so that no answer is kept for it."""
    method, path, body = asked(question, number)
    headers = {"Authorization": f"Bearer {mint('bench' * 8, 'read:admin')}"}
    response = pool.request(method, f"http://127.0.0.1:{server.port}{path}", headers=headers, json=body)
    assert response.status == 200, (question.name, response.status, response.data[:300])


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        events=(10_000_000, "over a year"),
        times=(20, "that a question is asked"),
        raw=(8.0, "times as fast as raw SQL at least"),
        duck=(2.0, "times as fast as DuckDB at least"),
    ).parse_args()
    faults: list[str] = []
    times: list[Times] = []
    with (
        alone(),
        tempfile.TemporaryDirectory() as name,
        running_redis(folder := Path(name)) as (store, _),
        running_clickhouse(folder) as (history, _),
    ):
        shards = redis.Redis.from_url(store.url)
        shards.set(keys.SHARDS, 1)
        migrate(history.url)
        began = time.monotonic()
        fill(history, options.events)
        shards.hset(keys.base(0), "upto", END_MS - QUARTER_MS)  # as archive says how far history is closed
        print(f"{options.events:,} events counted in {time.monotonic() - began:.0f} s", flush=True)
        pool, duck, file = urllib3.PoolManager(timeout=60), duckdb.connect(), folder / "events.parquet"
        duck.execute("set threads = 2")
        with (
            connect(history.url, seconds=600) as client,
            WebServer(
                folder, "server", "server", store.url, CLICKHOUSE_HISTORY_URL=history.history_url
            ) as server,
        ):
            with (
                client.raw_stream("select * except properties from events", fmt="Parquet") as stream,
                file.open("wb") as out,
            ):
                out.writelines(iter(partial(stream.read, 1 << 20), b""))
            for question in QUESTIONS:
                ask(pool, server, question, 0)
                own = seconds_of(partial(ask, pool, server, question), options.times)
                kept = seconds_of(lambda _: ask(pool, server, question, -1), 5)[1:]  # noqa: B023 - called at once
                by_raw = seconds_of(lambda _: client.query(raw_sql(question)), 3)  # noqa: B023
                by_duck = seconds_of(lambda _: duck.execute(duck_sql(question, file)).fetchall(), 3)  # noqa: B023
                found = Times(question, own, kept, by_raw, by_duck)
                faults += found.faults()
                times.append(found)
    show(("ms", "p50", "p95", "kept", "raw SQL", "DuckDB"), [one.row() for one in times])
    times_raw = median([median(one.by_raw) / median(one.own) for one in times])
    times_duck = median([median(one.by_duck) / median(one.own) for one in times])
    faults += [f"{times_raw:.1f} times as fast as raw SQL"] if times_raw < options.raw else []
    faults += [f"{times_duck:.1f} times as fast as DuckDB"] if times_duck < options.duck else []
    figures = (
        f"{len(times)} questions, {options.events:,} events of a year: median {times_raw:.1f} x as fast as raw SQL, "
        f"{times_duck:.1f} x as DuckDB; {len(faults)} bounds missed"
    )
    print(figures)
    keep(f"bench.queries --events {options.events}", figures)
    return complain(faults)


if __name__ == "__main__":
    sys.exit(main())
