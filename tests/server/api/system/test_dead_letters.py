"""Dead letters: what can be replayed counts once and as its sender's, what cannot is told why."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest

from letters import ADMIN, LETTERS, REPLAY, kept, listed, outcome, refused, replayed
from real_servers import TestRedis
from server.door.tokens import mint
from stored_events import stored
from streakline.ingest.senders import SentBy
from streakline.streams import keys
from streakline.streams.as_sent import as_sent
from streakline.streams.dead_letters import (
    Body,
    control_entry,
    known_event,
    sent_event,
    stream_entry,
)
from streakline.times import AHEAD_MS
from wire import SECRET, Serve, golden, now_ms, play, post, shape

OTHERS_MESSAGE = "it is a message between parts of Streakline, and holds no events"
BOASTS = bytes.fromhex("28b52ffde0") + (2**60).to_bytes(8, "little") + b"?"
"""A zstd frame that says of itself that it unpacks to more than there is."""


async def test_an_event_that_came_too_early_is_refused_until_its_time_has_come(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    at = now_ms() + AHEAD_MS + 1_500
    answer = await post(client, [play(1, timestamp=at), play(2)])
    assert (answer["accepted"], len(answer["rejected"])) == (1, 1)
    [letter] = (await listed(client))["letters"]
    assert letter["notReplayable"] is None
    how, why = await outcome(client, letter["id"])
    assert (how, "15 minutes ahead" in why) == ("refused", True)
    assert (await listed(client))["count"] == 1
    async with asyncio.timeout(30):
        while how == "refused":
            await asyncio.sleep(0.1)
            how, why = await outcome(client, letter["id"])
    assert (how, why) == ("replayed", "")
    assert (await listed(client))["count"] == 0
    assert sorted(row.id for _, _, row in stored(redis_server)) == ["event-1", "event-2"]


async def test_a_letter_that_is_replayed_twice_or_by_two_at_once_counts_once(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    id_ = refused(redis_server)
    both = await asyncio.gather(replayed(client, {"ids": [id_]}), replayed(client, {"ids": [id_]}))
    assert shape(both[0]["letters"][0]) == shape(golden("replayed")["letters"][0])
    how, why = await outcome(client, id_)
    assert (how, "was replayed before" in why) == ("unknown", True)
    # Both may have read it before it went: then it is in the stream twice, under one identity.
    assert len({record["id64"].item() for _, record, _ in stored(redis_server)}) == 1


async def test_a_repeated_letter_is_kept_where_the_one_that_it_repeats_is_still_refused(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    at = now_ms() + AHEAD_MS + 60_000
    ids = [refused(redis_server, timestamp=at), refused(redis_server, timestamp=at)]
    answer = await replayed(client, {"ids": ids})
    assert [(letter["id"], letter["outcome"]) for letter in answer["letters"]] == [
        (id_, "refused") for id_ in ids
    ]
    assert answer["replayed"] == 0
    assert (await listed(client))["count"] == 2
    assert stored(redis_server) == []


async def test_a_replayed_event_is_its_senders_and_not_the_administrators(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
    own = SentBy(user_id="ann", country="NP", agent=phone)
    for sent_by in (own, SentBy()):
        id_ = refused(redis_server, sent_by, id=f"of {sent_by.user_id}", userId="eve", bot=True, country="DE")
        assert await outcome(client, id_) == ("replayed", "")
    rows = {row.id: row for _, _, row in stored(redis_server)}
    found = [(row.userId, row.country, row.device, row.botReason) for row in rows.values()]
    assert found == [("ann", "NP", "mobile", ""), ("eve", "", "", "")]
    fact = {
        "id": "f",
        "type": "content",
        "contentId": "track-1",
        "title": "Mine",
        "timestamp": now_ms(),
        "sessionId": "s",
    }
    body = sent_event(json.dumps(fact).encode())
    how, why = await outcome(client, kept(redis_server, "ingest", body, SentBy()))
    assert (how, "'content'" in why) == ("refused", True)
    assert await outcome(client, kept(redis_server, "ingest", body, SentBy(trusted=True))) == ("replayed", "")


async def test_who_sent_a_refused_event_is_kept_with_it(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve(anonymous_users=False)
    ann = {"Authorization": f"Bearer {mint(SECRET, 'write:self', sub='ann')}", "User-Agent": "x" * 4_000}
    await post(client, [play(1, userId="eve")])
    await post(client, [play(2, type="dance")], headers=ann)
    with redis_server.client() as redis:
        senders = [msgspec.json.decode(f[b"sender"], type=SentBy) for _, f in redis.xrange(keys.DEAD)]
    assert [(s.user_id, s.nobody, s.trusted, s.admin) for s in senders] == [
        (None, True, False, False), ("ann", False, False, False),
    ]  # fmt: skip
    assert len(senders[1].agent) == 500
    [_, nameless] = (await listed(client))["letters"]
    how, why = await outcome(client, nameless["id"])
    assert (how, "userId needs a token or key" in why) == ("refused", True)
    assert await outcome(await serve(), nameless["id"]) == ("replayed", "")


async def test_what_archive_could_not_store_is_the_same_event_again(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve(country_header="X-Country", trusted_proxies=("127.0.0.1",))
    admin = {**ADMIN, "User-Agent": "python-requests/2.31", "X-Country": "FR"}
    robot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    await post(
        client,
        [
            play(1, userId="ann", country="NP", tz="Asia/Kathmandu"), play(2, bot=True, userAgent="Player/1.0"),
            play(3, userAgent=robot), play(4, type="like", action="unlike"),
        ],
        headers=admin,
    )  # fmt: skip
    first = stored(redis_server)
    for _, record, row in first:
        kept(redis_server, "archive", known_event(as_sent(record, row)))
    answer = await replayed(client, {"all": True})
    assert (answer["replayed"], answer["nextCursor"]) == (4, None)
    by_id = sorted(stored(redis_server), key=lambda one: (one[2].id, one[2].type))
    assert len(by_id) == 8
    for (_, record, row), (_, again, twin) in zip(by_id[::2], by_id[1::2], strict=True):
        assert (record.tobytes(), row) == (again.tobytes(), twin)


@pytest.mark.parametrize(
    ("where", "body", "why"),
    [
        ("viewers", stream_entry({b"s": b"x"}), OTHERS_MESSAGE),
        ("live", stream_entry({b"k": b"content"}), OTHERS_MESSAGE),
        ("archive", stream_entry({b"v": b"9"}), "that nobody can read: format b'9'"),
        ("archive", stream_entry({b"v": b"1", b"n": b"1", b"h": bytes(64), b"d": b"?"}), "is no zstd frame"),
        ("archive", stream_entry({b"v": b"1", b"n": b"1", b"h": bytes(64), b"d": BOASTS}), f"unpacks to {2**60} bytes"),
        ("archive", stream_entry({b"h": bytes(90_000)}), "bytes of it were cut off"),
        ("archive", stream_entry({b"v": b"1"}), "an entry without events"),
        ("archive", control_entry({"kind": "dance"}), "give the command again"),
        ("ingest", sent_event(b"[" * 9), "is no JSON"),
        ("ingest", sent_event(json.dumps(play()).encode()), "an older build kept it, which did not write who sent it"),
        ("ingest", Body("", b"{}"), "an older build kept it, which did not write what it holds"),
        ("ingest", Body("song", b"{}"), "its form 'song' is not known here"),
    ],
)  # fmt: skip
async def test_a_letter_without_events_says_why_and_is_kept(
    serve: Serve, redis_server: TestRedis, where: str, body: Body, why: str
) -> None:
    client = await serve()
    id_ = kept(redis_server, where, body)
    [letter] = (await listed(client))["letters"]
    how, told = await outcome(client, id_)
    assert (how, why in told, letter["notReplayable"]) == ("not-replayable", True, told)
    assert (await listed(client))["count"] == 1
    assert stored(redis_server) == []


async def test_an_entry_that_an_older_archive_could_not_read_is_replayed_by_this_one(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    await post(client, [play(number, contentId="one") for number in range(3)])
    first = stored(redis_server)
    with redis_server.client() as redis:
        [fields] = [
            fields for shard in range(4) for _, fields in redis.xrange(keys.events(shard)) if b"h" in fields
        ]
    assert await outcome(client, kept(redis_server, "archive", stream_entry(fields))) == ("replayed", "")
    every = stored(redis_server)
    assert len(every) == 6
    assert {record.tobytes() for _, record, _ in every} == {record.tobytes() for _, record, _ in first}


async def test_letters_of_any_bytes_are_listed_page_by_page_the_newest_first(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    ids = [refused(redis_server, id=f"e{number}") for number in range(4)]
    with redis_server.client() as redis:
        ids.append(redis.xadd(keys.DEAD, {b"\xff": b"\xfe", b"form": b"\xff"}).decode())
    first = await listed(client, limit="3")
    second = await listed(client, limit="3", cursor=first["nextCursor"])
    assert [letter["id"] for letter in (*first["letters"], *second["letters"])] == ids[::-1]
    assert (first["count"], second["count"], second["nextCursor"]) == (5, 5, None)
    assert shape(second) == shape(golden("dead_letters"))
    assert (await replayed(client, {"all": True}))["replayed"] == 4


async def test_all_letters_are_replayed_in_turns_and_what_comes_meanwhile_is_left(
    serve: Serve, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.system.dead_letters.AT_ONCE", 3)
    client = await serve()
    for number in range(7):
        refused(redis_server, id=f"e{number}")
    answer = await replayed(client, {"all": True})
    late = refused(redis_server, id="late")
    done = answer["replayed"]
    while answer["nextCursor"] is not None:
        answer = await replayed(client, {"all": True, "cursor": answer["nextCursor"]})
        done += answer["replayed"]
    assert done == 7
    assert [letter["id"] for letter in (await listed(client))["letters"]] == [late]
    told = await replayed(client, {"ids": ["1-1"] * 3})
    assert [letter["outcome"] for letter in told["letters"]] == ["unknown"]
    assert "4 letters" in (await replayed(client, {"ids": ["1-1", "1-2", "1-3", "1-4"]}, 400))["detail"]


async def test_nothing_is_lost_where_redis_goes_away_meanwhile(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    id_ = refused(redis_server)
    redis_server.kill()
    async with client.post(REPLAY, json={"ids": [id_]}, headers=ADMIN) as response:
        assert (response.status, "Retry-After" in response.headers) == (503, True)
    redis_server.start()
    async with asyncio.timeout(60):
        while True:
            async with client.post(REPLAY, json={"ids": [id_]}, headers=ADMIN) as response:
                if response.status == 200:
                    break
            await asyncio.sleep(0.1)
    assert len(stored(redis_server)) == 1


async def test_a_discarded_letter_is_gone(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    id_ = refused(redis_server)
    async with client.delete(f"{LETTERS}/{id_}", headers=ADMIN) as response:
        assert (response.status, shape(await response.json())) == (200, shape(golden("discarded")))
    for gone in (id_, "x", "9" * 40):
        async with client.delete(f"{LETTERS}/{gone}", headers=ADMIN) as response:
            assert (response.status, "letter-unknown" in await response.text()) == (404, True)
    assert (await outcome(client, id_))[0] == "unknown"


@pytest.mark.parametrize(
    "body",
    [{}, {"ids": []}, {"ids": ["1-1"], "all": True}, {"ids": ["1-1"], "cursor": "x"}, {"all": 1}, [], {"every": True}],
)  # fmt: skip
async def test_a_request_that_names_no_letters_is_refused(serve: Serve, body: Any) -> None:
    assert (await replayed(await serve(), body, 400))["type"].endswith(":letters")


async def test_a_cursor_of_something_else_is_refused(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    refused(redis_server)
    page = (await listed(client, limit="1"))["nextCursor"]
    for cursor in ("gA", "", page):
        assert (await replayed(client, {"all": True, "cursor": cursor}, 400))["type"].endswith(":cursor")
