"""Two owners of a shard, one of them perhaps asleep for long: the lifetime base is what history says, all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive_feed import HOUR, MINUTE, NOON, SHARD, Archive, Case, play
from real_servers import TestClickHouse, TestRedis
from stack.verify.verifier import Verifier
from streakline.measures import INDEX, pack_counts, summed, unpack_counts
from streakline.streams import keys
from streakline.times import enc


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


def meanwhile(case: Case, archive: Archive, act: Callable[[], None]) -> None:
    """Let something happen once, just before an archive says a base that it has worked out."""
    client = case.redis_server.client()
    make = client.pipeline

    def pipeline(**options: Any) -> Any:
        pipe = make(**options)
        execute = pipe.execute

        def interrupted(**options: Any) -> Any:
            says = any(command[0][:2] == ("HSET", keys.base(SHARD)) for command in pipe.command_stack)
            if says and client.pipeline is pipeline:
                client.pipeline = make
                act()
            return execute(**options)

        pipe.execute = interrupted
        return pipe

    client.pipeline = pipeline
    archive.shard._ledger._redis = client


def assert_sums(case: Case) -> None:
    """Compare the base in Redis with itself and with the raw rows."""
    held: Any = case.redis.hgetall(keys.base(SHARD))
    contents = [unpack_counts(packed) for field, packed in held.items() if field.startswith(b"c:")]
    whole, total = unpack_counts(held[b"*"]), summed(contents)
    assert (whole.measures, whole.cells) == (total.measures, total.cells)
    verifier = Verifier(case.redis, case.clickhouse, 1)
    checks = verifier.checks(verifier.fixed(), 30)
    assert [check for check in checks if check.name == "lifetime" and check.differing] == []


def begun(case: Case) -> tuple[Archive, Archive]:
    """Return two owners of a shard with a closed bucket of two contents."""
    case.feed.send(NOON + 1000, play("a", NOON, "p1"), play("b", NOON, "p2"))
    case.settle()
    case.close_all(NOON + 2 * HOUR)
    second = case.started()
    second.run()
    return case.archive, second


def test_what_two_owners_recount_at_once_is_in_the_whole_once(case: Case) -> None:
    first, second = begun(case)
    case.feed.send(NOON + 3 * HOUR, play("a", NOON, "p3"), play("b", NOON, "p4"))
    case.feed.count()
    meanwhile(case, first, lambda: second.run(waits=31))
    first.run(waits=31)
    assert (case.base(), case.base("c:a"), case.base("c:b")) == (4, 2, 2)
    assert_sums(case)


def test_an_owner_that_was_held_says_no_older_counts_of_a_content(case: Case) -> None:
    first, second = begun(case)
    case.feed.send(NOON + 3 * HOUR, play("a", NOON, "p3"))
    case.feed.count()

    def more() -> None:
        second.run(waits=31)
        case.feed.send(NOON + 3 * HOUR + MINUTE, play("a", NOON, "p4"))
        case.feed.count()
        second.run(waits=31)

    meanwhile(case, first, more)
    first.run(waits=31)
    assert (case.base(), case.base("c:a")) == (4, 3)
    assert_sums(case)


def test_a_zombie_that_wakes_after_two_closes_moves_lifetime_nowhere(case: Case) -> None:
    first, second = begun(case)
    case.feed.send(NOON + 2 * HOUR + MINUTE, play("a", NOON + 2 * HOUR, "p3"))
    case.feed.tick(NOON + 2 * HOUR + 16 * MINUTE)
    case.feed.count()
    stood: dict[bytes, bytes] = {}

    def two_closes() -> None:
        case.feed.send(NOON + 2 * HOUR + 20 * MINUTE, play("c", NOON + 2 * HOUR + 20 * MINUTE, "p4"))
        case.feed.tick(NOON + 4 * HOUR)
        case.feed.count()
        second.run()
        stood.update(case.redis.hgetall(keys.base(SHARD)))

    store = first.shard._store
    close = store.close
    woken = False

    def asleep(*arguments: Any) -> None:
        nonlocal woken
        close(*arguments)
        if not woken:
            woken = True
            two_closes()

    store.close = asleep  # type: ignore[method-assign]
    while (items := first.reader.read()[0]) and not woken:
        for item in items:
            first.take(item)
    assert woken
    assert case.redis.hgetall(keys.base(SHARD)) == stood
    assert (case.base(), case.base("c:c")) == (4, 1)
    first.run()
    second.run()
    assert case.redis.hgetall(keys.base(SHARD)) == stood
    assert_sums(case)


def tamper(case: Case) -> None:
    """Let the whole be off, as an older build with two owners left it."""
    measures, cells, ctype = unpack_counts(case.redis.hget(keys.base(SHARD), "*"))  # type: ignore[arg-type]
    more = list(measures)
    more[INDEX["plays"]] += 9
    case.redis.hset(keys.base(SHARD), "*", pack_counts(more, cells, ctype))
    assert case.base() == 11


def test_a_whole_that_is_no_sum_heals_at_the_next_start(case: Case) -> None:
    begun(case)
    tamper(case)
    case.started().run()
    assert case.base() == 2
    assert_sums(case)


def test_a_whole_that_is_no_sum_heals_when_the_day_closes(case: Case) -> None:
    begun(case)
    tamper(case)
    case.close_all(NOON + 14 * HOUR)
    assert case.base() == 2
    assert_sums(case)


def test_how_far_an_owner_is_and_what_it_owes_are_told_together(case: Case) -> None:
    first, second = begun(case)
    case.feed.send(NOON + 3 * HOUR, play("a", NOON, "p3"))
    case.feed.count()
    for owner in (first, second):
        owner.recounted_now()
        owner.run(waits=1)
    newest = case.feed.send(NOON + 3 * HOUR + MINUTE, play("b", NOON, "p4"))
    case.feed.count()
    second.run(waits=1)
    assert (case.progress()["archive"], case.progress()["archive:mark"] != "") == (newest, True)
    first.shard.settle(first.now + 100)
    assert case.base() == 3
    assert case.progress()["archive:mark"] == ""  # as far as the first has read
    assert enc(case.progress()["archive"]) < enc(newest)


def test_an_owner_that_slept_with_old_counts_in_hand_leaves_no_row_that_a_recount_differs_from(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.settle()
    second = case.started()
    second.run()
    case.feed.send(NOON + MINUTE, play("a", NOON, "p2"))
    case.feed.count()
    ledger = second.shard._ledger
    message, _ = second.reader.read()
    old = ledger.open_hashes([NOON])
    case.feed.send(NOON + 2 * MINUTE, play("a", NOON, "p3"))
    case.feed.count()
    # The first owner meets that message with the counts of both, and at the later one nothing has changed.
    for item in case.archive.reader.read()[0]:
        for entry in item.entries:
            case.archive.take(item._replace(entries=[entry]))
    monkeypatch.setattr(ledger, "open_hashes", lambda _: old)
    for item in message:
        second.take(item)
    monkeypatch.undo()
    case.close_all(NOON + 2 * HOUR)
    assert case.counts("quarter") == [("a", NOON // 1000, 3, True)]
    assert case.progress().get("archive:differences", "0") == "0"


def test_a_close_that_has_to_be_done_again_knows_still_what_came_late(case: Case) -> None:
    case.feed.send(NOON + 1000, play("a", NOON, "p1"))
    case.settle()
    case.feed.send(NOON + 2 * HOUR, play("a", NOON, "p2"))
    case.archive.run()  # it has the late event, and the content flow has not come to it
    assert case.redis.hlen(keys.marks(SHARD)) == 1
    case.feed.count()
    meanwhile(case, case.archive, lambda: case.redis.hset(keys.base(SHARD), "somebody", b"else"))
    case.archive.run()
    assert case.counts("quarter")[0] == ("a", NOON // 1000, 2, True)
    assert case.progress().get("archive:differences", "0") == "0"
    assert case.redis.hgetall(keys.marks(SHARD)) == {}
