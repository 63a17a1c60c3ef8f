"""Waves: requests that come together are written together, and each is told."""

import asyncio
from typing import Any

import pytest
import zstandard

from real_servers import TestRedis
from server.ingest import waves
from server.ingest.waves import Waves
from server.resources.pipe import Pipe, PipeFull, RedisAway
from streakline.ingest.events import Event
from streakline.ingest.stamping import Sender, Senders, Sheaves, Stamper
from streakline.streams import keys
from streakline.streams.dictionary import Dictionary
from streakline.streams.entries import read_entry, unpack_cold
from streakline.streams.positions import unpack_position
from streakline.times import enc

NOW = 1_763_700_000_000
SHARDS = 2


def sheaves(*ids: str) -> Sheaves:
    """Return events of these ids, stamped."""
    events = [Event(id=one, type="play", timestamp=NOW, contentId="c-" + one, userId="u") for one in ids]
    return Stamper(7, SHARDS, Dictionary()).stamp_all(
        list(enumerate(events)), Senders(Sender(), lambda _: Sender()), NOW
    )


def joined(gathering: Waves, some: Sheaves, letters: tuple[tuple[str, ...], ...] = ()) -> asyncio.Future[str]:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def told(outcome: str | RedisAway | PipeFull) -> None:
        if isinstance(outcome, str):
            future.set_result(outcome)
        else:
            future.set_exception(outcome)

    gathering.join(some, list(letters), told)
    return future


def stored(redis_server: TestRedis) -> list[list[list[str]]]:
    """Return by shard and entry the ids of the events in the streams."""
    with redis_server.client() as redis:
        streams = [redis.xrange(keys.events(shard)) for shard in range(SHARDS)]
    unpack = zstandard.ZstdDecompressor().decompress
    return [
        [[row.id for row in unpack_cold(unpack(read_entry(fields).cold))] for _, fields in stream]
        for stream in streams
    ]


