"""Counters of contents: base and open quarter hours of Redis, in one read."""

from __future__ import annotations

from typing import Any

import pytest

from live_states import say
from real_servers import TestRedis
from server.live.feed import FEED
from streakline.measures import MEASURES, pack_counts
from streakline.streams import keys
from streakline.streams.states import Content, Viewers
from streakline.times import QUARTER_MS, bucket_of
from wire import Client, Serve, eventually, golden, now_ms, shape

URL = "/api/v1/counters"


def counts(**given: int) -> list[int]:
    return [given.get(name, 0) for name in MEASURES]


async def asked(client: Client, status: int = 200, **parameters: Any) -> dict[str, Any]:
    async with client.get(URL, params=parameters) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_counters_are_what_closed_and_what_is_open_add_up_to(
    serve: Serve, redis_server: TestRedis
) -> None:
    client, now = await serve(shards=1), bucket_of(now_ms())
    closed, counted = (
        counts(plays=5, starts=6, likes=3, unlikes=1),
        counts(plays=2, starts=2, shares=4, likes=1),
    )
    with redis_server.client() as redis:
        say(redis, "content", 0, Content(), now_ms())
        say(redis, "viewers", 0, Viewers(), now_ms())
        redis.hset(keys.base(0), mapping={"upto": now - QUARTER_MS, "c:song": pack_counts(closed, {})})
        for bucket in (now - QUARTER_MS, now):  # the older one is in the base already
            redis.hset(keys.open_bucket(0, bucket), "song", pack_counts(counted, {}))
    await eventually(lambda: client.app[FEED].stale is None)
    # No state has told yet that these quarter hours are open.
    body = await asked(client, content=["song", "nobodys", "song"])
    assert shape(body) == shape(golden("counters"))
    assert body["contents"] == [
        {"contentId": "song", "playCount": 7, "likeCount": 3, "shareCount": 4, "downloadCount": 0},
        {"contentId": "nobodys", "playCount": 0, "likeCount": 0, "shareCount": 0, "downloadCount": 0},
    ]


@pytest.mark.parametrize("contents", [[], [""], ["x" * 501], [f"c{n}" for n in range(101)]])
async def test_contents_that_cannot_be_asked_for_are_refused(serve: Serve, contents: list[str]) -> None:
    body = await asked(await serve(), 400, content=contents)
    assert body["type"].endswith(":content")
