"""What other platforms measured is copied as it is written, compared with its events, and copied where it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

import sql
from archive_feed import DAY, MINUTE, NOON, Case
from real_servers import TestClickHouse, TestRedis
from stack.verify.comparison import observations
from streakline.platforms.observations import Observation, event_of
from streakline.times import iso

ONE = Observation("ann", "youtube", "UC1", "v1", "views", 10, NOON - DAY, NOON, "videos.list", "v3")
TWO, LIKES = ONE._replace(value=12, fetched_at=NOON + 1), ONE._replace(name="likes", value=3)


@pytest.fixture
def history(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Client]:
    """A client of a history in which a number was fetched three times, and its first fetch came once more at last."""
    case = Case(redis_server, clickhouse_server)
    fetches: list[dict[str, Any]] = [
        event_of(ONE),
        event_of(TWO),
        event_of(ONE._replace(fetched_at=NOON + 2)),
    ]
    case.feed.send(NOON + MINUTE, *fetches[:2], event_of(LIKES))
    case.feed.send(NOON + 2 * MINUTE, fetches[2])
    case.feed.send(NOON + 3 * MINUTE, fetches[1], fetches[1])
    case.settle()
    yield case.clickhouse
    case.clickhouse.close()


def test_every_fetch_is_kept_once_however_often_it_came(history: Client) -> None:
    assert observations(history)[2:] == (4, 0, (), 0.0)
    rows = history.query(
        "select name, value, toUnixTimestamp64Milli(fetchedAt), toUnixTimestamp64Milli(accepted), contentId,"
        " surface, api from observations final where owner = 'ann' order by name, fetchedAt"
    ).result_rows
    assert rows == [
        ("likes", 3.0, NOON, NOON + MINUTE, "youtube:v1", "videos.list", "v3"),
        ("views", 10.0, NOON, NOON + MINUTE, "youtube:v1", "videos.list", "v3"),
        ("views", 12.0, NOON + 1, NOON + MINUTE, "youtube:v1", "videos.list", "v3"),
        ("views", 10.0, NOON + 2, NOON + 2 * MINUTE, "youtube:v1", "videos.list", "v3"),
    ]


def test_what_was_lost_or_is_of_no_event_is_named_and_what_lacks_is_copied_again(history: Client) -> None:
    history.command("delete from observations where value = 12")
    history.command("delete from events where JSONExtractString(properties, 'name') = 'likes'")
    found = observations(history)
    assert (found.compared, found.differing) == (4, 2)
    lacks, is_none = event_of(TWO)["id"], event_of(LIKES)["id"]
    at = iso(NOON - DAY)
    assert found.named == (
        f"likes of ann on youtube at {at}, {is_none}: a copy of no event",
        f"views of ann on youtube at {at}, {lacks}: not copied",
    )
    history.command(sql.query("archive/copy_observations"))
    assert observations(history).differing == 1
