"""Archive from one shard's streams to ClickHouse: raw rows, provisional rows, closed buckets, dead letters."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from archive_feed import HOUR, MINUTE, NOON, SHARD, Archive, Case, Feed, play
from real_servers import TestClickHouse, TestRedis
from streakline.streams import keys
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


def test_a_longer_event_of_a_robot_takes_its_play_out_of_open_counts_too(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "x", 30, playId="p"), play("a", NOON, "p2"))
    case.settle()
    case.feed.send(NOON + 2000, play("a", NOON, "y", 40, playId="p", bot=True))
    case.settle()
    assert case.counts("quarter") == [("a", NOON // 1000, 1, False)]
    case.close_all(NOON + 2 * HOUR)
    assert case.counts("quarter") == [("a", NOON // 1000, 1, True)]
    assert "archive:differences" not in case.progress()


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
    assert [(fields[b"form"], fields[b"cut"], json.loads(fields[b"body"])) for _, fields in letters] == [
        (b"entry", b"0", {"v": "1", "n": "3", "h": "short", "d": ""}),
        (b"entry", b"0", {"v": "9"}),
        (b"control", b"0", {"kind": "dance"}),
    ]
    assert case.rows("select id from events final order by id") == [("p1",), ("p2",)]


@pytest.mark.parametrize("events_of_part", [1, 3, 2_000])
def test_a_row_that_clickhouse_refuses_is_found_by_halving(
    case: Case, monkeypatch: pytest.MonkeyPatch, events_of_part: int
) -> None:
    monkeypatch.setattr("flows.archive.rows.EVENTS_OF_PART", events_of_part)
    case.clickhouse.command("alter table events add constraint no_poison check title != 'poison'")
    try:
        events = [play("a", NOON, f"p{i}", title="poison" if i in (3, 17) else "fine") for i in range(20)]
        for place in range(0, 20, 2):
            case.feed.send(NOON + 1000 + place, *events[place : place + 2])
        case.settle()
    finally:
        case.clickhouse.command("alter table events drop constraint no_poison")
    assert case.rows("select count() from events final") == [(18,)]
    letters = [fields for _, fields in case.redis.xrange(keys.DEAD)]
    assert len(letters) == 2
    for letter, name in zip(letters, ("p3", "p17"), strict=True):
        assert f"'{name}'" in letter[b"error"].decode()
        event = json.loads(letter[b"body"])
        assert (letter[b"form"], event["type"], event["playId"]) == (b"event", "play", name)
        assert (event["contentId"], event["timestamp"], event["title"]) == ("a", NOON, "poison")


def test_a_lost_base_is_rebuilt_from_history(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1", source="radio"), play("b", NOON, "p2"))
    case.settle()
    case.close_all(NOON + 14 * HOUR)
    stood = case.redis.hgetall(keys.base(SHARD))
    case.redis.delete(keys.base(SHARD))
    case.archive = case.started()
    case.archive.run()
    assert case.redis.hgetall(keys.base(SHARD)) == stood


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


def test_another_owner_that_writes_while_an_archive_starts_is_no_redis_that_went_back(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.settle()
    starting = case.started()
    ask = starting.shard._store.newest_provisional

    def meanwhile(shard: int, upto: int) -> int:
        case.feed.send(NOON + 2000, play("a", NOON, "p2"))
        case.settle()
        return ask(shard, upto)

    starting.shard._store.newest_provisional = meanwhile  # type: ignore[method-assign]
    starting.run()
    assert case.redis.hgetall(keys.FAULTS) == {}
    assert case.counts("quarter") == [("a", NOON // 1000, 2, False)]


def test_a_start_that_finds_nothing_unmarked_is_no_warning(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    levels = []
    for marks in (0, 1):
        if marks:  # rows that were inserted, and a mark that Redis lost
            case.feed.send(NOON + 3 * HOUR, play("a", NOON, "late"))
            case.settle()
            case.redis.hset(keys.progress(SHARD), "archive", f"{NOON + 2 * HOUR}-0")
        starting = case.started()
        starting.shard._ledger._cursors.uncertain = {SHARD}  # as after any start of Redis
        with capture_logs() as logs:
            starting.run()
        levels += [(one["log_level"], one["marks"]) for one in logs if one["event"] == "history_marked_again"]
    assert levels == [("info", 0), ("warning", 1)]


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


def test_archive_goes_on_when_a_dictionary_holds_what_no_ingest_wrote(case: Case) -> None:
    poison: dict[Any, Any] = {b"\xff": b"5", b"text": b"x", b"none": b"", b"huge": b"9" * 5_000}
    case.redis.hset(keys.dictionary("source"), mapping=poison)
    case.feed.send(NOON + 1000, play("a", NOON, "p1", source="search"))
    case.settle()
    assert case.rows("select by_source from rollup final") == [({"search": 1},)]
