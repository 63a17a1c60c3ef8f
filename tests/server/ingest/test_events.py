"""POST /api/stats/events: what is taken, what is refused, and what lands in the stream."""

import gzip
import json
import math
import time
from types import SimpleNamespace
from typing import Any

import pytest
import zstandard
from multidict import CIMultiDict

from real_servers import TestRedis
from server.door import rates
from server.ingest import admission
from stored_events import stored
from streakline.ingest.events import MAX_BYTES, MAX_EVENTS
from streakline.streams import keys
from streakline.streams.positions import unpack_position
from wire import EVENTS_URL, Serve, golden, now_ms, play, post, shape


async def test_events_are_acknowledged_with_a_position_that_covers_their_entries(
    serve: Serve, redis_server: TestRedis
) -> None:
    answer = await post(await serve(), [play(number) for number in range(20)])
    assert shape(answer) == shape(golden("events_accepted") | {"rejected": []})
    assert (answer["accepted"], answer["duplicates"]) == (20, 0)
    position = unpack_position(answer["position"], 4)
    rows = stored(redis_server)
    assert len(rows) == 20
    assert {shard for shard, at in position.items() if at} == {shard for shard, _, _ in rows}


async def test_one_entry_is_written_for_each_shard_of_a_request(
    serve: Serve, redis_server: TestRedis
) -> None:
    answer = await post(await serve(), [play(number) for number in range(200)])
    assert answer["accepted"] == 200
    with redis_server.client() as redis:
        entries = [redis.xrange(keys.events(shard)) for shard in range(4)]
    assert [sum(b"h" in fields for _, fields in stream) for stream in entries] == [1, 1, 1, 1]


async def test_a_bad_event_does_not_spoil_its_batch(serve: Serve, redis_server: TestRedis) -> None:
    events = [play(1), {"id": 7}, play(2, type="dance"), play(3, timestamp=now_ms() + 3_600_000), play(4)]
    answer = await post(await serve(), events)
    assert answer["accepted"] == 2
    assert [(item["index"], item["id"]) for item in answer["rejected"]] == [
        (1, "7"),
        (2, "event-2"),
        (3, "event-3"),
    ]
    assert "type 'dance' is not known" in answer["rejected"][1]["error"]
    assert "15 minutes ahead" in answer["rejected"][2]["error"]
    assert len(stored(redis_server)) == 2


async def test_refused_events_are_kept_as_dead_letters(serve: Serve, redis_server: TestRedis) -> None:
    await post(await serve(), {"sentAt": now_ms(), "events": [play(1), play(2, type="dance"), {"id": 3}]})
    with redis_server.client() as redis:
        letters = [fields for _, fields in redis.xrange(keys.DEAD)]
    assert [letter[b"where"] for letter in letters] == [b"ingest"] * 2
    assert json.loads(letters[0][b"body"])["type"] == "dance"
    assert letters[1][b"entry"] == b"3"
    assert [(letter[b"form"], letter[b"cut"]) for letter in letters] == [(b"event", b"0")] * 2


async def test_where_every_event_is_refused_the_answer_is_still_202(serve: Serve) -> None:
    client = await serve()
    answer = await post(client, [{"id": 1}])
    assert answer["accepted"] == 0
    async with client.get("/api/v1/settled", params={"position": answer["position"]}) as response:
        assert await response.json() == {"settled": True, "waitingFor": []}


async def test_no_events_are_no_error(serve: Serve) -> None:
    assert (await post(await serve(), []))["accepted"] == 0


async def test_repeats_inside_a_request_are_told(serve: Serve, redis_server: TestRedis) -> None:
    event = play(1)
    answer = await post(await serve(), [event, event, play(2), event])
    assert (answer["accepted"], answer["duplicates"]) == (2, 2)
    assert len(stored(redis_server)) == 2


async def test_a_play_that_grew_is_no_repeat_of_the_shorter_one(serve: Serve) -> None:
    # In two requests the longest stands; in one it must be the same.
    event = {"id": "x", "type": "play", "contentId": "a", "userId": "u", "timestamp": now_ms()}
    answer = await post(await serve(), [event | {"duration": 5}, event | {"duration": 100}])
    assert (answer["accepted"], answer["duplicates"]) == (2, 0)


