"""The feed on a real Redis: what it knows after it could not follow for a while."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from live_states import base, content, say, viewers
from real_servers import TestRedis
from server.live.feed import BATCH, Feed
from server.resources.redis_client import redis_client
from streakline.live.state import OVERVIEW
from streakline.streams import keys
from streakline.streams.partitions import Partitions
from streakline.times import MINUTE_MS, enc
from wire import now_ms


@pytest.fixture
async def feed(redis_server: TestRedis) -> AsyncIterator[Feed]:
    client: Redis = redis_client(redis_server.url)
    with redis_server.client() as redis:
        say(redis, "base", 0, base(1), 1)
    made = Feed(client, Partitions(4, 4), generated=False)
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


@pytest.mark.parametrize(("shards", "parts"), [(2, 3), (3, 2)])
async def test_a_state_of_what_is_not_there_is_a_dead_letter(
    redis_server: TestRedis, shards: int, parts: int
) -> None:
    client: Redis = redis_client(redis_server.url)
    feed = Feed(client, Partitions(shards, parts), generated=False)
    await feed.load()
    with redis_server.client() as redis:
        for number in range(4):
            say(redis, "viewers", number, viewers(1), now_ms())
            last = say(redis, "content", number, content(now_ms(), 1), now_ms())
        overview = await caught_up(feed, last)
        assert redis.xlen(keys.DEAD) == 4 - shards + 4 - parts
    assert (overview["activeUsers"], overview["lastHour"]["plays"]) == (parts, shards)  # type: ignore[index]
    await client.aclose()


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


def silent_since(redis_server: TestRedis, at_ms: int, *, covered: bool) -> None:
    """Write what stands when the last entry of one shard came at a time, and whether the flows have covered it."""
    last = f"{at_ms}-0"
    with redis_server.client() as redis:
        redis.xadd(keys.events(0), {"v": "1"}, id=last)
        redis.hset(keys.progress(0), "content", last if covered else "1-0")
        for part in range(4):
            redis.hset(keys.progress(part), "viewers:u:0", last)
            say(redis, "viewers", part, viewers(3), at_ms)
        say(redis, "content", 0, content(at_ms, 7), at_ms)


async def test_when_nobody_writes_ticks_the_windows_go_on_to_now(feed: Feed, redis_server: TestRedis) -> None:
    silent_since(redis_server, now_ms() - 61 * MINUTE_MS, covered=True)
    await feed.load()
    before, seq = feed.standing.topics()[OVERVIEW], feed.seq
    await feed.let_time_pass()
    after = feed.standing.topics()[OVERVIEW]
    assert (before["runningPlays"], before["lastHour"]["plays"], len(before["playingNow"])) == (0, 7, 1)
    assert (after["lastHour"]["plays"], len(after["playingNow"])) == (0, 0)
    assert after["perMinute"][-1]["at"] > before["perMinute"][-1]["at"]
    assert enc(feed.seq) > enc(seq) == enc(feed.position)
    seq = feed.seq
    await feed.load()  # as after a connection that broke
    assert enc(feed.seq) > enc(seq)
    with redis_server.client() as redis:
        last = say(redis, "viewers", 1, viewers(9), now_ms())
    await feed.follow()
    assert feed.seq == last


async def test_while_a_flow_is_behind_the_windows_stand(feed: Feed, redis_server: TestRedis) -> None:
    silent_since(redis_server, now_ms() - 61 * MINUTE_MS, covered=False)
    await feed.load()
    before = feed.standing.topics()
    await feed.let_time_pass()
    assert feed.standing.topics() == before
    assert feed.seq == feed.position


async def test_while_there_is_news_time_does_not_pass(feed: Feed, redis_server: TestRedis) -> None:
    silent_since(redis_server, now_ms() - 61 * MINUTE_MS, covered=True)
    await feed.let_time_pass()
    assert feed.seq == feed.position


async def test_a_stopped_clock_is_noticed_by_the_silence(
    feed: Feed, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent_since(redis_server, now_ms() - 61 * MINUTE_MS, covered=True)
    await feed.load()
    await feed.follow()
    assert feed.standing.topics()[OVERVIEW]["lastHour"]["plays"] == 7
    monkeypatch.setattr("server.live.feed.QUIET", 0.0)
    await feed.follow()
    assert feed.standing.topics()[OVERVIEW]["lastHour"]["plays"] == 0
