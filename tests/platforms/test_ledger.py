"""Quotas are counted by all processes together, and never passed."""

from __future__ import annotations

import asyncio

import pytest

from platform_server import Clock
from real_servers import TestRedis
from server.platforms.ledger import Ledger
from server.resources.redis_client import redis_client
from streakline.platforms.connectors.quotas import PACIFIC, Daily, Rate
from streakline.times import DAY_MS, HOUR_MS, MINUTE_MS, parse_when

DAY = Daily(100, PACIFIC)
NIGHT = parse_when("2026-11-01T07:00:00Z")[0]
"""Midnight of the Pacific, of a day of 25 hours."""


async def test_two_processes_spend_a_day_to_the_last_unit_and_no_more(redis_server: TestRedis) -> None:
    clock = Clock(NIGHT + HOUR_MS)
    clients = [redis_client(redis_server.url) for _ in range(2)]
    ledgers = [Ledger(client, clock) for client in clients]
    answers = await asyncio.gather(*(ledgers[n % 2].charge("youtube", "units", DAY, 3) for n in range(60)))
    assert answers.count(0) == 33
    assert set(answers) == {0, NIGHT + 25 * HOUR_MS}
    assert await ledgers[0].used("youtube", "units", DAY) == 99
    clock.now = NIGHT + 25 * HOUR_MS - 1
    assert await ledgers[0].charge("youtube", "units", DAY, 3) != 0
    clock.now += 1
    assert await ledgers[0].used("youtube", "units", DAY) == 0
    assert await ledgers[0].charge("youtube", "units", DAY, 100) == 0
    for client in clients:
        await client.aclose()


@pytest.mark.parametrize("rate", [Rate(100, MINUTE_MS), Rate(75, 15 * MINUTE_MS, 0.8)])
async def test_no_stretch_of_time_lets_more_through_than_allowed(redis_server: TestRedis, rate: Rate) -> None:
    clock = Clock(NIGHT)
    client = redis_client(redis_server.url)
    ledger, let_through = Ledger(client, clock), []
    for _ in range(3 * rate.units):
        while until := await ledger.charge("tiktok", "calls", rate, 1):
            assert until > clock.now
            clock.now = until
        let_through.append(clock.now)
    for begin in let_through:
        assert sum(begin <= at < begin + rate.per for at in let_through) <= rate.units
    # All of it is used, too.
    assert let_through[-1] - let_through[0] <= (3 * rate.units - rate.burst) / rate.per_ms + rate.per
    await client.aclose()


async def test_a_bucket_that_a_platform_closed_stays_so_for_all(redis_server: TestRedis) -> None:
    clock = Clock(NIGHT)
    client = redis_client(redis_server.url)
    one, other = Ledger(client, clock), Ledger(client, clock)
    until = NIGHT + 3 * DAY_MS
    await one.close("twitter", "posts", until)
    await one.close("tiktok", "calls", NIGHT + 5)
    assert await other.charge("twitter", "posts", DAY, 1) == until
    assert await other.charge("tiktok", "calls", Rate(10, MINUTE_MS), 1) == NIGHT + 5
    clock.now = until
    assert await other.charge("twitter", "posts", DAY, 1) == 0
    assert await other.charge("tiktok", "calls", Rate(10, MINUTE_MS), 1) == 0
    await client.aclose()