async def test_heartbeats_of_one_play_are_no_repeats(serve: Serve) -> None:
    at = now_ms() - 60_000
    beats = [
        play(beat, contentId="c", type="heartbeat", playId="p", startedAt=at, timestamp=at + beat * 10_000)
        for beat in range(3)
    ]
    assert (await post(await serve(), beats))["accepted"] == 3


@pytest.mark.parametrize(
    "content_type",
    ["text/plain;charset=UTF-8", "application/json", "application/json; charset=utf-8",
     "application/x-www-form-urlencoded", "application/octet-stream"],
)  # fmt: skip
async def test_bodies_are_read_as_json_whatever_browsers_call_them(serve: Serve, content_type: str) -> None:
    answer = await post(await serve(), [play()], headers={"Content-Type": content_type})
    assert answer["accepted"] == 1


async def test_a_compressed_body_is_read(serve: Serve) -> None:
    body = gzip.compress(json.dumps([play()]).encode())
    answer = await post(await serve(), body, headers={"Content-Encoding": "gzip"})
    assert answer["accepted"] == 1


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "image/png"])
async def test_other_content_types_are_refused(serve: Serve, content_type: str) -> None:
    answer = await post(await serve(), b"x", 415, headers={"Content-Type": content_type})
    assert answer["type"] == "urn:streakline:problem:content-type"


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"", b"{", b"null", b"1", b'"x"', b"{}",
     b'{"events":1}', b"\xff\xfe", b"[1", b'[{"id":"\\ud800"'],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
async def test_what_is_no_list_of_events_is_refused(serve: Serve, body: bytes) -> None:
    answer = await post(await serve(), body, 400)
    assert answer["type"] == "urn:streakline:problem:not-events"
    assert shape(answer) == shape(golden("problem_not_events"))


@pytest.mark.parametrize(
    "event",
    [None, 1, [], "x", {}, {"id": None}, {"id": {}}, {"id": "a" * 201}, {"id": "x", "properties": {"a": {}}}],
)
async def test_whatever_stands_in_the_list_is_named_and_no_error_of_ours(serve: Serve, event: Any) -> None:
    answer = await post(await serve(), [event, play()])
    assert answer["accepted"] == 1
    assert answer["rejected"][0]["index"] == 0
    assert answer["rejected"][0]["error"]


async def test_more_than_a_thousand_events_are_too_many(serve: Serve) -> None:
    events = [play(number) for number in range(MAX_EVENTS + 1)]
    answer = await post(await serve(), events, 413)
    assert "1001 events in one request" in answer["detail"]


@pytest.mark.parametrize("lines", [["x-gzip"], ["GZIP"], ["identity", "gzip"], ["gzip, identity"]])
async def test_a_coding_is_known_by_all_its_names(serve: Serve, lines: list[str]) -> None:
    headers = CIMultiDict([("Content-Encoding", line) for line in lines])
    answer = await post(await serve(), gzip.compress(json.dumps([play()]).encode()), headers=headers)
    assert answer["accepted"] == 1


async def test_codings_are_undone_one_after_the_other(serve: Serve) -> None:
    body = zstandard.compress(gzip.compress(json.dumps([play()]).encode()))
    answer = await post(await serve(), body, headers={"Content-Encoding": "gzip, zstd"})
    assert answer["accepted"] == 1


async def test_an_unknown_coding_is_told_which_are_known(serve: Serve) -> None:
    client = await serve()
    async with client.post(EVENTS_URL, data=b"x", headers={"Content-Encoding": "br"}) as response:
        answer = await response.json(content_type="application/problem+json")
        assert response.status == 415
        assert response.headers["Accept-Encoding"] == "gzip, deflate, zstd"
    assert answer["type"] == "urn:streakline:problem:content-encoding"
    assert "'br' is not unpacked here" in answer["detail"]


async def test_an_event_that_is_no_json_spoils_no_other(serve: Serve, redis_server: TestRedis) -> None:
    bad = json.dumps(play(2, duration=math.nan))  # as Python's own encoder writes it
    body = f"[{json.dumps(play(1))},{bad},{json.dumps(play(3))}]".encode()
    answer = await post(await serve(), body)
    assert answer["accepted"] == 2
    assert [(item["index"], item["id"]) for item in answer["rejected"]] == [(1, "event-2")]
    assert "'NaN" in answer["rejected"][0]["error"]
    with redis_server.client() as redis:
        [letter] = [fields for _, fields in redis.xrange(keys.DEAD)]
    assert (letter[b"form"], letter[b"cut"], json.loads(letter[b"body"])) == (b"text", b"0", bad)


