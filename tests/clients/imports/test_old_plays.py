"""Plays between two hours and ten years old, posted while live traffic runs."""

import asyncio
import random
import time
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from running_stack import RunningStack
from streakline_client import Client, uuid7

pytestmark = pytest.mark.stack

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def old_plays(draw: random.Random, now: int, number: int = 1_000) -> list[dict[str, Any]]:
    """Return plays whose ages are spread evenly over the orders of magnitude."""
    plays = []
    for n in range(number):
        age = round(2 * HOUR_MS * (3650 * DAY_MS / (2 * HOUR_MS)) ** draw.random())
        plays.append({
            "id": uuid7(), "type": "play", "contentId": f"old {n % 40}", "contentType": "track",
            "userId": f"old fan {n % 90}", "sessionId": f"old session {n % 200}", "timestamp": now - age,
            "duration": draw.choice([3, 19, 20, 31, 200]),
        })  # fmt: skip
    return plays


async def test_every_view_is_right_when_settled_and_no_live_window_has_moved(
    stack: RunningStack, history: ClickHouse
):
    now = time.time_ns() // 1_000_000
    old = old_plays(random.Random(9), now)
    counted = [play for play in old if play["duration"] >= 20]
    posted = 0
    async with Client(stack.url, stack.token) as client, client.live(["overview"]) as live:
        # One event for every shard: what earlier tests left behind is over when these have settled.
        marks = [
            {"id": uuid7(), "type": "like", "contentId": f"mark {n}", "sessionId": "m"} for n in range(40)
        ]
        receipt = await client.post({**mark, "timestamp": now} for mark in marks)
        assert receipt.accepted == 40
        await client.settled(receipt.position)
        async for message in live:
            before = message.state
            break
        stop = asyncio.Event()

        async def live_traffic() -> str:
            nonlocal posted
            position = ""
            while not stop.is_set():
                at = time.time_ns() // 1_000_000
                plays = [
                    {
                        "id": uuid7(),
                        "type": "play",
                        "contentId": f"new {n}",
                        "sessionId": f"{n}",
                        "timestamp": at,
                    }
                    for n in range(20)
                ]
                position = (await client.post(plays)).position
                posted += len(plays)
                await asyncio.sleep(0.05)
            return position

        traffic = asyncio.create_task(live_traffic())
        receipts = [await client.post(old[begin : begin + 100]) for begin in range(0, len(old), 100)]
        await client.settled(receipts[-1].position, wait=100)
        for receipt in receipts:
            await client.settled(receipt.position)

        query = "select trackId, sum(totalPlays) from {view:Identifier} where trackId like 'old %' group by 1"
        wanted: dict[str, int] = {}
        for play in counted:
            wanted[play["contentId"]] = wanted.get(play["contentId"], 0) + 1
        for view in ("daily_stats", "weekly_stats", "monthly_stats", "yearly_stats"):
            rows = history.query(query, parameters={"view": view}).result_rows
            assert {row[0]: row[1] for row in rows if row[1]} == wanted, view

        stop.set()
        await client.settled(await traffic)
    async with Client(stack.url, stack.token) as client, client.live(["overview"]) as live:
        async for message in live:
            after = message.state
            break
    assert after["totals"]["plays"] - before["totals"]["plays"] == len(counted) + posted
    assert after["totals"]["starts"] - before["totals"]["starts"] == len(old) + posted
    # Plays of earlier tests may have left the hour meanwhile; none of the old ones came into it.
    assert after["lastHour"]["plays"] - before["lastHour"]["plays"] <= posted
    new = [row["plays"] for row in after["perMinute"] if row["at"] >= now // 60_000 * 60_000]
    assert sum(new) >= posted
    assert after["lastHour"]["plays"] == sum(row["plays"] for row in after["perMinute"])
