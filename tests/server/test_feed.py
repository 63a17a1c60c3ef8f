"""The feed on a real Redis: what it knows after it could not follow for a while."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from live_states import base, say, viewers
from real_servers import TestRedis
from server.feed import BATCH, Feed
from server.store import redis_client
from streakline import keys
from streakline.standing import OVERVIEW
from wire import now_ms


@pytest.fixture
async def feed(redis_server: TestRedis) -> AsyncIterator[Feed]:
    client: Redis = redis_client(redis_server.url)
    with redis_server.client() as redis:
        say(redis, "base", 0, base(1), now_ms())
    made = Feed(client, 4, generated=False)
    await made.load()
    yield made
    await client.aclose()


async def caught_up(feed: Feed, last: str) -> dict[str, object]:
    """Read to the last update; return the overview."""
    while feed.position != last:
        await feed.follow()
    return feed.standing.topics()[OVERVIEW]


@pytest.mark.parametrize("kept", [BATCH, 4 * BATCH])
async def test_a_server_that_slept_while_updates_were_trimmed_misses_no_base(
    feed: Feed, redis_server: TestRedis, kept: int
) -> None:
    with redis_server.client() as redis:
        say(redis, "base", 0, base(100), now_ms())  # such an update comes again with the next close only
        last = ""
        for active in range(kept + 1):
            last = say(redis, "viewers", 1, viewers(active), now_ms())
        redis.xtrim(keys.UPDATES, maxlen=kept, approximate=False)
    overview = await caught_up(feed, last)
    assert overview["totals"]["plays"] == 100  # type: ignore[index]
    assert overview["activeUsers"] == kept


async def test_a_backlog_that_is_whole_is_read_on(feed: Feed, redis_server: TestRedis) -> None:
    epoch, seen = feed.epoch, []
    with redis_server.client() as redis:
        last = ""
        for active in range(2 * BATCH + 1):
            last = say(redis, "viewers", 1, viewers(active), now_ms())
    while feed.position != last:
        await feed.follow()
        seen.append(feed.position)
    assert len(seen) == 3
    assert feed.epoch == epoch
    assert feed.standing.topics()[OVERVIEW]["activeUsers"] == 2 * BATCH