async def test_an_event_nested_without_end_spoils_no_other(serve: Serve) -> None:
    body = b"[" + b"[" * 2000 + b"]" * 2000 + b"," + json.dumps(play()).encode() + b"]"
    answer = await post(await serve(), body)
    assert (answer["accepted"], [item["index"] for item in answer["rejected"]]) == (1, [0])


@pytest.mark.parametrize(
    "text",
    ["a\0b", "\0", "\u202e\ufeff\uffff", "\x1b[31m", "a\r\nb", "Ünder 😀 wäter", "' or 1=1 --", "../.."],
)
async def test_texts_are_kept_as_they_are_whatever_stands_in_them(
    serve: Serve, redis_server: TestRedis, text: str
) -> None:
    names = (
        "id",
        "contentId",
        "creatorId",
        "userId",
        "sessionId",
        "title",
        "genre",
        "playlistId",
        "referrer",
    )
    answer = await post(await serve(), [play(**dict.fromkeys(names, text))])
    assert (answer["accepted"], answer["rejected"]) == (1, [])
    [(_, _, cold)] = stored(redis_server)
    kept = {cold.contentId, cold.id, cold.creatorId, cold.userId, cold.sessionId, cold.title, cold.genre}
    assert kept == {text}


@pytest.mark.parametrize("field", ["id", "contentId", "userId", "sessionId", "playId", "creatorId"])
async def test_an_id_that_is_a_number_is_refused_by_the_name_of_its_field(serve: Serve, field: str) -> None:
    answer = await post(await serve(), [play(1, **{field: 7}), play(2)])
    assert answer["accepted"] == 1
    assert answer["rejected"][0]["error"].startswith(f"{field}: ")


async def test_a_play_that_begins_twice_in_a_request_is_warned_of(serve: Serve) -> None:
    client = await serve()
    now = now_ms()
    once = [
        play(1, playId="p", timestamp=now - 60_000),
        play(2, playId="p", contentId="track-1", timestamp=now - 60_000),
    ]
    twice = [once[0], once[1] | {"timestamp": now - 59_000}]
    # The later requests of a connection take the lane.
    for events, warned in ((once, None), (once, None), (twice, 1), (once, None), (twice, 1)):
        answer = await post(client, events)
        assert answer["accepted"] == 2
        assert [item["index"] for item in answer.get("warnings", [])] == ([] if warned is None else [warned])
    assert shape(answer) == shape(golden("events_warned") | {"rejected": []})
    async with client.get("/metrics") as response:
        assert "streakline_events_warned_total 2.0" in await response.text()


async def test_a_body_above_a_megabyte_is_too_large(serve: Serve) -> None:
    answer = await post(await serve(), b" " * (MAX_BYTES + 1), 413)
    assert "larger than 1000000 bytes" in answer["detail"]


async def test_a_compressed_body_that_swells_above_a_megabyte_is_too_large(serve: Serve) -> None:
    headers = {"Content-Encoding": "gzip"}
    assert (await post(await serve(), gzip.compress(b" " * 20_000_000), 413, headers=headers))[
        "status"
    ] == 413


async def test_a_sender_above_his_rate_is_told_when_to_come_back(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = SimpleNamespace(time=time.time, perf_counter=time.perf_counter, monotonic=lambda: 100.0)
    for module in (admission, rates):
        monkeypatch.setattr(module, "time", stands)  # nothing is given back while the requests are under way
    client = await serve(rate=1.0)
    await post(client, [play(number) for number in range(10)])
    async with client.post(EVENTS_URL, json=[play(11), play(12)]) as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "1"
        assert (await response.json(content_type=None))["type"] == "urn:streakline:problem:rate"


async def test_the_documents_spellings_are_accepted(serve: Serve, redis_server: TestRedis) -> None:
    event = {"id": "1", "type": "mashup_played", "mashup_id": "m1", "timestamp": now_ms(), "sessionId": "s"}
    await post(await serve(), [event])
    [(_, record, cold)] = stored(redis_server)
    assert (cold.contentId, cold.contentType, int(record["kind"])) == ("m1", "mashup", 1)