async def test_requests_of_one_turn_share_an_entry_a_shard_in_their_order(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    batches = [sheaves(*(f"{request}-{event}" for event in range(20))) for request in range(3)]
    ids = await asyncio.gather(*(joined(gathering, batch) for batch in batches))
    assert ids[0] == ids[1] == ids[2]
    streams = stored(redis_server)
    assert [len(entries) for entries in streams] == [1, 1]
    assert [[str(row[1]) for batch in batches for row in batch.cold[shard]] for shard in range(SHARDS)] == [
        entries[0] for entries in streams
    ]
    await joined(gathering, sheaves("later"))
    assert sum(len(entries) for entries in stored(redis_server)) == 3
    pipe.close()


async def test_a_position_covers_every_wave_before_it(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    for number in range(12):  # one event each: each wave touches one shard
        position = await joined(gathering, sheaves(str(number)))
        with redis_server.client() as redis:
            newest = [redis.xrevrange(keys.events(shard), count=1) for shard in range(SHARDS)]
        written = {shard: enc(found[0][0]) for shard, found in enumerate(newest) if found}
        assert {shard: at for shard, at in unpack_position(position, SHARDS).items() if at} == written
    assert len(written) == SHARDS
    pipe.close()


async def test_what_comes_while_a_wave_is_under_way_leaves_together_when_it_is_answered(
    redis_server: TestRedis,
) -> None:
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    await joined(gathering, sheaves("0"))
    with redis_server.held():
        futures = []
        for name in "abc":
            futures.append(joined(gathering, sheaves(name)))
            for _ in range(5):
                await asyncio.sleep(0)
    await asyncio.gather(*futures)
    entries = [entry for stream in stored(redis_server) for entry in stream]
    assert sorted(name for entry in entries for name in entry) == ["0", "a", "b", "c"]
    assert ["a"] in entries
    gathered = sheaves("b", "c")
    assert [[str(row[1]) for row in rows] for rows in gathered.cold if rows] == [
        entry for entry in entries if set(entry) <= {"b", "c"}
    ]
    pipe.close()


async def test_a_full_wave_leaves_at_once_and_the_next_request_begins_another(
    redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "FULL", 2)
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    await asyncio.gather(*(joined(gathering, sheaves(f"{number}-a", f"{number}-b")) for number in range(5)))
    entries = [entry for stream in stored(redis_server) for entry in stream]
    assert max(map(len, entries)) <= 2
    assert sorted(id_ for entry in entries for id_ in entry) == sorted(
        f"{number}-{event}" for number in range(5) for event in "ab"
    )
    pipe.close()


async def test_dead_letters_travel_with_the_wave_also_alone(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    assert (
        await joined(gathering, Sheaves(SHARDS), (("XADD", keys.DEAD, "*", "error", "no"),)) == "0:0-0,1:0-0"
    )
    with redis_server.client() as redis:
        assert redis.xlen(keys.DEAD) == 1
    pipe.close()


async def test_dead_letters_fill_a_wave_like_events(
    redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "FULL", 20)
    pipe = Pipe(redis_server.url, in_flight=50)
    gathering = Waves(pipe, SHARDS)
    letters = (("XADD", keys.DEAD, "*", "error", "no"),) * 20
    some = [joined(gathering, Sheaves(SHARDS), letters) for _ in range(3)]
    good = joined(gathering, sheaves("good"))
    outcomes = await asyncio.gather(*some, good, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [str, str, PipeFull, str]
    pipe.close()


async def test_a_request_that_cannot_be_packed_or_told_keeps_nobody_waiting(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    no_command: Any = (("XADD", keys.DEAD, "*", "error", object()),)
    outcomes = await asyncio.gather(
        joined(gathering, sheaves("with"), no_command), joined(gathering, sheaves("them")),
        return_exceptions=True,
    )  # fmt: skip
    assert [type(outcome) for outcome in outcomes] == [RedisAway] * 2

    def fails(_: object) -> None:
        msg = "nobody is there"
        raise OSError(msg)

    gathering.join(sheaves("told to nobody"), [], fails)
    assert await joined(gathering, sheaves("told"))
    pipe.close()


async def test_every_request_of_a_wave_is_told_that_redis_is_away() -> None:
    gathering = Waves(Pipe("redis://127.0.0.1:1/0"), SHARDS)
    outcomes = await asyncio.gather(
        *(joined(gathering, sheaves(str(number))) for number in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [RedisAway] * 3


async def test_who_gathered_behind_a_wave_that_was_given_up_does_not_wait_as_long_again(
    redis_server: TestRedis,
) -> None:
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    await joined(gathering, sheaves("0"))
    with redis_server.held():
        pipe._timeout = 0.3  # not before: a busy machine may need longer for a reply that does come
        futures = []
        for name in "ab":
            futures.append(joined(gathering, sheaves(name)))
            for _ in range(5):
                await asyncio.sleep(0)
        outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["redis did not answer within 0.3 s"] * 2
    names = {name for stream in stored(redis_server) for entry in stream for name in entry}
    assert names <= {"0", "a"}
    pipe.close()


async def test_every_request_of_a_wave_is_told_that_redis_refused_one_of_its_entries(
    redis_server: TestRedis,
) -> None:
    with redis_server.client() as redis:
        redis.set(keys.events(0), "no stream")
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    both = sheaves(*(str(number) for number in range(20)))
    outcomes = await asyncio.gather(joined(gathering, both), joined(gathering, both), return_exceptions=True)
    assert all("redis refused to write" in str(outcome) for outcome in outcomes)
    pipe.close()


async def test_more_waiting_requests_than_allowed_are_refused_and_not_written(
    redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "WAITING", 1)
    pipe = Pipe(redis_server.url)
    gathering = Waves(pipe, SHARDS)
    first = joined(gathering, sheaves("first"))
    with pytest.raises(PipeFull, match="1 requests wait for redis already"):
        joined(gathering, sheaves("second"))
    await first
    await joined(gathering, sheaves("third"))
    assert sorted(entry for stream in stored(redis_server) for entry in stream) == [["first"], ["third"]]
    pipe.close()
