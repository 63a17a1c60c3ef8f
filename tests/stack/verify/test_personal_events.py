"""Personal events by person are compared with the events that they are copied of, and what lacks is copied again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

import sql
from archive_feed import MINUTE, NOON, Case
from real_servers import TestClickHouse, TestRedis
from stack.verify.comparison import personal_events
from streakline.times import iso


@pytest.fixture
def history(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Client]:
    """A client of a history in which a person stated three things, one of them twice."""
    case = Case(redis_server, clickhouse_server)
    about = {"timestamp": NOON, "userId": "ann"}
    freeze = {"id": "f", "type": "freeze", **about}
    case.feed.send(NOON + MINUTE, freeze, {"id": "s", "type": "settings", "zone": "Asia/Tokyo", **about})
    case.feed.send(NOON + MINUTE, freeze, {"id": "u", "type": "freeze", "undoes": "f", **about})
    case.settle()
    yield case.clickhouse
    case.clickhouse.close()


def test_all_that_is_stated_is_copied_however_often_it_came(history: Client) -> None:
    assert personal_events(history)[2:] == (3, 0, (), 0.0)


def test_what_was_lost_or_is_of_no_event_is_named_and_what_lacks_is_copied_again(history: Client) -> None:
    history.command("delete from personal_events where id = 's'")
    history.command("delete from events where id = 'u'")
    found = personal_events(history)
    assert (found.compared, found.differing) == (3, 2)
    assert found.named == (
        f"freeze u of ann at {iso(NOON)}: a copy of no event",
        f"settings s of ann at {iso(NOON)}: not copied",
    )
    history.command(sql.query("archive/copy_personal_events"))
    assert personal_events(history).named == (f"freeze u of ann at {iso(NOON)}: a copy of no event",)
