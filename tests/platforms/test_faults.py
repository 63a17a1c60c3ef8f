"""Faults of a platform: each is told, other accounts are unharmed, and no zero stands where a value was absent."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from connecting import connect, sync
from platform_server import status
from real_servers import TestRedis
from server.door.tokens import mint
from stored_events import stored
from wire import SECRET, Client
from youtube_server import Channel, Video, YouTubeServer

ADMIN = mint(SECRET, "admin", sub="root")
DAY_MS = 86_400_000


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


def metrics(redis_server: TestRedis) -> list[tuple[str, str, float]]:
    """Return owner, name and value of every number, in the order in which they were written by each owner."""
    rows = [cold for _, _, cold in stored(redis_server) if cold.type == "metric"]
    told = [(cold.userId, json.loads(cold.properties)) for cold in rows]
    return [(owner, one["name"], one["value"]) for owner, one in told]


@pytest.fixture
async def three(ours: Client, youtube: YouTubeServer) -> list[Channel]:
    """Three persons with a channel each."""
    channels = []
    for owner in ("ann", "bob", "cyd"):
        video = Video(f"v-{owner}", "One", "2026-05-01T10:00:00Z", lambda _: {"viewCount": 5})
        channels.append(youtube.add(Channel(f"UC-{owner}", owner, videos=[video])))
        page = await connect(ours.session, address(ours), ADMIN, youtube, "youtube", owner, f"UC-{owner}")
        assert page.status == 200
    for owner in ("ann", "bob", "cyd"):
        assert (await sync(ours.session, address(ours), ADMIN, user=owner, wait="30"))[0] == 200
    return channels


async def test_an_account_that_fails_harms_no_other(
    ours: Client, youtube: YouTubeServer, three: list[Channel]
) -> None:
    youtube.revoke("UC-bob")
    three[2].videos[0].counts = lambda _: {"viewCount": -1}
    found = {}
    for owner in ("ann", "bob", "cyd"):
        code, answer = await sync(ours.session, address(ours), ADMIN, user=owner, wait="30")
        found[owner] = (code, answer.get("detail") or answer["accounts"][0]["fault"])
    assert found["ann"] == (200, "")
    assert found["bob"][0] == 500
    assert "connect the account again" in found["bob"][1]
    assert "'-1' stands where a count of digits should" in found["cyd"][1]


async def test_numbers_that_come_late_and_change_are_told_each_time_and_gaps_stay(
    ours: Client, youtube: YouTubeServer, three: list[Channel], redis_server: TestRedis
) -> None:
    days = [_day(youtube.clock.now, -back) for back in (4, 3)]
    told: list[dict[str, dict[str, Any]]] = [
        {},
        {days[0]: {"views": 10}},
        {days[0]: {"views": 12}, days[1]: {"views": 4, "likes": None}},
        {days[0]: {"views": 10}, days[1]: {"views": 4}},
    ]
    before = Counter(metrics(redis_server))
    for known in told:
        three[0].days = lambda _, known=known: known
        youtube.clock.now += 1_000
        code, answer = await sync(ours.session, address(ours), ADMIN, user="ann", wait="30")
        assert (code, answer["accounts"][0]["outcome"]) == (200, "done")
    new = Counter(metrics(redis_server)) - before
    # 10, then 12, then 10 again; what did not change is not told twice, and what was not told is nothing.
    assert new == Counter(
        {("ann", "viewsOfDay", 10): 2, ("ann", "viewsOfDay", 12): 1, ("ann", "viewsOfDay", 4): 1}
    )


async def test_a_counter_that_falls_is_told_and_a_post_that_vanishes_is_no_zero(
    ours: Client, youtube: YouTubeServer, three: list[Channel], redis_server: TestRedis
) -> None:
    video = three[0].videos[0]
    before = Counter(metrics(redis_server))
    for counts in ({"viewCount": 3}, None, {"viewCount": None}, {"viewCount": 4}):
        video.counts = lambda _, counts=counts: counts
        youtube.clock.now += 1_000
        assert (await sync(ours.session, address(ours), ADMIN, user="ann", wait="30"))[0] == 200
    new = Counter(metrics(redis_server)) - before
    assert new == Counter({("ann", "views", 3): 1, ("ann", "views", 4): 1})


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (status(401, {"error": {"message": "Invalid Credentials"}}), 500, "Invalid Credentials"),
        (
            status(403, {"error": {"message": "Forbidden", "errors": [{"reason": "forbidden"}]}}),
            500,
            "Forbidden",
        ),
        (status(200, text="<html>"), 500, "cannot be read"),
        (status(429, {"error": {"message": "slow down"}}, Retry_After="3600"), 503, "slow down"),
        (status(403, {"error": {"message": "used", "errors": [{"reason": "quotaExceeded"}]}}), 503, "used"),
    ],
)
async def test_each_refusal_is_told_with_when_it_is_tried_again(
    ours: Client, youtube: YouTubeServer, three: list[Channel], fault: Any, code: int, words: str
) -> None:
    youtube.faults.add("channels", fault, fault)
    found, problem = await sync(ours.session, address(ours), ADMIN, user="ann", wait="30")
    assert (found, words in problem["detail"]) == (code, True), problem
    assert "it is tried again at 20" in problem["detail"]
    youtube.faults.queued.clear()


def _day(now: int, days: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp((now + days * DAY_MS) / 1000, UTC).date().isoformat()
