"""Questions of metrics by dimensions: what is asked for is answered, filled, ordered, paged and compared."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client, golden, shape

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
URL, AS_OF = "/api/v1/query", iso(NOON)
WEEK = {"from": iso(NOON - 3 * DAY), "to": AS_OF}


@pytest.fixture(scope="module")
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON - 40 * DAY, "old", 200, source="feed", sessionId="x"),
        play("song", NOON - 2 * DAY, "p1", 100, source="feed", sessionId="x", country="DE", contentType="track"),
        play("song", NOON - 2 * DAY + HOUR, "p2", 5, source="feed", sessionId="x", platform="web"),
        play("song", NOON - DAY, "p3", 200, replayed=True, sessionId="y", userId="ann", country="IN"),
        play("mix", NOON - MINUTE, "p4", 31, source="search", sessionId="z", contentType="mashup"),
        {"id": "l", "type": "like", "contentId": "song", "timestamp": NOON - DAY},
        {"id": "s", "type": "share", "contentId": "song", "timestamp": NOON - DAY, "platform": "mail"},
        {
            "id": "t", "type": "content", "contentId": "song", "timestamp": NOON - DAY,
            "title": "A Song", "creatorId": "band",
        },
    )  # fmt: skip
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    return case


async def asked(client: Client, status: int = 200, **query: Any) -> dict[str, Any]:
    async with client.post(URL, json=query, headers=ADMIN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_days_of_a_content_are_all_there_also_those_of_nothing(client: Client) -> None:
    song = [{"dimension": "content", "operator": "is", "values": ["song"]}]
    body = await asked(client, metrics=["plays", "likes"], dimensions=["day"], filters=song, dateRange=WEEK)
    assert [(row["day"], row["plays"], row["likes"]) for row in body["rows"]] == [
        (iso(NOON - 3 * DAY)[:10], 0, 0),
        (iso(NOON - 2 * DAY)[:10], 1, 0),
        (iso(NOON - DAY)[:10], 1, 1),
        (iso(NOON)[:10], 0, 0),
    ]


METRICS = [
    "plays", "starts", "skips", "replays", "finished", "listeners", "sessions", "users", "hours", "avgDuration",
    "completionRate", "skipRate", "replayRate", "finishRate", "likes", "shares", "events",
]  # fmt: skip


async def test_without_dimensions_there_is_one_row_of_totals(client: Client) -> None:
    body = await asked(client, metrics=METRICS, dateRange=WEEK)
    assert body["rows"] == [
        {
            "plays": 3, "starts": 4, "skips": 1, "replays": 1, "finished": 3, "listeners": 4, "sessions": 3,
            "users": 1, "hours": 0.09, "avgDuration": 110.33, "completionRate": None, "skipRate": 25.0,
            "replayRate": 33.33, "finishRate": 100.0, "likes": 1, "shares": 1, "events": 6,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dimension", "metrics", "rows"),
    [
        ("content", ["plays"], [("song", 2), ("mix", 1)]),
        ("contentType", ["plays"], [("track", 2), ("mashup", 1)]),
        ("creator", ["plays"], [("band", 2), ("unknown", 1)]),
        ("source", ["plays"], [("feed", 1), ("search", 1), ("unknown", 1)]),
        ("country", ["plays"], [("DE", 1), ("IN", 1), ("unknown", 1)]),
        ("platform", ["shares"], [("mail", 1)]),
        ("platform", ["plays", "shares"], [("unknown", 3), ("mail", 0)]),
        ("source", ["listeners"], [("unknown", 2), ("feed", 1), ("search", 1)]),
        ("weekday", ["plays"], None),
        ("hourOfDay", ["plays"], None),
        ("hour", ["plays"], None),
        ("quarterHour", ["plays"], None),
        ("week", ["plays"], None),
        ("month", ["plays", "listeners"], None),
        ("quarter", ["plays"], None),
        ("year", ["plays", "skipRate"], None),
    ],
)
async def test_every_dimension_adds_up(
    client: Client, dimension: str, metrics: list[str], rows: list[tuple[str, int]] | None
) -> None:
    body = await asked(client, metrics=metrics, dimensions=[dimension], dateRange=WEEK, tz="Asia/Kathmandu")
    if rows is not None:
        assert [(row[dimension], row[metrics[0]]) for row in body["rows"]] == rows
    else:
        assert sum(row["plays"] for row in body["rows"]) == 3


async def test_an_answer_says_what_it_is_of_and_what_of_it_may_still_change(client: Client) -> None:
    query = {
        "metrics": ["plays", "listeners"], "dimensions": ["content", "month"], "timeRange": "7d", "asOf": AS_OF,
        "tz": "Asia/Kolkata", "compare": "previous",
    }  # fmt: skip
    body = await asked(client, **query)
    assert shape(body) == shape(golden("query"))
    meta = body["meta"]
    assert meta["range"] == {"from": iso(NOON - 7 * DAY), "to": AS_OF}
    assert meta["compared"] == {"from": iso(NOON - 14 * DAY), "to": iso(NOON - 7 * DAY)}
    assert meta["titles"] == {"song": "A Song"}
    assert meta["approximate"] == {"listeners": "estimated by a sketch, within 1 %"}
    assert meta["incomplete"] == []
    assert meta["partial"] == ["2026-09"]
    assert meta["metrics"]["plays"] == {"label": "Plays", "words": "plays that count", "unit": "count"}


async def test_open_quarter_hours_are_named(client: Client) -> None:
    body = await asked(client, metrics=["plays"], asOf=iso(NOON + 14 * HOUR))
    [open_] = body["meta"]["incomplete"]
    assert open_["reason"] == "open-quarter-hours"
    assert iso(NOON + 13 * HOUR) <= open_["from"] <= iso(NOON + 14 * HOUR)


async def test_pages_follow_each_other_without_a_gap(client: Client) -> None:
    query = {"metrics": ["plays"], "dimensions": ["minute"], "dateRange": WEEK, "asOf": None}
    whole = (await asked(client, **query, limit=10_000))["rows"]
    assert len(whole) == 3 * 24 * 60
    rows, cursor = list[Any](), None
    while True:
        body = await asked(client, **query, limit=999, cursor=cursor)
        rows += body["rows"]
        cursor = body["nextCursor"]
        if cursor is None:
            break
    assert rows == whole
    assert sum(row["plays"] for row in rows) == 3


async def test_what_may_be_asked_is_told_in_words(client: Client) -> None:
    async with client.get(f"{URL}/definitions", headers=ADMIN) as response:
        assert await response.json() == golden("query_definitions")
        tag = response.headers["ETag"]
    async with client.get(f"{URL}/definitions", headers={**ADMIN, "If-None-Match": tag}) as response:
        assert response.status == 304


async def test_what_is_compared_with_has_its_numbers_and_the_change(client: Client) -> None:
    yesterday = iso(NOON - DAY)[:10]
    query = {
        "metrics": ["plays", "likes", "shares", "skips", "skipRate"], "dimensions": ["content", "day"],
        "dateRange": {"from": yesterday, "to": yesterday}, "compare": "previous",
    }  # fmt: skip
    body = await asked(client, **query)
    assert body["meta"]["compared"]["from"][:10] == iso(NOON - 2 * DAY)[:10]
    [row] = body["rows"]
    assert row["compared"] == {"plays": 1, "likes": 0, "shares": 0, "skips": 1, "skipRate": 50.0}
    assert row["change"] == {"plays": 0.0, "likes": None, "shares": None, "skips": -100.0, "skipRate": -100.0}
    by_content = await asked(client, **query | {"dimensions": ["content"]})
    whole = await asked(client, **query | {"dimensions": []})
    for other in (by_content["rows"], whole["rows"]):
        assert [(one["compared"], one["change"]) for one in other] == [(row["compared"], row["change"])]


@pytest.mark.parametrize(("name", "back"), [("weekdays", 7), ("year_before", 365)])
async def test_other_comparisons_move_the_range_by_the_calendar(client: Client, name: str, back: int) -> None:
    day = iso(NOON - 2 * DAY)[:10]
    body = await asked(
        client, metrics=["plays"], dimensions=["hourOfDay"], dateRange={"from": day, "to": day}, compare=name
    )
    assert body["meta"]["compared"]["from"] == iso(NOON - (2 + back) * DAY)[:10] + "T00:00:00.000Z"
    assert sum(row["plays"] for row in body["rows"]) == 1
    assert sum(row["compared"]["plays"] for row in body["rows"]) == 0


async def test_all_begins_with_the_first_event_by_any_bucket(client: Client) -> None:
    for bucket in ("day", "hour"):
        body = await asked(
            client, metrics=["plays"], dimensions=[bucket], timeRange="all", asOf=AS_OF, limit=10_000
        )
        assert body["rows"][0]["plays"] == 1
        assert body["rows"][0]["start"][:10] == iso(NOON - 40 * DAY)[:10]
        assert sum(row["plays"] for row in body["rows"]) == 4
    before = await asked(client, metrics=["plays"], dimensions=["day"], timeRange="all", asOf="2001-01-01")
    assert before["rows"] == []
