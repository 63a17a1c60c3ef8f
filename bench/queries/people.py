"""`python -m bench.queries.people`: every answer about a listener of twelve recorded years, and how long it takes.

Puts the file into a real ClickHouse, has the product's own recount count it, and asks the server over HTTP for streak,
milestones, viewing time, record and the review of each year, as of another moment each time, so that no answer is kept.
Prints the CPU of server and ClickHouse too, which other work beside it changes less. Fails if the median of any is
above 300 ms, or the 99th percentile of a thousand answers of the streak now, by one read of Redis, above 5 ms.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import redis
import urllib3

from bench.looking.probes import quantile
from bench.report import complain
from bench.streams.person_rows import TRACK
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
from streakline.people.day_sets import DaySet
from streakline.people.live.finishes import Finishes
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.streams.records import NO_OFFSET
from streakline.times import DAY_MS, QUARTER_MS, iso

SLOWEST: Final = 0.3
"""Seconds, at the median."""
SLOWEST_NOW: Final = 0.005
"""Seconds, at the 99th percentile."""
NOW: Final = "/api/v1/people/a/streak"
FILE: Final = "listening/lastfm_userA_2007-2018.csv.gz"
COLUMNS: Final = (
    "ts", "contentId", "id", "version", "kind", "type", "contentType", "userId", "counted", "finished", "completion",
    "offset",
)  # fmt: skip
UNKNOWN: Final = 65_535


def listened(folder: str) -> list[tuple[int, str, str]]:
    """Return start (ms), artist and title of every play."""
    with gzip.open(Path(folder) / FILE, "rt", encoding="utf-8", newline="") as file:
        return [(int(row["uts"]) * 1000, row["artist"], row["track"]) for row in csv.DictReader(file)]


def fill(server: ClickHouseServer, plays: list[tuple[int, str, str]]) -> int:
    """Insert the plays and what they state of contents, and count them; return the ms of the last quarter hour."""
    rows = [
        [
            at,
            f"{artist} — {title}",
            str(number),
            number,
            1,
            "play",
            "track",
            "a",
            True,
            True,
            UNKNOWN,
            NO_OFFSET,
        ]
        for number, (at, artist, title) in enumerate(plays)
    ]
    facts = {
        (f"{artist} — {title}", fact): value
        for _, artist, title in plays
        for fact, value in (("type", "track"), ("creator", artist), ("title", title))
    }
    first = min(at for at, *_ in plays) // DAY_MS * DAY_MS
    end = max(at for at, *_ in plays) // DAY_MS * DAY_MS + DAY_MS
    with connect(server.url, seconds=300) as client:
        client.insert("events", rows, column_names=COLUMNS)
        client.insert(
            "facts", [["content", id_, fact, value, 1] for (id_, fact), value in facts.items()],
            column_names=["subject", "id", "fact", "value", "version"],
        )  # fmt: skip
    store = Store(lambda seconds: connect(server.url, seconds=max(seconds, 300)), threading.Event())
    for start in range(first, end, 366 * DAY_MS):
        last = min(start + 366 * DAY_MS, end) - QUARTER_MS
        run, _ = store.name_range(0, start, last)
        store.recount(run, 0, start, last, 1)
    store.close(0, end - QUARTER_MS)
    return end - QUARTER_MS


def live_row(plays: list[tuple[int, str, str]]) -> PersonRow:
    """Return the listener's live row: the days of the plays, and the first one of each track as its finish."""
    firsts: dict[tuple[str, str], int] = {}
    for at, *track in sorted(plays):
        firsts.setdefault((track[0], track[1]), at)
    row = PersonRow()
    row.days[NO_OFFSET, TRACK] = DaySet.of({at // DAY_MS for at, *_ in plays})
    ids = np.array([hash64("".join(track), 0) for track in firsts], np.uint64)
    row.finishes["track"] = Finishes(ids.tobytes(), np.array(list(firsts.values()), np.int64).tobytes())
    return row


def seconds_of_now(client: Any, url: str, row: PersonRow, parts: int, times: int) -> list[float]:
    """Return how long each of so many answers from a live row takes."""
    part, slot, field = place_of(hash64("a", int(client.get(keys.SEED))), parts)
    client.hset(keys.streaks(part, slot), field, row.packed())
    client.set(keys.PEOPLE_WHOLE, 1)
    headers, pool = {"Authorization": f"Bearer {mint('bench' * 8, 'read:admin')}"}, urllib3.PoolManager()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        response = pool.request("GET", f"{url}{NOW}", headers=headers)
        found.append(time.perf_counter() - began)
        assert response.json()["source"] == "live", response.data[:300]
    return found


def questions(plays: list[tuple[int, str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the name and path of every question."""
    yield "streak", "/api/analytics/streak?user=a"
    yield "milestones", "/api/analytics/milestones?user=a"
    yield "viewing time", "/api/analytics/viewing-time?user=a&period=all"
    yield "record", "/api/v1/people/a/record?limit=100"
    for year in sorted({datetime.fromtimestamp(at / 1000, UTC).year for at, *_ in plays}):
        yield str(year), f"/api/analytics/year-in-review/{year}?user=a"


def seconds_of(pool: urllib3.PoolManager, url: str, end: int, times: int) -> list[float]:
    """Return how long the server takes for an answer, each of so many times."""
    headers = {"Authorization": f"Bearer {mint('bench' * 8, 'read:admin')}"}
    found = []
    for number in range(times + 1):
        began = time.perf_counter()
        response = pool.request("GET", f"{url}&asOf={iso(end - number)}", headers=headers)
        found.append(time.perf_counter() - began)
        assert response.status == 200, (url, response.status, response.data[:300])
    return found[1:]


def measure(
    folder: Path, plays: list[tuple[int, str, str]], times: int
) -> tuple[dict[str, list[float]], list[float], list[float]]:
    """Return the seconds of every question, by name, and the CPU-seconds of server and ClickHouse for an answer.

    The last are the seconds of a thousand answers from the live row.
    """
    with running_redis(folder) as (store, _), running_clickhouse(folder) as (history, engine):
        client: Any = redis.Redis.from_url(store.url)
        client.set(keys.SHARDS, 1)
        migrate(history.url)
        closed = fill(history, plays)
        client.hset(keys.base(0), "upto", closed)
        settings = {"CLICKHOUSE_HISTORY_URL": history.history_url}
        with WebServer(folder, "server", "server", store.url, **settings) as server:
            pool, url = urllib3.PoolManager(timeout=60), f"http://127.0.0.1:{server.port}"
            before = sum(server.cpu()), engine.spent()
            found = {name: seconds_of(pool, url + path, closed, times) for name, path in questions(plays)}
            spent = sum(server.cpu()) - before[0], engine.spent() - before[1]
            cpu = [seconds / len(found) / (times + 1) for seconds in spent]
            parts = int(client.get(keys.PARTS))
            return found, cpu, seconds_of_now(client, url, live_row(plays), parts, 1_000)


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        data=(os.environ.get("STREAKLINE_TEST_DATA", "../shared/data"), "folder of the recorded histories"),
        times=(9, "that a question is asked"),
    ).parse_args()
    plays = listened(options.data)
    with alone(), tempfile.TemporaryDirectory() as name:
        found, cpu, now = measure(Path(name), plays, options.times)
    show(
        ("ms", "median", "slowest"),
        [(name, f"{median(own) * 1e3:.0f}", f"{max(own) * 1e3:.0f}") for name, own in found.items()],
    )
    medians = {name: median(own) for name, own in found.items()}
    years = [seconds for name, seconds in medians.items() if name.isdigit()]
    others = ", ".join(
        f"{name} {seconds * 1e3:.0f}" for name, seconds in medians.items() if not name.isdigit()
    )
    figures = (
        f"{len(plays):,} plays of one person; medians in ms: {others}, year in review {min(years) * 1e3:.0f} to "
        f"{max(years) * 1e3:.0f} over {len(years)} years; CPU of an answer: server {cpu[0] * 1e3:.0f} ms, "
        f"ClickHouse {cpu[1] * 1e3:.0f} ms; streak now, from the live row: p50 {quantile(now, 0.5) * 1e3:.1f} ms, "
        f"p99 {quantile(now, 0.99) * 1e3:.1f} ms"
    )
    print(figures)
    keep("bench.queries.people", figures)
    slow = [f"{name}: {own * 1e3:.0f} ms" for name, own in medians.items() if own > SLOWEST]
    if quantile(now, 0.99) > SLOWEST_NOW:
        slow.append(f"streak now: p99 {quantile(now, 0.99) * 1e3:.1f} ms")
    return complain(slow)


if __name__ == "__main__":
    sys.exit(main())
