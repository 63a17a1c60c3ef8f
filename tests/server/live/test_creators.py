"""The topic of a creator: whose contents they are by history, what the flow says of them, and who may have it."""

import asyncio
from typing import Any

import pytest

from api_keys import made, revoked
from live_sockets import event_of, hear, hear_until, subscribed
from live_states import base, content, say
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from server.live import creators
from sql.migrate import migrate
from streakline.live.followed import followed
from streakline.live_windows import WINDOWED
from streakline.measures import MEASURES, pack_counts
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.streams.states import Creator
from streakline.times import minute_of
from wire import SECRET, Serve, eventually, golden, now_ms, shape

TOPIC = "creator:band"


def bearer(scope: str = "read:self", *, sub: str = "ann", of: tuple[str, ...] = ("band",)) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, sub=sub, creators=of)}"}


def own(clickhouse: TestClickHouse, version: int, **owners: str) -> None:
    """State whose contents are."""
    with clickhouse.client() as writer:
        rows = [["content", name, "creator", owner, version] for name, owner in owners.items()]
        writer.insert("facts", rows)


def has(client: Any, *contents: str) -> bool:
    """Tell whether the flow is told of exactly these contents of the band."""
    seed = int(client.get(keys.SEED) or 0)
    held = followed(client.hgetall(keys.FOLLOWED), now_ms())
    return {"band": sorted(hash64(one, seed) for one in contents)} == {
        creator: of.tolist() for creator, of in held.items()
    }


@pytest.fixture
def history(clickhouse_server: TestClickHouse) -> TestClickHouse:
    """A history in which the band has three contents, and the duo one."""
    migrate(clickhouse_server.url)
    own(clickhouse_server, 1, song="band", tune="band", air="band", other="duo")
    with clickhouse_server.client() as writer:
        writer.insert(
            "content_plays", [["tune", 9], ["song", 2], ["other", 50]], column_names=["contentId", "plays"]
        )
    return clickhouse_server


def lived(client: Any, **plays: int) -> None:
    """Write lifetimes of contents, in whatever shard they are."""
    for shard in range(4):
        for name, number in plays.items():
            counts = [number if measure in {"plays", "starts"} else 0 for measure in MEASURES]
            client.hset(keys.base(shard), keys.base_field(name), pack_counts(counts, {}))


async def test_a_creator_s_numbers_are_those_of_his_contents_and_follow_them(
    serve: Serve, redis_server: TestRedis, history: TestClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creators, "LISTED_EVERY", 0.0)
    monkeypatch.setattr(creators, "NAMED_EVERY", 0.2)
    client = await serve(history_url=history.history_url)
    with redis_server.client() as redis:
        lived(redis, song=2, tune=9, other=50)
        ws = await subscribed(client, TOPIC, headers=bearer())
        first = await hear(ws)
        assert first["data"]["contents"] == {"followed": 3, "total": 3}
        assert (first["data"]["totals"]["plays"], first["data"]["lastHour"]["plays"]) == (11, 0)
        await eventually(lambda: has(redis, "song", "tune", "air"))

        now = now_ms()
        state = Creator(
            minutes={minute_of(now): [7] * len(WINDOWED)},
            playing=[("song", 2)],
            runningPlays=3,
            top=[("song", 7)],
        )
        for shard in (1, 3):
            say(redis, "content", shard, content(now, 5, creators={"band": state}), now)
        heard = await hear_until(ws, "runningPlays", 6)
        assert heard["data"]["lastHour"] == dict.fromkeys(WINDOWED, 14)
        whole = await hear(await subscribed(client, TOPIC, headers=bearer("read:admin", of=())))
        assert shape(whole) == shape(golden("live_snapshot_creator"))

        own(history, 2, tune="duo", song="band")
        await eventually(lambda: has(redis, "song", "air"))
        say(redis, "base", 0, base(1), now_ms())
        changed = await hear_until(ws, "contents", {"followed": 2, "total": 2})
        assert changed["data"]["totals"]["plays"] == 2
        await ws.send_json({"type": "unsubscribe", "topics": [TOPIC]})


async def test_of_more_contents_than_are_followed_those_with_most_plays_are(
    serve: Serve, redis_server: TestRedis, history: TestClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creators, "MOST", 2)
    client = await serve(history_url=history.history_url)
    ws = await subscribed(client, TOPIC, headers=bearer())
    assert (await hear(ws))["data"]["contents"] == {"followed": 2, "total": 3}
    with redis_server.client() as redis:
        await eventually(lambda: has(redis, "tune", "song"))


async def test_who_listens_to_events_gets_it_too_and_what_nobody_watches_is_forgotten(
    serve: Serve, redis_server: TestRedis, history: TestClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creators, "NAMED_EVERY", 0.1)
    monkeypatch.setattr(creators, "WATCHED_MS", 300)
    client = await serve(history_url=history.history_url)
    async with client.get(f"/api/live/events?topics={TOPIC}", headers=bearer()) as response:
        event = await event_of(response.content)
        assert event["data"]["data"]["contents"]["total"] == 3
        with redis_server.client() as redis:
            await eventually(lambda: has(redis, "song", "tune", "air"))
    await eventually(lambda: not redis.exists(keys.FOLLOWED))


async def test_while_history_is_away_nothing_is_told_as_zero(serve: Serve) -> None:
    client = await serve(history_url="http://history:wrong@127.0.0.1:1/streakline")
    ws = await subscribed(client, TOPIC, headers=bearer())
    assert (await hear(ws))["data"] == {"creatorId": "band"}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "forbidden"),
        (bearer(of=("duo",)), "forbidden"),
        (bearer("read:public write"), "forbidden"),
        (bearer(sub="band", of=()), None),
        (bearer(of=("duo", "band")), None),
        (bearer("read:admin", of=()), None),
        (bearer("admin", of=()), None),
    ],
)
async def test_only_his_own_bearers_and_those_who_read_all_may_have_it(
    serve: Serve, headers: dict[str, str], code: str | None
) -> None:
    client = await serve(history_url="http://history:wrong@127.0.0.1:1/streakline")
    answer = await hear(await subscribed(client, TOPIC, headers=headers))
    assert answer.get("code") == code
    async with (
        asyncio.timeout(60),
        client.get(f"/api/live/events?topics={TOPIC}", headers=headers) as response,
    ):
        assert response.status == (200 if code is None else 403 if headers else 401)


async def test_a_revoked_key_ends_it(serve: Serve) -> None:
    client = await serve(history_url="http://history:wrong@127.0.0.1:1/streakline")
    key = await made(client, "read:self", creators=["band"])
    ws = await subscribed(client, TOPIC, headers={"Authorization": f"Bearer {key['key']}"})
    assert (await hear(ws))["type"] == "snapshot"
    await revoked(client, key["shown"]["id"])
    ended = await hear(ws)
    assert (ended["code"], ended["topic"]) == ("token-expired", TOPIC)
