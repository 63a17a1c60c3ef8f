"""What the places of a flow process say of a Redis that went back, where the entry they stand at is still there."""

from __future__ import annotations

import pytest
import redis

from flows.places import LIFE, Returned, WentBack
from flows.reader import StreamReader, connect
from flows.run import notes_of
from real_servers import TestRedis
from streakline import keys
from streakline.times import enc

STREAM = keys.events(0)


def begun(url: str, at: str | None, flow: str = "content") -> StreamReader:
    """Return a reader that went on from a position, None for no snapshot."""
    notes = notes_of(flow, [0])
    reader = StreamReader(url, list(notes), notes=notes)
    if at is None:
        reader.forget_two_ago()
    reader.resume(None if at is None else dict.fromkeys(notes, at))
    return reader


def fill(client: redis.Redis, progress: str) -> None:
    """Add entries 5-0 to 9-0, and say how far content is."""
    for ms in range(5, 10):
        client.xadd(STREAM, {"v": "1"}, id=f"{ms}-0")
    client.hset(keys.progress(0), "content", progress)


@pytest.mark.parametrize("at", ["5-0", None], ids=["with a snapshot", "without one"])
def test_progress_that_was_there_at_the_start_and_is_forgotten_ends_the_process(
    store: TestRedis, at: str | None
) -> None:
    client = store.client()
    fill(client, "8-0")
    watched = connect(store.url, begun(store.url, at).places)
    assert watched.ping()
    client.hset(keys.progress(0), "content", "6-0")  # as an older file says
    store.restart()
    with pytest.raises(WentBack):
        watched.ping()


def test_a_snapshot_names_its_redis_only_when_raw_rows_were_looked_for(redis_server: TestRedis) -> None:
    client = redis_server.client()
    places = begun(redis_server.url, None, "archive").places
    connect(redis_server.url, places).ping()
    assert LIFE not in places.snapshot({})
    assert places.uncertain == {0}
    places.certain(0)
    kept = places.snapshot({STREAM: "0-0"})
    assert LIFE in kept
    again = begun(redis_server.url, "0-0", "archive").places
    again.resumed(client, dict.fromkeys(notes_of("archive", [0]), "0-0"), kept)
    assert again.uncertain == {0}  # it has not spoken with a server yet
    assert LIFE not in again.snapshot({})


def test_a_state_that_takes_for_written_what_redis_forgot_is_read_again_from_what_redis_knows(
    redis_server: TestRedis,
) -> None:
    client = redis_server.client()
    fill(client, "6-0")
    client.hset(keys.progress(0), "content:two", "5-0")
    reader = begun(redis_server.url, "8-0")
    assert reader.places.went_back(client, STREAM, enc("8-0"), enc("6-0")) is None
    with pytest.raises(WentBack):
        reader.places.went_back(client, STREAM, enc("8-0"), enc("7-0"))
    assert client.hget(keys.progress(0), "content:two") is None
    again = begun(redis_server.url, "8-0")
    assert again.positions[STREAM] == "6-0"
    found = again.places.went_back(client, STREAM, enc("8-0"), enc("7-0"))
    assert found == Returned(enc("8-0"), enc("6-0"))
    client.hset(keys.progress(0), "content:two", "8-0")  # there are snapshots again
    assert begun(redis_server.url, "8-0").positions[STREAM] == "8-0"


def test_a_state_beyond_its_reader_was_set_back_by_a_process_that_kept_no_state(
    redis_server: TestRedis,
) -> None:
    client = redis_server.client()
    fill(client, "9-0")
    places = begun(redis_server.url, "6-0").places
    assert places.went_back(client, STREAM, enc("8-0"), enc("7-0")) == Returned(enc("8-0"), enc("6-0"))
