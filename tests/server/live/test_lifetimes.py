"""Lifetimes of watched contents, from what archive and the content flow keep in Redis."""

import asyncio
import random
from collections import defaultdict

import msgspec
from structlog.testing import capture_logs

from live_sockets import SECONDS, hear, hear_until, subscribed
from live_states import say
from real_servers import TestRedis
from server.live.feed import FEED
from server.live.lifetimes import Lifetimes
from server.resources.redis_client import Installation, redis_client
from streakline.live.overview import totals
from streakline.live.state import Standing
from streakline.measures import MEASURES, pack_counts
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.streams.partitions import Partitions
from streakline.streams.states import Base, Content
from streakline.times import QUARTER_MS, bucket_of
from wire import Serve, eventually, now_ms

HERE = Installation(7, Partitions(4, 4))
NOW = bucket_of(1_763_700_000_000)
BUCKETS = [NOW - back * QUARTER_MS for back in range(6)]


def plays(number: int) -> list[int]:
    return [number if name in {"plays", "starts"} else 0 for name in MEASURES]


def added(rows: list[list[int]]) -> list[int]:
    return [sum(column) for column in zip([0] * len(MEASURES), *rows, strict=True)]


def shard_of(content: str, seed: int = HERE.seed) -> int:
    return hash64(content, seed) % HERE.shards


async def test_the_lifetimes_of_all_contents_add_up_to_the_site_s(redis_server: TestRedis) -> None:
    chance, standing = random.Random(7), Standing()
    names = [f"song-{number}" for number in range(40)]
    wanted, upto = (
        dict.fromkeys(names, 0),
        {shard: NOW - chance.randrange(1, 5) * QUARTER_MS for shard in range(4)},
    )
    opened: dict[int, dict[int, list[list[int]]]] = defaultdict(lambda: defaultdict(list))
    bases: dict[int, list[list[int]]] = defaultdict(list)
    with redis_server.client() as client:
        for name in names:
            shard = shard_of(name)
            if chance.random() < 0.7:
                wanted[name] += (count := chance.randrange(100))
                bases[shard].append(plays(count))
                client.hset(keys.base(shard), keys.base_field(name), pack_counts(plays(count), {}))
            for bucket in chance.sample(BUCKETS, 3):
                count = chance.randrange(100)
                wanted[name] += count if bucket > upto[shard] else 0
                opened[shard][bucket].append(plays(count))
                client.hset(keys.open_bucket(shard, bucket), name, pack_counts(plays(count), {}))
        contents, held = {}, {}
        for shard in range(4):
            client.hset(keys.base(shard), "upto", upto[shard])
            contents[shard] = Content(open={bucket: added(rows) for bucket, rows in opened[shard].items()})
            held[shard] = Base(upto[shard], added(bases[shard]))
            standing.apply("content", shard, f"{NOW}-0", msgspec.msgpack.encode(contents[shard]))
            standing.apply("base", shard, "", msgspec.msgpack.encode(held[shard]))
    reader = redis_client(redis_server.url)
    lifetimes = Lifetimes(reader, HERE)
    await lifetimes.read([*names, "never heard of"], standing)
    await reader.aclose()
    assert {name: lifetimes.totals[name]["plays"] for name in names} == wanted
    assert set(lifetimes.totals["never heard of"].values()) == {0}
    site = totals(contents, held)
    assert {name: sum(own[name] for own in lifetimes.totals.values()) for name in site} == site


async def test_a_close_moves_counts_to_the_base_and_nobody_sees_them_missing_or_twice(
    serve: Serve, redis_server: TestRedis
) -> None:
    client, now = await serve(), bucket_of(now_ms())
    with redis_server.client() as writer:
        shard = shard_of("song", int(writer.get(keys.SEED) or 0))
        starts = [now - back * QUARTER_MS for back in range(9, -1, -1)]

        def stood(closed: int) -> None:
            """Write the state in which so many buckets of ten plays each are closed."""
            upto, left = ([0, *starts])[closed], starts[closed:]
            moved = writer.pipeline(transaction=True)
            moved.hset(
                keys.base(shard), mapping={"upto": upto, "c:song": pack_counts(plays(10 * closed), {})}
            )
            moved.delete(*(keys.open_bucket(shard, start) for start in starts))
            for start in left:
                moved.hset(keys.open_bucket(shard, start), "song", pack_counts(plays(10), {}))
            moved.execute()
            say(writer, "base", shard, Base(upto, plays(10 * closed)), now)

        say(writer, "content", shard, Content(open={start: plays(10) for start in starts}), now)
        stood(0)
        await eventually(lambda: len(client.app[FEED].standing.open_buckets(shard)) == len(starts))
        ws = await subscribed(client, "content:song", "overview")
        shown = [(await hear(ws))["data"]["totals"]["plays"]]
        for closed in range(1, 10):
            stood(closed)
            await asyncio.sleep(0)
        more = Content(open={start: plays(10) for start in starts[9:]} | {now: plays(11)})
        writer.hset(keys.open_bucket(shard, now), "song", pack_counts(plays(11), {}))
        say(writer, "content", shard, more, now)
        async with asyncio.timeout(SECONDS):
            while shown[-1] != 101:
                message = await hear(ws)
                if message.get("topic") == "content:song" and "totals" in message["data"]:
                    shown.append(message["data"]["totals"]["plays"])
    assert set(shown) == {100, 101}


async def test_where_redis_does_not_answer_lifetimes_stand_as_they_stood() -> None:
    away = redis_client("redis://127.0.0.1:1")
    lifetimes = Lifetimes(away, HERE)
    lifetimes.totals["song"] = {"plays": 3}
    with capture_logs() as logs:
        await lifetimes.read(["song", "other"], Standing())
    await away.aclose()
    assert lifetimes.totals == {"song": {"plays": 3}}
    assert [entry["event"] for entry in logs] == ["lifetimes_not_read"]
    lifetimes.keep(["other"])
    assert lifetimes.totals == {}


async def test_what_others_wrote_into_a_base_is_named_and_hides_nobody_else(redis_server: TestRedis) -> None:
    good, bad = "song-1", next(f"s{n}" for n in range(99) if shard_of(f"s{n}") == shard_of("song-1"))
    with redis_server.client() as client:
        base = keys.base(shard_of(good))
        client.hset(base, mapping={"upto": NOW, "c:song-1": pack_counts(plays(5), {}), f"c:{bad}": b"\xff"})
    reader = redis_client(redis_server.url)
    lifetimes = Lifetimes(reader, HERE)
    with capture_logs() as logs:
        await lifetimes.read([good, bad], Standing())
    await reader.aclose()
    assert {name: row["plays"] for name, row in lifetimes.totals.items()} == {good: 5}
    assert [entry["event"] for entry in logs] == ["lifetime_unreadable"]


async def test_a_snapshot_of_a_content_has_its_lifetime_at_once(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.client() as writer:
        shard = shard_of("song", int(writer.get(keys.SEED) or 0))
        writer.hset(keys.base(shard), mapping={"upto": NOW, "c:song": pack_counts(plays(5), {})})
    ws = await subscribed(client, "content:song")
    assert (await hear(ws))["data"]["totals"]["plays"] == 5
    with redis_server.client() as writer:
        writer.hset(keys.base(shard), "c:song", pack_counts(plays(6), {}))
        say(writer, "base", shard, Base(NOW, plays(6)), now_ms())
    message = await hear_until(ws, "totals", dict(zip([*MEASURES, "skips"], [*plays(6), 0], strict=True)))
    assert message["type"] == "update"
