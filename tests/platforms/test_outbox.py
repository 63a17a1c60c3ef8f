"""What was found is written once, whoever dies amid it."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from aiohttp.test_utils import TestClient, TestServer

from connecting import connect, sync
from real_servers import TestRedis
from server.app import init_app
from server.door.tokens import mint
from server.platforms.resource import PLATFORMS
from stored_events import stored
from streakline.platforms.connectors.syncs import unpacked
from streakline.settings import Settings
from streakline.streams import keys
from wire import SECRET, Client
from youtube_server import Channel, Video, YouTubeServer

ANN = mint(SECRET, "read:self", sub="ann")


def address(client: Client) -> str:
    return str(client.make_url("")).rstrip("/")


@pytest.fixture
async def channel(ours: Client, youtube: YouTubeServer) -> Channel:
    """A channel with more videos than are written at once, connected and looked at."""
    videos = [
        Video(f"v{n}", f"Video {n}", "2026-05-01T10:00:00Z", lambda _: {"viewCount": 5, "likeCount": 1})
        for n in range(300)
    ]
    channel = youtube.add(Channel("UC1", "Ann's channel", videos=videos))
    assert (await connect(ours.session, address(ours), ANN, youtube, "youtube", "ann", "UC1")).status == 200
    assert (await sync(ours.session, address(ours), ANN, wait="30"))[0] == 200
    return channel


def written(redis_server: TestRedis) -> Counter[tuple[str, str]]:
    """Return kind and id of every event in the streams."""
    return Counter((cold.type, cold.id) for _, _, cold in stored(redis_server))


async def test_many_numbers_are_written_in_pieces(channel: Channel, redis_server: TestRedis) -> None:
    found = written(redis_server)
    assert set(found.values()) == {1}
    assert Counter(kind for kind, _ in found) == Counter(metric=600, content=300)


async def test_who_dies_before_he_knows_sends_the_same_again(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    outbox = ours.server.app[PLATFORMS].syncs._outbox  # type: ignore[attr-defined]
    youtube.clock.now += 60_000
    for video in channel.videos:
        video.counts = lambda _: {"viewCount": 6}

    class Killed(BaseException):
        """The process ended here."""

    pipeline = outbox._redis.pipeline

    def dies(**_: object) -> None:
        raise Killed

    before = written(redis_server)
    [connection] = ours.server.app[PLATFORMS].connections.known.connections.values()  # type: ignore[attr-defined]
    monkeypatch.setattr(outbox._redis, "pipeline", dies)
    task = ours.server.app[PLATFORMS].syncs.begin(connection)  # type: ignore[attr-defined]
    await asyncio.wait([task])
    assert isinstance(task.exception(), Killed)
    monkeypatch.setattr(outbox._redis, "pipeline", pipeline)
    with redis_server.client() as redis:
        assert redis.exists(keys.platform_pending(connection.id))
        redis.delete(keys.platform_lock(connection.id))  # it expires of a process that is dead
    once = written(redis_server) - before
    status, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (status, answer["accounts"][0]["outcome"]) == (200, "done")
    twice = written(redis_server) - before
    # The same ids came again, and count once; nothing else did.
    assert set(twice) == set(once)
    assert Counter(kind for kind, _ in twice) == Counter(metric=300)


async def test_while_nothing_can_be_written_nothing_is_lost(
    ours: Client, youtube: YouTubeServer, channel: Channel, redis_server: TestRedis, settings: Settings
) -> None:
    held = {name: getattr(settings, name) for name in settings.__struct_fields__}
    full: Client = TestClient(TestServer(init_app(Settings(**held | {"min_free_mb": 10**9}))))
    await full.start_server()
    youtube.clock.now += 60_000
    channel.videos[0].counts = lambda _: {"viewCount": 6}
    try:
        await full.server.app[PLATFORMS].connections.look()  # type: ignore[attr-defined]
        status, problem = await sync(full.session, address(full), ANN, wait="30")
    finally:
        await full.close()
    assert (status, "nothing can be written here" in problem["detail"]) == (503, True)
    status, answer = await sync(ours.session, address(ours), ANN, wait="30")
    assert (status, answer["accounts"][0]["values"]) == (200, 1)
    with redis_server.client() as redis:
        [known] = redis.hvals(keys.PLATFORM_SYNCS)
    assert unpacked(known).outcome == "done"
