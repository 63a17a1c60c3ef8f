"""Closed buckets are counted again where something came late or somebody asks for it."""

from pathlib import Path

import pytest

from archive_feed import HOUR, MINUTE, NOON, SHARD, Case, play
from real_servers import TestClickHouse, TestRedis
from streakline.measures import INDEX, pack_counts, unpack_counts
from streakline.streams import keys
from streakline.times import enc


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


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


def test_a_recount_that_broke_off_between_two_tables_is_whole_when_it_is_repeated(case: Case) -> None:
    case.feed.send(NOON, play("a", NOON, "1", 45))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    stops = "select known, stopped from content_stops final"
    assert case.rows(stops) == [(1, [0, 1, 1, 1, 1, 1, 1, 1, 1])]
    client = case.clickhouse
    client.command("alter table events delete where true settings mutations_sync = 1")
    # Its row in `rollup` is written, that in `content_stops` is not.
    client.command(
        "insert into rollup (grain, at, shard, contentId, version)"
        " select grain, at, shard, contentId, version + 1 from rollup final where grain = 'quarter'"
    )
    case.feed.control(NOON + 3 * HOUR, kind="recount")
    case.settle()
    assert case.rows(stops) == [(0, [0] * 9)]


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


def test_thin_old_history_makes_no_step_too_large_for_thick_young_history(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.archive.recounts.KEYS_AT_ONCE", 3)
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


def test_a_redis_that_lost_a_recount_alone_has_it_again_without_a_restart_of_archive(
    store: TestRedis, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    case = Case(store, clickhouse_server, watched=True)
    case.feed.send(NOON, play("a", NOON - 24 * HOUR, "p1"), play("b", NOON - 24 * HOUR, "p2"))
    case.settle()
    case.archive.recounted_now()
    case.feed.send(NOON + MINUTE, play("a", NOON - 24 * HOUR, "p3"))
    case.feed.count()
    case.archive.run(waits=0)
    older = store.copy_out(tmp_path)
    case.archive.run(waits=31)
    assert case.base("c:a") == 2

    store.go_back(older)
    assert case.base("c:a") == 1
    case.archive.run(waits=31)
    case.archive.run(waits=31)
    assert (case.base("c:a"), case.base("c:b"), case.base()) == (2, 1, 3)
    assert case.redis.hgetall(keys.marks(SHARD)) == {}
