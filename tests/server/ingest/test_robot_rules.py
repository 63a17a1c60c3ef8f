"""Rules for robots: what ingest flags by them, which processes hear of one, and what the streams are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from real_servers import TestRedis
from server.door.tokens import mint
from server.ingest.robot_rules import FILE
from stored_events import stored
from streakline.streams import keys, records
from streakline.streams.entries import read_entry
from wire import SECRET, Client, Serve, eventually, golden, play, post, shape

RULES = "/api/v1/robots/rules"
ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GOOGLE = {"reason": "search-engine", "agent": "Googlebot/2"}


async def changed(client: Client, status: int = 202, **rule: Any) -> dict[str, Any]:
    async with client.post(RULES, json=rule, headers=ADMIN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def flagged(client: Client, server: TestRedis, **more: Any) -> bool:
    """Post an event of Google's robot and tell whether it is flagged."""
    before = len(stored(server))
    await post(client, [play(before, **more)], headers={"User-Agent": GOOGLEBOT})
    [(_, record, cold)] = [row for row in stored(server) if row[2].id == f"event-{before}"]
    assert cold.botReason == "search-engine"  # whether it counts or not
    return bool(record["flags"] & records.BOT)


def controls(server: TestRedis, shard: int = 0) -> list[dict[str, Any]]:
    """Return the control entries of a shard, each with what its rules match."""
    with server.client() as client:
        entries = [read_entry(fields).control for _, fields in client.xrange(keys.events(shard))]
    return [
        {name: json.loads(str(control[name])) for name in ("rules", "changed")}
        for control in entries
        if control
    ]


async def test_what_a_rule_matches_is_not_flagged_and_keeps_its_reason(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    assert await flagged(client, redis_server)
    answer = await changed(client, **GOOGLE)
    assert shape(answer) == shape(golden("changed_rule"))
    assert not await flagged(client, redis_server)
    assert await flagged(client, redis_server, userAgent="Mozilla/5.0 (compatible; bingbot/2.0)")
    assert not await flagged(client, redis_server, userAgent=GOOGLEBOT, source="any")
    back = await changed(client, **GOOGLE, state="called")
    assert (back["rule"]["id"], back["rule"]["state"]) == (answer["rule"]["id"], "called")
    assert await flagged(client, redis_server)


async def test_a_rule_that_is_taken_back_leaves_persons_to_history(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.client() as redis:
        redis.set(keys.PEOPLE_WHOLE, 1)
        await changed(client, **GOOGLE)
        assert redis.exists(keys.PEOPLE_WHOLE)
        await changed(client, **GOOGLE, state="called")
        assert not redis.exists(keys.PEOPLE_WHOLE)


async def test_a_source_is_compared_as_it_was_sent(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    await changed(client, source="feed")
    assert not await flagged(client, redis_server, source="feed")
    assert await flagged(client, redis_server, source="feeds")
    assert await flagged(client, redis_server, source=None)


async def test_every_shard_has_an_entry_behind_what_was_stamped_before(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    answer = await changed(client, **GOOGLE)
    rule = {**GOOGLE, "source": ""}
    for shard in range(4):
        assert controls(redis_server, shard) == [{"rules": [rule], "changed": [rule]}]
        with redis_server.client() as store:
            [(last, _)] = store.xrevrange(keys.events(shard), count=1)
        assert f"{shard}:{last.decode()}" in answer["position"].split(",")
    again = await changed(client, **GOOGLE)  # the streams hear of it again, and it has not changed
    assert again["rule"] == answer["rule"]
    assert len(controls(redis_server)) == 2


async def test_another_process_stamps_by_a_rule_within_a_second_and_has_the_streams_hear_of_it(
    serve: Serve, redis_server: TestRedis, tmp_path: Path
) -> None:
    one, two = await serve(), await serve(data=str(tmp_path / "two"))
    await changed(one, **GOOGLE)
    await eventually(lambda: len(controls(redis_server)) == 2)
    assert not await flagged(two, redis_server)
    assert (tmp_path / "two" / FILE).exists()
    await changed(two, **GOOGLE, state="called")
    await eventually(lambda: len(controls(redis_server)) == 4)
    assert await flagged(one, redis_server)


async def test_a_process_that_starts_stamps_by_what_there_is_and_owes_the_streams_nothing(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    await changed(client, **GOOGLE)
    await client.close()
    client = await serve()
    assert not await flagged(client, redis_server)
    other = await changed(client, source="feed")
    await eventually(lambda: seen(redis_server, other["rule"]["id"]))
    assert [[rule["source"] for rule in control["changed"]] for control in controls(redis_server)] == [
        [""],
        ["feed"],
    ]


def seen(server: TestRedis, id_: str) -> bool:
    with server.client() as client:
        return bool(client.hexists(keys.ROBOTS_PUT, id_))


async def test_a_redis_that_went_back_has_the_rule_again_and_so_have_the_streams(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    client = await serve(redis_url=store.url)
    copy = store.copy_out(tmp_path)
    rule = (await changed(client, **GOOGLE))["rule"]
    await client.close()
    store.go_back(copy)
    client = await serve(redis_url=store.url)
    await eventually(lambda: seen(store, rule["id"]))
    assert controls(store)[-1]["rules"] == [{**GOOGLE, "source": ""}]
    assert not await flagged(client, store)


async def test_an_entry_that_could_not_be_written_is_written_by_who_looks_next(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    rule = (await changed(client, **GOOGLE))["rule"]
    await client.close()
    with redis_server.client() as store:  # as if the process had died between the two
        store.hdel(keys.ROBOTS_PUT, rule["id"])
        for shard in range(4):
            store.delete(keys.events(shard))
    await serve()
    await eventually(lambda: seen(redis_server, rule["id"]))
    assert len(controls(redis_server)) == 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "all empty"),
        ({"state": "uncalled"}, "all empty"),
        ({"reason": "x", "state": "gone"}, "'gone'"),
        ({"agent": "x" * 501}, "501 characters"),
        ({"pattern": ".*"}, "pattern"),
        ({"reason": 7}, "reason"),
    ],
)
async def test_a_rule_that_says_nothing_usable_is_refused(
    serve: Serve, rule: dict[str, Any], words: str
) -> None:
    problem = await changed(await serve(), 400, **rule)
    assert problem["type"].endswith(":rule")
    assert words in problem["detail"]


async def test_what_nobody_uncalled_cannot_be_called(serve: Serve) -> None:
    problem = await changed(await serve(), 404, **GOOGLE, state="called")
    assert problem["type"].endswith(":rule-unknown")


async def test_there_is_an_end_to_rules_in_force(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.robots.MOST", 1)
    client = await serve()
    await changed(client, **GOOGLE)
    await changed(client, **GOOGLE)
    problem = await changed(client, 409, source="feed")
    assert problem["type"].endswith(":too-many-rules")
    await changed(client, **GOOGLE, state="called")
    await changed(client, source="feed")


async def test_a_rule_that_cannot_be_kept_is_not_answered_as_made(
    serve: Serve, redis_server: TestRedis, tmp_path: Path
) -> None:
    client = await serve()
    (tmp_path / FILE).mkdir()  # nothing can take its place
    problem = await changed(client, 503, **GOOGLE)
    assert problem["type"].endswith(":store-pressed")
    assert await flagged(client, redis_server)
    assert controls(redis_server) == []
