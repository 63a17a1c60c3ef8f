"""Ids of persons by their hashes are compared with the events that they are copied of; what lacks is copied again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

import sql
from archive_feed import MINUTE, NOON, Case, play
from real_servers import TestClickHouse, TestRedis
from stack.verify.comparison import person_ids
from streakline.streams.hashing import hash64

SEED = 7


@pytest.fixture
def history(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Client]:
    """A client of a history of two persons, one of them in two entries, and of a visitor."""
    case = Case(redis_server, clickhouse_server)
    for user in ("ann", "bea", "ann"):
        case.feed.send(NOON + MINUTE, play("song", NOON, f"p-{user}", userId=user))
        case.settle()
    case.feed.send(NOON + MINUTE, play("song", NOON, "p", anonymousId="nobody"))
    case.settle()
    yield case.clickhouse
    case.clickhouse.close()


def test_every_person_has_the_id_of_his_hash_and_a_visitor_has_none(history: Client) -> None:
    assert person_ids(history)[2:] == (2, 0, (), 0.0)
    asked = {"persons": [hash64(name, SEED) for name in ("ann", "bea", "nobody")]}
    found = history.query(sql.query("people/ids"), asked).result_rows
    assert sorted(found) == sorted((hash64(name, SEED), name) for name in ("ann", "bea"))


def test_who_lacks_is_named_and_copied_again_and_who_has_no_event_any_more_is_none_too_many(
    history: Client,
) -> None:
    history.command("delete from person_ids where userId = 'ann'")
    history.command("delete from events where userId = 'bea'")
    found = person_ids(history)
    assert (found.compared, found.differing, found.named) == (1, 1, ("ann: no row",))
    history.command(sql.query("archive/copy_person_ids"))
    assert person_ids(history).differing == 0
