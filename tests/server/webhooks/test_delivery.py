"""Deliveries to receivers that fail, stall and go away: each event at least once, signed, and never elsewhere."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable

import pytest
from aiohttp import web
from redis.asyncio import Redis

from dispatchers import SOON, Listen, Start, emitted, ended, held, hook_of, streak
from receivers import answering, stall, take
from server.domain_stream import emit
from server.webhooks import queue as queues
from server.webhooks.dispatcher import AT_ONCE_OF_ONE
from server.webhooks.queue import Queue
from streakline.streams import keys
from streakline.webhooks.retries import Retries
from wire import eventually


async def test_an_event_comes_as_it_was_emitted_and_signed(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    receiver, process = await listen(), await deliver()
    await process.hooks.add(hook_of(receiver))
    [id_] = await emitted(redis, [5])
    await eventually(lambda: ended(redis, [id_], "delivered"))
    [event] = receiver.got
    assert event == {
        "id": id_, "type": "ViewingStreakUpdated", "at": "2026-11-20T12:00:00.000Z", "userId": "ann",
        "data": {
            "streakId": "ann", "currentStreak": 5, "longestStreak": 5, "lastWatchedDate": "2026-11-20",
            "streakStatus": "active", "contentTypesInStreak": ["track"],
        },
    }  # fmt: skip
    assert receiver.headers["Content-Type"] == "application/json"
    [delivery] = await held(redis)
    assert [(one.status, one.error) for one in delivery.attempts] == [(204, None)]
    assert (process.outcomes, receiver.taken[id_]) == (["delivered"], 1)


async def test_a_receiver_that_fails_stalls_and_restarts_gets_every_event(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    receiver, process = await listen(), await deliver(seconds=0.3, retries=Retries((20,) * 200, 0.2))
    await process.hooks.add(hook_of(receiver))
    ways = itertools.cycle([answering(500), take, stall, answering(302, Location="/elsewhere"), take])

    async def respond(request: web.Request) -> web.StreamResponse:
        return await next(ways)(request)

    receiver.respond = respond
    ids = await emitted(redis, range(20))
    await eventually(lambda: len(receiver.taken) >= 5)
    await receiver.stop()
    ids += await emitted(redis, range(20, 30))
    refused = len(process.outcomes) + 5
    await eventually(lambda: len(process.outcomes) >= refused)
    # The process that delivers dies amid it, and another follows.
    await process.stop()
    await receiver.start()
    await deliver(seconds=0.3, retries=Retries((20,) * 200, 0.2))
    await eventually(lambda: ended(redis, ids, "delivered"))
    assert receiver.taken.keys() == set(ids)


async def test_what_is_never_taken_is_dead_with_its_attempts_and_may_be_sent_again(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    receiver, process = await listen(), await deliver()
    receiver.respond = answering(503)
    await process.hooks.add(hook_of(receiver))
    ids = await emitted(redis, [1])
    await eventually(lambda: ended(redis, ids, "dead"))
    [dead] = await held(redis)
    assert [one.status for one in dead.attempts] == [503] * SOON.attempts
    begun = [one.at for one in dead.attempts]
    for wait, before, after in zip(SOON.waits, begun, begun[1:], strict=False):
        assert after - before >= wait
    receiver.respond = take
    await Queue(redis).store("hook", dead.again(0), 0)
    await eventually(lambda: ended(redis, ids, "delivered"))
    assert process.outcomes == ["failed"] * 7 + ["dead", "delivered"]


async def test_an_attempt_that_ends_while_it_is_asked_what_is_due_is_not_made_once_more(
    redis: Redis, deliver: Start, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, failing, asked = await listen(), asyncio.Event(), list[bool]()
    due = Queue.due

    async def respond(_: web.Request) -> web.StreamResponse:
        await failing.wait()
        return web.Response(status=503)

    async def attempted() -> bool:
        return all(one.attempts for one in await held(redis))

    async def slowly(queue: Queue, hooks: Iterable[str], now: int, count: int) -> dict[str, list[str]]:
        found = await due(queue, hooks, now, count)
        if found and any(asked):  # it is under way since the round before
            failing.set()
            await eventually(attempted)
        asked.append(bool(found))
        return found

    monkeypatch.setattr(Queue, "due", slowly)
    receiver.respond = respond
    process = await deliver(retries=Retries((3_600_000,), 0.0))
    await process.hooks.add(hook_of(receiver))
    await emitted(redis, [1])
    await eventually(lambda: failing.is_set() and not asked[-1])
    await asyncio.gather(*process.dispatcher.under_way)
    assert process.outcomes == ["failed"]


async def test_a_receiver_that_stalls_keeps_nothing_from_the_others(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    slow, quick, process = await listen(), await listen(), await deliver(seconds=30)
    slow.respond = stall
    await process.hooks.add(hook_of(slow, "slow"))
    await process.hooks.add(hook_of(quick, "quick"))
    ids = await emitted(redis, range(50))
    await eventually(lambda: ended(redis, ids, "delivered", "quick"))
    assert (slow.most_under_way, len(await held(redis, "slow", "pending"))) == (AT_ONCE_OF_ONE, 50)


async def test_a_receiver_that_is_gone_hears_no_more(redis: Redis, deliver: Start, listen: Listen) -> None:
    receiver, process = await listen(), await deliver()
    receiver.respond = answering(410)
    await process.hooks.add(hook_of(receiver))
    ids = await emitted(redis, [1])
    await eventually(lambda: ended(redis, ids, "dead"))
    assert process.hooks.known.disabled.keys() == {"hook"}
    await emitted(redis, [2])
    rounds = process.outcomes[:]
    other, second = await listen(), "other"
    await process.hooks.add(hook_of(other, second))
    last = await emitted(redis, [3])
    await eventually(lambda: other.taken.keys() >= set(last))
    assert (len(receiver.got), rounds) == (1, ["dead"])


async def test_a_webhook_gets_what_it_wants_from_when_it_was_added(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    receiver, process = await listen(), await deliver()
    await emitted(redis, [1])
    await asyncio.sleep(0.005)  # the next moment of Redis' clock
    await process.hooks.add(hook_of(receiver, "hook", "ViewingMilestoneAchieved"))
    await emitted(redis, [2])
    wanted = streak("bea", 3, "ViewingMilestoneAchieved")
    await emit(redis, "bea", [wanted])
    await eventually(lambda: receiver.taken.keys() == {wanted.event.id})
    assert [one.event for one in await held(redis)] == [wanted.event.id]


async def test_an_event_is_in_the_stream_once_whoever_finds_it(redis: Redis) -> None:
    one, grown = streak("ann", 1), streak("ann", 2)
    assert [await emit(redis, "ann", [found]) for found in (one, one, grown, grown)] == [1, 0, 1, 0]
    assert sum(await asyncio.gather(*(emit(redis, "bea", [one]) for _ in range(20)))) == 1
    assert await redis.xlen(keys.DOMAIN) == 3


async def test_a_receiver_that_asks_to_be_left_alone_is(redis: Redis, deliver: Start, listen: Listen) -> None:
    receiver, process = await listen(), await deliver()
    receiver.respond = answering(429, **{"Retry-After": "3600"})
    await process.hooks.add(hook_of(receiver))
    await emitted(redis, [1])
    await eventually(lambda: process.outcomes == ["failed"])

    async def stored() -> bool:
        return bool((await held(redis))[0].attempts)

    await eventually(stored)
    [delivery] = await held(redis)
    assert delivery.next is not None
    assert delivery.next - delivery.attempts[0].at >= 3_600_000


async def test_more_than_a_queue_holds_waits_in_the_stream(
    redis: Redis, deliver: Start, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "MOST_PENDING", 10)
    monkeypatch.setattr(queues, "READ_AT_ONCE", 7)
    receiver = await listen()
    await receiver.stop()
    process = await deliver(retries=Retries((300,) * 100, 0.2))
    await process.hooks.add(hook_of(receiver))
    ids = await emitted(redis, range(60))
    await eventually(lambda: len(process.outcomes) >= 20)
    assert len(await held(redis, "hook", "pending")) <= 10 + 7
    await receiver.start()
    await eventually(lambda: ended(redis, ids, "delivered"))


async def test_what_ended_is_kept_up_to_a_bound(
    redis: Redis, deliver: Start, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(queues.KEPT, "delivered", 3)  # type: ignore[arg-type]  # read-only for all others
    receiver, process = await listen(), await deliver()
    await process.hooks.add(hook_of(receiver))
    ids = await emitted(redis, range(9))
    await eventually(lambda: len(receiver.taken) == len(ids))

    async def three() -> bool:
        return len(await held(redis)) == 3

    await eventually(three)
    assert await redis.hlen(keys.deliveries("hook")) == 3


async def test_of_two_processes_one_delivers_and_the_other_follows_it(
    redis: Redis, deliver: Start, listen: Listen
) -> None:
    receiver = await listen()
    one = await deliver()
    await one.hooks.add(hook_of(receiver))
    first = await emitted(redis, range(10))
    await eventually(lambda: ended(redis, first, "delivered"))
    two = await deliver()
    second = await emitted(redis, range(10, 20))
    await eventually(lambda: ended(redis, first + second, "delivered"))
    assert (len(one.outcomes), two.outcomes) == (20, [])
    await one.stop()
    third = await emitted(redis, range(20, 30))
    await eventually(lambda: ended(redis, first + second + third, "delivered"))
    assert set(receiver.taken.values()) == {1}
