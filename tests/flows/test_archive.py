from itertools import count
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from archive_feed import HOUR, MINUTE, NOON, SHARD, Archive, Case, Feed, open_cold, play
from real_servers import TestClickHouse, TestRedis
from streakline import keys
from streakline.counts import INDEX, MEASURES, pack_counts, unpack_counts
from streakline.entries import read_entry
from streakline.times import enc


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


def test_an_event_becomes_a_raw_row_and_a_provisional_row(case: Case) -> None:
    entry = case.feed.send(NOON + 1000, play("a", NOON, "p1", country="DE"))
    case.settle()

    assert case.rows("select contentId, id, duration, country, entry, counted from events final") == [
        ("a", "p1", 100_000, "DE", enc(entry), True)
    ]
    provisional = case.rows("select plays, by_country, bitShiftRight(version, 22) from rollup final")
    assert provisional == [(1, {"DE": 1}, NOON + 1000)]
    assert case.progress()["archive"] == case.progress()["archive:out"] == entry


def test_a_closed_bucket_has_the_count_of_raw_in_quarter_day_and_base(case: Case) -> None:
    case.feed.send(
        NOON + 1000, play("a", NOON, "p1"), play("a", NOON, "p2"), play("b", NOON, "p3", duration=5)
    )
    case.settle()
    case.close_all(NOON + 13 * HOUR + 30 * MINUTE)

    assert case.counts("quarter") == [("a", NOON // 1000, 2, True), ("b", NOON // 1000, 0, True)]
    midnight = (NOON - 12 * HOUR) // 1000
    assert case.counts("day") == [("a", midnight, 2, True), ("b", midnight, 0, True)]
    assert (case.base(), case.base("c:a"), case.base("c:b", "starts")) == (2, 2, 1)
    assert case.redis.keys("sl:{0}:open:*") == []
    assert "archive:differences" not in case.progress()


def test_the_longest_play_stands_whatever_the_order_and_the_batches(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "x", 30, playId="p"), play("a", NOON, "y", 50, playId="p"))
    case.settle()
    case.feed.send(NOON + 2000, play("a", NOON, "z", 40, playId="p", country="FR"))
    case.settle()
    case.feed.send(NOON + 3000, play("a", NOON, "w", 50, playId="p", country="IT"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)

    assert case.rows("select duration, country from events final") == [(50_000, "")]
    assert case.counts("quarter", "time_ms") == [("a", NOON // 1000, 50_000, True)]
    assert case.base(measure="time_ms") == 50_000


def test_of_equal_repeats_the_first_accepted_stands(case: Case) -> None:
    like = {"id": "l1", "type": "like", "contentId": "a", "timestamp": NOON}
    case.feed.send(NOON + 1000, {**like, "source": "first"}, {**like, "source": "second"})
    case.settle()
    case.feed.send(NOON + 2000, {**like, "source": "third"})
    case.settle()
    assert case.rows("select source from events final") == [("first",)]
    assert case.rows("select likes from rollup final") == [(1,)]


def test_a_late_event_marks_its_closed_bucket_and_is_recounted_when_somebody_waits(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    late = case.feed.send(NOON + 3 * HOUR, play("a", NOON, "p2"), play("c", NOON - 400 * 24 * HOUR, "p3"))
    case.feed.count()
    case.archive.recounted_now()
    case.archive.run(waits=0)
    assert case.progress()["archive:mark"] == str(enc(late))
    assert case.base() == 1

    case.redis.set(keys.wanted(SHARD), 1, ex=35)
    case.archive.run(waits=1)
    assert case.progress()["archive:mark"] == ""
    assert case.redis.hgetall(keys.marks(SHARD)) == {}
    assert (case.base(), case.base("c:a"), case.base("c:c")) == (3, 2, 1)
    assert [row[:3] for row in case.counts("quarter")] == [
        ("c", (NOON - 400 * 24 * HOUR) // 1000, 1),
        ("a", NOON // 1000, 2),
    ]
    # The old day is closed and has its row; the running one will have it at its close.
    assert [row[0] for row in case.counts("day")] == ["c"]
    assert case.rows("select trackId, totalPlays from daily_stats order by date") == [("c", 1), ("a", 2)]


def test_a_late_event_in_the_last_second_of_its_bucket_is_recounted(case: Case) -> None:
    # Alone in its part, and no whole second: an index that thinks in seconds leaves such a part out.
    case.feed.tick(NOON)
    case.settle()
    case.feed.send(NOON + MINUTE, play("a", NOON - 10_000 * HOUR - 171, "p1"))
    case.settle()
    case.archive.run(waits=31)
    assert case.base() == 1
    assert [row[2] for row in case.counts("quarter")] == [1]


def test_marks_are_recounted_at_most_every_thirty_seconds_while_nobody_waits(case: Case) -> None:
    case.feed.tick(NOON)
    case.settle()
    case.feed.send(NOON + MINUTE, play("a", NOON - 24 * HOUR, "p1"))
    case.settle()
    assert case.base() == 1
    case.archive.recounted_now()
    case.feed.send(NOON + 2 * MINUTE, play("a", NOON - 24 * HOUR, "p2"))
    case.feed.count()
    case.archive.run(waits=29)
    assert case.base() == 1
    case.archive.run(waits=2)
    assert case.base() == 2


def test_a_bucket_waits_for_the_outbox_before_it_closes(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.settle()
    case.feed.tick(NOON + 2 * HOUR)
    case.archive.run()
    assert case.counts("quarter") == [("a", NOON // 1000, 1, False)]
    case.settle()
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True)]


def test_robots_are_kept_and_not_counted(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1", bot=True), play("a", NOON, "p2"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    assert case.rows("select count(), countIf(bot) from events final") == [(2, 1)]
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True)]
    assert "archive:differences" not in case.progress()


def tamper(case: Case) -> None:
    """Let the open bucket of NOON claim one play of `a` too many."""
    case.feed.send(NOON + 1000, play("a", NOON, "p1"), play("b", NOON, "p2"))
    case.settle()
    case.redis.hdel(keys.open_bucket(SHARD, NOON), "b")
    tampered = case.redis.hget(keys.open_bucket(SHARD, NOON), "a")
    counts = list(unpack_counts(tampered).measures)
    counts[INDEX["plays"]] += 1
    case.redis.hset(keys.open_bucket(SHARD, NOON), "a", pack_counts(counts, {}, 2))
    case.redis.xadd(
        keys.out(SHARD), {"s": SHARD, "u": f"{NOON + 1500}-0", "b": str(NOON)}, id=f"{NOON + 1500}-0"
    )
    case.archive.run()
    assert case.counts("quarter")[0][2] == 2


def test_a_longer_event_of_a_robot_takes_its_play_out_of_open_counts_too(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "x", 30, playId="p"), play("a", NOON, "p2"))
    case.settle()
    case.feed.send(NOON + 2000, play("a", NOON, "y", 40, playId="p", bot=True))
    case.settle()
    assert case.counts("quarter") == [("a", NOON // 1000, 1, False)]
    case.close_all(NOON + 2 * HOUR)
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True)]
    assert "archive:differences" not in case.progress()


def test_a_recount_that_differs_without_a_reason_is_counted(case: Case) -> None:
    tamper(case)
    case.close_all(NOON + 2 * HOUR)
    assert case.progress()["archive:differences"] == "1"
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True), ("b", NOON // 1000, 1, True)]


def test_a_bucket_that_content_could_not_count_whole_is_no_reason_for_alarm(case: Case) -> None:
    tamper(case)
    case.redis.hset(keys.progress(SHARD), "content:floor", NOON + 15 * 60_000)
    case.close_all(NOON + 2 * HOUR)
    assert "archive:differences" not in case.progress()
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True), ("b", NOON // 1000, 1, True)]


def test_raw_rows_of_open_buckets_are_marked_again_when_redis_knows_of_nothing(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.archive.run()  # content has not counted it when redis loses everything
    case.redis.flushdb()
    case.feed, case.archive = Feed(case.redis), case.started()
    case.feed.tick(NOON + MINUTE)
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True)]
    assert case.base() == 1
    assert "archive:differences" not in case.progress()


def test_a_control_entry_recounts_a_range(case: Case) -> None:
    case.feed.tick(NOON)
    case.settle()
    for day in range(1, 4):
        case.feed.send(NOON + MINUTE, play("a", NOON - day * 24 * HOUR, f"p{day}"))
    case.settle()
    case.clickhouse.command("insert into rollup (grain, at, shard, contentId, version, plays) select grain, at, shard,"
                            " contentId, version + 5, 40 from rollup final")  # fmt: skip
    assert sum(row[2] for row in case.counts("quarter")) == 120
    asked = case.feed.control(
        NOON + 2 * MINUTE, kind="recount", **{"from": NOON - 72 * HOUR, "to": NOON - 48 * HOUR}
    )
    case.feed.count()
    case.archive.run()
    assert case.progress()["archive"] == asked
    while case.progress()["archive:mark"]:
        case.archive.run()
    assert [row[2] for row in case.counts("quarter")] == [1, 1, 40]
    assert [row[2] for row in case.counts("day")] == [1, 1, 40]


def test_ranges_that_meet_on_their_way_are_recounted_to_their_end(case: Case) -> None:
    day = 24 * HOUR
    case.feed.tick(NOON)
    case.settle()
    case.feed.send(NOON + MINUTE, *(play("a", NOON - days * day, f"p{days}") for days in (2, 3, 4)))
    case.settle()
    # The second range is the wider one and soon wants to go on where the first one is.
    case.feed.control(NOON + 2 * MINUTE, kind="recount", **{"from": NOON - 4 * day})
    case.feed.control(NOON + 2 * MINUTE, kind="recount")
    case.settle()
    for _ in range(8):
        case.archive.run(waits=1)
    assert case.progress()["archive:mark"] == ""
    assert case.redis.hgetall(keys.marks(SHARD)) == {}
    assert case.base() == 3


def test_what_changed_while_archive_was_down_is_written_though_older_messages_come_again(case: Case) -> None:
    case.feed.tick(NOON)
    case.settle()
    before = case.archive.reader.snapshot()
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.feed.count()
    case.feed.send(NOON + 2000, play("a", NOON, "p2"))
    case.settle()
    case.feed.send(NOON + 3000, play("a", NOON, "p3"))
    case.feed.count()

    case.archive = Archive(case.redis_server.url, case.redis, case.clickhouse, position=before)
    items, _ = case.archive.reader.read()
    for item in items:  # the reads of a reader that is behind end anywhere
        for number in range(len(item.entries)):
            case.archive.take(item._replace(entries=item.entries[number : number + 1]))
    assert case.counts("quarter") == [("a", NOON // 1000, 3, False)]


def test_what_changed_is_written_after_every_further_restart_too(case: Case) -> None:
    earlier = NOON - 15 * MINUTE
    case.feed.tick(NOON)
    case.settle()
    before = case.archive.reader.snapshot()
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.feed.count()
    case.feed.send(NOON + 2000, play("b", earlier, "p2"))
    case.feed.count()
    for _ in range(2):  # each writes one bucket, then the other, and loses its position again
        case.archive = Archive(case.redis_server.url, case.redis, case.clickhouse, position=before)
        items, _ = case.archive.reader.read()
        for item in items:
            for number in range(len(item.entries)):
                case.archive.take(item._replace(entries=item.entries[number : number + 1]))

    case.archive = Archive(case.redis_server.url, case.redis, case.clickhouse, position=before)
    items, _ = case.archive.reader.read()
    case.archive.shard._opened()
    # What archive is about to repeat has changed since; the message that says so comes after.
    case.feed.send(NOON + 3000, play("b", earlier, "p3"))
    case.feed.count()
    for item in items:
        case.archive.take(item)
    case.archive.run()
    assert case.counts("quarter") == [("b", earlier // 1000, 2, False), ("a", NOON // 1000, 1, False)]
    case.close_all(NOON + 2 * HOUR)
    assert "archive:differences" not in case.progress()


def test_poison_goes_to_the_dead_letters_and_the_flow_goes_on(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    bad = case.feed.add(NOON + 2000, {"v": b"1", "n": b"3", "h": b"short", "d": b""})
    worse = case.feed.add(NOON + 3000, {"v": b"9"})
    unknown = case.feed.control(NOON + 3500, kind="dance")
    case.feed.send(NOON + 4000, play("a", NOON, "p2"))
    case.archive.run()
    again = case.started()
    again.run()
    letters = case.redis.xrange(keys.DEAD)
    assert [fields[b"entry"].decode() for _, fields in letters] == [bad, worse, unknown]
    assert all(fields[b"where"] == b"archive" and fields[b"error"] for _, fields in letters)
    assert case.rows("select id from events final order by id") == [("p1",), ("p2",)]


@pytest.mark.parametrize("events_of_part", [1, 3, 2_000])
def test_a_row_that_clickhouse_refuses_is_found_by_halving(
    case: Case, monkeypatch: pytest.MonkeyPatch, events_of_part: int
) -> None:
    monkeypatch.setattr("flows.archive_rows.EVENTS_OF_PART", events_of_part)
    case.clickhouse.command("alter table events add constraint no_poison check title != 'poison'")
    try:
        events = [play("a", NOON, f"p{i}", title="poison" if i in (3, 17) else "fine") for i in range(20)]
        for place in range(0, 20, 2):
            case.feed.send(NOON + 1000 + place, *events[place : place + 2])
        case.settle()
    finally:
        case.clickhouse.command("alter table events drop constraint no_poison")
    assert case.rows("select count() from events final") == [(18,)]
    bodies = [fields[b"error"].decode() for _, fields in case.redis.xrange(keys.DEAD)]
    assert len(bodies) == 2
    assert "'p3'" in bodies[0]
    assert "'p17'" in bodies[1]


def test_a_lost_base_is_rebuilt_from_history(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1", source="radio"), play("b", NOON, "p2"))
    case.settle()
    case.close_all(NOON + 14 * HOUR)
    stood = case.redis.hgetall(keys.base(SHARD))
    case.redis.delete(keys.base(SHARD))
    case.archive = case.started()
    case.archive.run()
    assert case.redis.hgetall(keys.base(SHARD)) == stood


def test_the_catalogue_learns_from_plays_and_believes_what_is_stated(case: Case) -> None:
    stated = {"id": "c1", "type": "content", "contentId": "a", "timestamp": NOON, "title": "Stated", "duration": 200,
              "createdAt": "2020-01-02T03:04:05Z"}  # fmt: skip
    case.feed.send(
        NOON + 1000, play("a", NOON, "p1", title="Heard", creatorId="k"), play("b", NOON, "p2", title="B")
    )
    case.feed.send(
        NOON + 2000,
        stated,
        {"id": "c2", "type": "creator", "creatorId": "k", "timestamp": NOON, "name": "Kim"},
    )
    case.feed.send(NOON + 3000, play("a", NOON, "p3", title="Heard again"))
    case.settle()
    rows = case.rows(
        "select contentId, title, creatorId, duration, toUnixTimestamp(createdAt) from content order by 1"
    )
    assert rows == [("a", "Stated", "k", 200_000, 1_577_934_245), ("b", "B", "", 0, None)]
    assert case.rows("select * from creators") == [("k", "Kim")]
    assert case.rows("select totalPlays from daily_stats where trackId = 'a'") == [(2,)]


class Crash(BaseException):
    """Ends a run like a kill does."""


class Fragile:
    """A client that dies instead of, or right after, its n-th write."""

    def __init__(self, client: Client | object, writes: list[int]) -> None:
        self._client, self._writes = client, writes

    def __getattr__(self, name: str):
        value = getattr(self._client, name)
        if name in ("insert", "raw_insert", "command", "execute"):
            return lambda *args, **more: self._write(value, *args, **more)
        if name == "pipeline":
            return lambda *args, **more: Fragile(value(*args, **more), self._writes)
        return value

    def _write(self, act, *args, **more):
        self._writes[0] -= 1
        if self._writes[0] == 0:
            raise Crash
        done = act(*args, **more)
        self._writes[0] -= 1
        if self._writes[0] == 0:
            raise Crash
        return done


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


PARTS_OF_WRITES = 4
"""Every write is one where it crashes; a test takes every fourth, so that they may run beside one another."""


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
    assert dead_at > 40


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


def test_thin_old_history_makes_no_step_too_large_for_thick_young_history(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.archive_recounts.KEYS_AT_ONCE", 3)
    case.feed.tick(NOON)
    case.settle()
    thin = [play("a", NOON - days * 24 * HOUR, f"thin{days}") for days in range(8, 40, 2)]
    thick = [play("a", NOON - 24 * HOUR - quarter * 15 * MINUTE, f"thick{quarter}") for quarter in range(40)]
    case.feed.send(NOON + MINUTE, *thin, *thick)
    case.settle()
    case.feed.control(NOON + 2 * MINUTE, kind="recount")
    case.feed.count()
    steps = []
    while not steps or case.redis.hgetall(keys.marks(SHARD)):
        before = case.archive.shard.tally["recounted_keys"]
        case.archive.run(waits=0)
        steps.append(case.archive.shard.tally["recounted_keys"] - before)
    assert sum(steps) == 56
    assert max(steps) <= 4 * 3


def test_archive_goes_on_when_a_dictionary_holds_what_no_ingest_wrote(case: Case) -> None:
    poison: dict[Any, Any] = {b"\xff": b"5", b"text": b"x", b"none": b"", b"huge": b"9" * 5_000}
    case.redis.hset(keys.dictionary("source"), mapping=poison)
    case.feed.send(NOON + 1000, play("a", NOON, "p1", source="search"))
    case.settle()
    assert case.rows("select by_source from rollup final") == [({"search": 1},)]
