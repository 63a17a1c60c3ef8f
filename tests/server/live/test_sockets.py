"""The live protocol over real sockets, fed by what the flows would write."""

import json

from aiohttp import WSMsgType

from live_sockets import LIVE, SECONDS, fill, hear, hear_until, subscribed
from live_states import content, say, viewers
from real_servers import TestRedis
from server.live.broadcast import BROADCAST
from streakline.live.overview import DEFINITIONS
from streakline.streams import keys
from wire import Serve, eventually, golden, now_ms, shape


async def test_the_snapshot_is_what_stands_in_redis_when_the_server_starts(
    serve: Serve, redis_server: TestRedis
) -> None:
    last = fill(redis_server)
    ws = await subscribed(await serve(), "overview", "top:plays")
    overview, top = await hear(ws), await hear(ws)
    assert ws.protocol == "streakline.v1"
    assert shape(overview) == shape(golden("live_snapshot_overview")) | {"data": shape(overview["data"])}
    assert set(overview["data"]) == set(golden("live_snapshot_overview")["data"])
    assert overview["seq"] == last
    assert overview["data"]["activeUsers"] == 16
    assert overview["data"]["lastHour"]["plays"] == 12
    assert overview["data"]["totals"]["plays"] == 412
    assert shape(top) == shape(golden("live_snapshot_top_plays"))


async def test_an_update_brings_changed_members_only(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "overview")
    first = await hear(ws)
    with redis_server.client() as redis:
        last = say(redis, "viewers", 0, viewers(5), now_ms())
    update = await hear(ws)
    assert (update["type"], update["topic"], update["epoch"]) == ("update", "overview", first["epoch"])
    assert update["seq"] == last
    assert update["data"]["activeUsers"] == 17
    assert "totals" not in update["data"]


async def test_many_changes_become_few_updates(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "overview")
    await hear(ws)
    with redis_server.client() as redis:
        for active in range(200):
            say(redis, "viewers", 0, viewers(active), now_ms())
    updates = 0
    while True:
        updates += 1
        if (await hear(ws))["data"].get("activeUsers") == 12 + 199:
            break
    assert updates < 20


async def test_who_comes_back_goes_on_where_he_stopped(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    client = await serve()
    ws = await subscribed(client, "overview")
    first = await hear(ws)
    await ws.close()
    with redis_server.client() as redis:
        say(redis, "viewers", 0, viewers(50), now_ms())
    watch = await subscribed(client, "overview")
    await hear_until(watch, "activeUsers", 62)

    ws = await client.ws_connect(LIVE)
    since = {"overview": {"epoch": first["epoch"], "seq": first["seq"]}}
    await ws.send_json({"type": "subscribe", "topics": ["overview"], "since": since})
    assert await hear(ws) == golden("live_resumed")
    update = await hear(ws)
    assert (update["type"], update["data"]["activeUsers"]) == ("update", 62)


async def test_who_comes_back_too_late_is_told_and_gets_the_whole(
    serve: Serve, redis_server: TestRedis
) -> None:
    fill(redis_server)
    ws = await (await serve()).ws_connect(LIVE)
    since = {"overview": {"epoch": "long ago", "seq": "1-0"}}
    await ws.send_json({"type": "subscribe", "topics": ["overview"], "since": since})
    assert await hear(ws) == golden("live_resumed") | {"recovered": False}
    assert (await hear(ws))["type"] == "snapshot"


async def test_another_server_resumes_what_this_one_began(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    one, other = await serve(), await serve()
    first = await hear(await subscribed(one, "overview"))
    ws = await other.ws_connect(LIVE)
    since = {"overview": {"epoch": first["epoch"], "seq": first["seq"]}}
    await ws.send_json({"type": "subscribe", "topics": ["overview"], "since": since})
    assert await hear(ws) == golden("live_resumed")


async def test_a_redis_that_lost_its_stream_begins_a_new_epoch(serve: Serve, redis_server: TestRedis) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "overview")
    first = await hear(ws)
    redis_server.empty()
    redis_server.restart()
    fresh = await hear_until(ws, "activeUsers", 0)
    assert fresh["type"] == "snapshot"
    assert fresh["epoch"] != first["epoch"]


async def test_a_watched_content_is_named_to_the_flow_and_updated(
    serve: Serve, redis_server: TestRedis
) -> None:
    fill(redis_server)
    ws = await subscribed(await serve(), "content:track-1")
    snapshot = await hear(ws)
    assert shape(snapshot) == shape(golden("live_snapshot_content"))
    with redis_server.client() as redis:
        await eventually(lambda: redis.hexists(keys.SUBSCRIBED, "track-1"))
        assert int(redis.hget(keys.SUBSCRIBED, "track-1") or 0) > now_ms()
        now = now_ms()
        say(redis, "content", 2, content(now, 3, content={"track-1": {"minutes": {}, "listeners": 9}}), now)
    assert (await hear_until(ws, "listeners", 9))["topic"] == "content:track-1"


async def test_a_ping_is_answered(serve: Serve) -> None:
    ws = await (await serve()).ws_connect(LIVE)
    await ws.send_str(json.dumps(golden("client_ping")))
    assert await hear(ws) == golden("live_pong")


async def test_who_unsubscribes_gets_no_more(serve: Serve, redis_server: TestRedis) -> None:
    ws = await subscribed(await serve(), "overview")
    await hear(ws)
    await ws.send_json({"type": "unsubscribe", "topics": ["overview"]})
    await ws.send_json({"type": "ping"})
    assert (await hear(ws))["type"] == "pong"
    fill(redis_server)
    await ws.send_json({"type": "subscribe", "topics": ["top:plays"]})
    assert (await hear(ws))["topic"] == "top:plays"


async def test_a_server_that_stops_says_so(serve: Serve) -> None:
    client = await serve()
    ws = await subscribed(client, "overview")
    await hear(ws)
    assert client.app is not None
    client.app[BROADCAST].end()
    message = await ws.receive(timeout=SECONDS)
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)


async def test_every_number_has_its_definition(serve: Serve) -> None:
    async with (await serve()).get("/api/live/definitions") as response:
        assert response.status == 200
        assert await response.json() == {"definitions": DEFINITIONS}
    told = set(golden("live_snapshot_overview")["data"]) - {"since", "generated"}
    assert told <= set(DEFINITIONS)
