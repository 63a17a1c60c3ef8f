"""`python -m bench.queries.platforms`: an owner with 100,000 numbers of other platforms, and how long answers take.

Puts metrics of ten owners into a real ClickHouse, whose view copies them, and asks the server over HTTP for the
dashboard and the other answers, as of another moment each time, so that none is kept. The last values of each day are
asked of raw events by plain SQL too. Fails if a median is above 300 ms, or raw is not three times as slow.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

import redis
import urllib3
from clickhouse_connect.driver.client import Client

from bench.queries.people import seconds_of
from bench.report import complain
from proofs.running.command import parser
from proofs.running.machine import alone, keep
from proofs.running.parts import running_clickhouse, running_redis
from proofs.running.server import WebServer
from proofs.running.tables import show
from sql.connection import connect
from sql.migrate import migrate
from streakline.streams import keys
from streakline.times import DAY_MS, QUARTER_MS

SLOWEST: Final = 0.3
"""Seconds, at the median."""
FASTER: Final = 3
END_MS: Final = 1_790_000_000_000 // DAY_MS * DAY_MS
POSTS: Final = 400
FILL: Final = """
insert into events (ts, contentId, id, version, kind, type, userId, properties)
with intDiv(number, {posts} * 4) as day, number % {posts} as post, intDiv(number, {posts}) % 4 as named,
    ['youtube', 'tiktok', 'instagram', 'twitter'][1 + post % 4] as platform
select fromUnixTimestamp64Milli(toInt64({end} - (day + 1) * {day_ms} + 3600000 * (number % 20))),
    '', concat('{owner}', toString(number)), 18446744073709551615 - number, 23, 'metric', '{owner}',
    toJSONString(cast(
        (platform, platform, concat('p', toString(post)), ['views', 'likes', 'comments', 'shares'][1 + named],
        intDiv((1000 - day) * (1 + cityHash64(post) % 997), 1 + named * 20), {end}),
        'Tuple(platform String, account String, post String, name String, value UInt64, fetchedAt UInt64)'))
from numbers({points})
"""
FACTS: Final = """
insert into facts (subject, id, fact, value, version)
select 'content', concat(['youtube', 'tiktok', 'instagram', 'twitter'][1 + number % 4], ':p', toString(number)), fact,
    if(fact = 'title', concat('Post ', toString(number)), toString({end} - (number % 60 + 1) * {day_ms})), 1
from numbers({posts}) array join ['title', 'created'] as fact
"""
RAW: Final = """
select platform, name, sum(value)
from
(
    select
        JSONExtractString(properties, 'platform') as platform, JSONExtractString(properties, 'post') as post,
        JSONExtractString(properties, 'name') as name, toDate(ts) as day,
        argMax(JSONExtractFloat(properties, 'value'), (ts, entry, id)) as value
    from events final
    where kind = 23 and userId = 'a' and ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    group by platform, post, name, day
)
group by platform, name
"""


def fill(client: Client, owners: int, points: int) -> None:
    """Insert metrics of so many owners, of each so many points, and what the catalogue knows of the posts."""
    sizes = {"posts": POSTS, "end": END_MS, "day_ms": DAY_MS}
    for number in range(owners):
        client.command(FILL.format(owner=chr(ord("a") + number), points=points, **sizes))
    client.command(FACTS.format(**sizes))


def measure(folder: Path, owners: int, points: int, times: int) -> tuple[dict[str, list[float]], list[float]]:
    """Return the seconds of every question by name, `raw` among them, and the CPU of server and ClickHouse of one."""
    paths = {
        "dashboard": "dashboard?user=a", "performance": "performance?user=a&limit=50", "growth": "growth?user=a",
        "platform": "platform/youtube?user=a", "content": "content/youtube:p0?user=a", "compare": "compare?user=a",
    }  # fmt: skip
    with running_redis(folder) as (store, _), running_clickhouse(folder) as (history, engine):
        redis_client: Any = redis.Redis.from_url(store.url)
        redis_client.set(keys.SHARDS, 1)
        migrate(history.url)
        with connect(history.url, seconds=300) as client:
            fill(client, owners, points)
            redis_client.hset(keys.base(0), "upto", END_MS - QUARTER_MS)
            settings = {"CLICKHOUSE_HISTORY_URL": history.history_url}
            with WebServer(folder, "server", "server", store.url, **settings) as server:
                pool = urllib3.PoolManager(timeout=60)
                url = f"http://127.0.0.1:{server.port}/api/v1/analytics/"
                before = sum(server.cpu()), engine.spent()
                found = {name: seconds_of(pool, url + path, END_MS, times) for name, path in paths.items()}
                spent = sum(server.cpu()) - before[0], engine.spent() - before[1]
            found["raw"] = [_seconds_of_raw(client, number) for number in range(times + 1)][1:]
        return found, [seconds / len(paths) / (times + 1) for seconds in spent]


def _seconds_of_raw(client: Client, number: int) -> float:
    began = time.perf_counter()
    assert client.query(RAW, {"end": END_MS - number}).row_count == 16
    return time.perf_counter() - began


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        owners=(10, "owners with numbers"),
        points=(100_000, "numbers of each"),
        times=(9, "that a question is asked"),
    ).parse_args()
    with alone(), tempfile.TemporaryDirectory() as name:
        found, cpu = measure(Path(name), options.owners, options.points, options.times)
    show(
        ("ms", "median", "slowest"),
        [(name, f"{median(own) * 1e3:.0f}", f"{max(own) * 1e3:.0f}") for name, own in found.items()],
    )
    medians = {name: median(own) for name, own in found.items()}
    figures = (
        f"{options.points:,} numbers of an owner, {options.owners} owners; medians in ms: "
        f"{', '.join(f'{name} {seconds * 1e3:.0f}' for name, seconds in medians.items())}; "
        f"CPU of an answer: server {cpu[0] * 1e3:.0f} ms, ClickHouse {cpu[1] * 1e3:.0f} ms"
    )
    print(figures)
    keep("bench.queries.platforms", figures)
    raw = medians.pop("raw")
    missed = [f"{name}: {own * 1e3:.0f} ms" for name, own in medians.items() if own > SLOWEST]
    if raw < FASTER * medians["dashboard"]:
        missed.append(f"raw is {raw / medians['dashboard']:.1f} times as slow as the dashboard")
    return complain(missed)


if __name__ == "__main__":
    sys.exit(main())
