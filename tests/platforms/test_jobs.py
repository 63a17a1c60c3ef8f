"""The job that looks at accounts, and what is measured of it."""

from __future__ import annotations

from aiohttp.test_utils import TestClient, TestServer

from connecting import connect
from real_servers import TestRedis
from server.app import init_app
from server.door.tokens import mint
from server.jobs.platforms import platforms
from server.platforms.resource import PLATFORMS
from streakline.platforms.connectors.syncs import packed, unpacked
from streakline.settings import Settings
from streakline.streams import keys
from wire import SECRET, Client, eventually
from youtube_server import Channel, YouTubeServer

ANN = mint(SECRET, "read:self", sub="ann")


async def connected(ours: Client, youtube: YouTubeServer, redis_server: TestRedis) -> bytes:
    """Connect a channel; return what is known of it once it was looked at."""
    youtube.add(Channel("UC1", "Ann's channel", statistics={"viewCount": 7}))
    url = str(ours.make_url("")).rstrip("/")
    assert (await connect(ours.session, url, ANN, youtube, "youtube", "ann", "UC1")).status == 200
    with redis_server.client() as redis:

        def known() -> list[bytes]:
            return [held for held in redis.hvals(keys.PLATFORM_SYNCS) if unpacked(held).ended]

        await eventually(lambda: bool(known()))
        return known()[0]


async def test_the_job_looks_at_whoever_is_due(
    ours: Client, youtube: YouTubeServer, redis_server: TestRedis
) -> None:
    await connected(ours, youtube, redis_server)
    app = ours.server.app  # type: ignore[attr-defined]
    asked = len(youtube.record)
    await platforms(app)
    assert len(youtube.record) == asked  # not due for four hours
    with redis_server.client() as redis:
        [(id_, held)] = redis.hgetall(keys.PLATFORM_SYNCS).items()
        sync = unpacked(held)
        assert sync.due - sync.ended == 4 * 3_600_000
        redis.hset(keys.PLATFORM_SYNCS, id_, packed(type(sync)(due=0)))
        await platforms(app)
        assert len(youtube.record) > asked
        assert unpacked(redis.hget(keys.PLATFORM_SYNCS, id_)).outcome == "done"


async def test_a_process_without_events_of_others_looks_and_writes_too(
    settings: Settings, ours: Client, youtube: YouTubeServer, redis_server: TestRedis
) -> None:
    await connected(ours, youtube, redis_server)
    with redis_server.client() as redis:
        [id_] = redis.hkeys(keys.PLATFORM_SYNCS)
        youtube.channels["UC1"].statistics["viewCount"] = 8
        jobs: Client = TestClient(TestServer(init_app(_with(settings, roles=("jobs",)))))
        await jobs.start_server()
        try:
            redis.hset(keys.PLATFORM_SYNCS, id_, packed(type(unpacked(None))(due=0)))
            await platforms(jobs.server.app)  # type: ignore[attr-defined]
            sync = unpacked(redis.hget(keys.PLATFORM_SYNCS, id_))
        finally:
            await jobs.close()
    assert (sync.outcome, sync.values) == ("done", 1)


async def test_how_looks_went_and_how_long_platforms_took_is_measured(
    ours: Client, youtube: YouTubeServer, redis_server: TestRedis
) -> None:
    await connected(ours, youtube, redis_server)
    async with ours.get("/metrics") as answer:
        text = await answer.text()
    assert 'streakline_platform_syncs_total{outcome="done",platform="youtube"} 1.0' in text
    assert 'streakline_platform_requests_total{outcome="2xx",platform="youtube"}' in text
    assert 'streakline_platform_seconds_count{platform="youtube"}' in text


async def test_an_installation_that_is_no_application_has_nothing_to_do(
    settings: Settings, youtube: YouTubeServer
) -> None:
    client: Client = TestClient(TestServer(init_app(_with(settings, platforms=""))))
    await client.start_server()
    try:
        await platforms(client.server.app)  # type: ignore[attr-defined]
        assert PLATFORMS not in client.server.app  # type: ignore[attr-defined]
    finally:
        await client.close()


def _with(settings: Settings, **changed: object) -> Settings:
    held = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return Settings(**{**held, **changed})
