"""Pages of a question follow each other without a gap, whatever they are ordered by."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
WEEK = {"from": iso(NOON - 3 * DAY), "to": iso(NOON)}


async def asked(client: Client, **query: Any) -> dict[str, Any]:
    async with client.post("/api/v1/query", json=query, headers=ADMIN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 200, body
        return body


@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_pages_of_contents_follow_each_other_also_where_numbers_are_equal_or_none(
    client: Client, case: Case, direction: str
) -> None:
    songs = [play("song", NOON - DAY, "p", 200, replayed=True), play("mix", NOON - MINUTE, "q", 31)]
    case.feed.send(NOON + MINUTE, *songs)
    case.settle()
    case.close_all(NOON + 14 * HOUR)
    late = [play(f"c{n:02}", NOON - HOUR, f"m{n}", 30 if n % 3 else 4) for n in range(20)]
    case.feed.send(NOON + 14 * HOUR, *late)
    case.settle()
    query = {
        "metrics": ["replayRate", "starts"], "dimensions": ["content"], "dateRange": WEEK,
        "orderBy": [{"by": "replayRate", "direction": direction}],
    }  # fmt: skip
    whole = (await asked(client, **query))["rows"]
    assert len(whole) == 22
    numbers = [-1 if row["replayRate"] is None else row["replayRate"] for row in whole]
    assert numbers == sorted(numbers, reverse=direction == "desc")
    rows, cursor = list[Any](), None
    while True:
        body = await asked(client, **query, limit=3, cursor=cursor)
        rows += body["rows"]
        cursor = body["nextCursor"]
        if cursor is None:
            break
    assert rows == whole
