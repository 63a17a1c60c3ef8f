"""Archive dies at any of its writes, and begins again: in the end nothing is different."""

from itertools import count

import pytest
from clickhouse_connect.driver.client import Client

from archive_feed import HOUR, MINUTE, NOON, SHARD, Archive, Case, Feed, open_cold, play
from real_servers import TestClickHouse, TestRedis
from streakline.measures import MEASURES, unpack_counts
from streakline.streams import keys
from streakline.streams.entries import read_entry
from streakline.times import enc


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


class Crash(BaseException):
    """Ends a run like a kill does."""


class Fragile:
    """A client that dies instead of its n-th write: right after the one before, nothing lies elsewhere either."""

    def __init__(self, client: Client | object, writes: list[int]) -> None:
        self._client, self._writes = client, writes

    def __getattr__(self, name: str):
        value = getattr(self._client, name)
        if name in ("insert", "raw_insert", "command", "execute"):
            return lambda *args, **more: self._write(value, *args, **more)
        if name == "pipeline":
            return lambda *args, **more: Fragile(value(*args, **more), self._writes)
        return value

    def __enter__(self):
        self._client.__enter__()
        return self

    def __exit__(self, *raised):
        self._client.__exit__(*raised)

    def _write(self, act, *args, **more):
        self._writes[0] -= 1
        if self._writes[0] == 0:
            raise Crash
        return act(*args, **more)


def _story(case: Case) -> None:
    for minute in range(0, 30, 10):
        at = NOON + minute * MINUTE
        case.feed.send(
            at + 1000, play("a", at, f"p{minute}", 10, playId=f"q{minute}"), play("b", at, f"r{minute}")
        )
        case.feed.send(at + 2000, play("a", at, f"s{minute}", 90, playId=f"q{minute}"))
        case.feed.count()
    case.feed.send(NOON + 4 * HOUR, play("a", NOON, "late"), play("c", NOON - 48 * HOUR, "later"))
    case.feed.count()
    case.feed.tick(NOON + 15 * HOUR)
    case.feed.count()


def _state(case: Case) -> tuple:
    columns = ", ".join(MEASURES)
    return (
        case.rows("select contentId, id, duration, version from events final order by contentId, id"),
        case.rows(f"select grain, at, contentId, {columns}, uniqCombined64Merge(listeners) from rollup final"
                  f" group by grain, at, contentId, {columns} order by 1, 2, 3"),
        case.rows("select * from closed final"),
        {name: unpack_counts(p) if name != b"upto" else p for name, p in case.redis.hgetall(keys.base(SHARD)).items()},
        case.redis.hgetall(keys.marks(SHARD)),
        case.redis.keys("sl:{0}:open:*"),
        case.progress(),
    )  # fmt: skip


PARTS_OF_WRITES = 2
"""Every write is one where it crashes; a test takes every second, so that they may run beside one another."""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS_OF_WRITES))
def test_a_crash_at_any_write_changes_nothing_in_the_end(case: Case, part: int) -> None:
    _story(case)
    case.archive.run()
    case.archive.run()
    expected = _state(case)
    assert expected[6]["archive:mark"] == ""
    assert "archive:differences" not in expected[6]
    assert sum(row[5] for row in expected[1] if row[0] == "day") == case.base() == 8

    streams = {s: case.redis.xrange(s) for s in (keys.events(SHARD), keys.out(SHARD))}
    for dead_at in count(1 + part, PARTS_OF_WRITES):
        case.redis.flushall()
        for table in ("events", "rollup", "closed", "recount_keys", "facts"):
            case.clickhouse.command(f"truncate table {table}")
        _replay(case, streams)
        writes = [dead_at]
        fragile = Archive(
            case.redis_server.url, Fragile(case.redis, writes), Fragile(case.clickhouse, writes)
        )
        try:
            fragile.run()
            fragile.run()
        except Crash:
            again = case.started()
            again.run()
            again.run()
        else:
            break
        assert _state(case) == expected, f"after a crash at write {dead_at}"
    assert dead_at > 20


def _replay(case: Case, streams: dict[str, list]) -> None:
    """Put the streams back as they were, and the hashes that the content flow wrote."""
    for stream, entries in streams.items():
        for entry_id, fields in entries:
            case.redis.xadd(stream, fields, id=entry_id)
    feed = Feed(case.redis)
    for entry_id, fields in streams[keys.events(SHARD)]:
        feed._pending.append((enc(entry_id), read_entry(fields)))
    feed.tracker.take(feed._pending[:-2], open_cold, silent=False)
    for written in feed.tracker.write_out():
        case.redis.hset(keys.open_bucket(SHARD, written.bucket), mapping=written.rows)
