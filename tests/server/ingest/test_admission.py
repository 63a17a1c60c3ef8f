"""Admission: who is refused is refused before its body is read, whatever the reason."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from raw_lines import Line
from real_servers import TestRedis
from server.door import rates
from server.ingest import admission, events
from server.ingest.intake import INTAKE
from server.upkeep.pressure import PRESSURE
from stored_events import stored
from streakline.ingest.events import decode_batch
from streakline.ingest.stamping import Sender, Senders
from wire import Client, Serve, play, post

HEAD = b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
"""Of a request whose body never comes."""


async def asked_without_a_body(client: Client) -> tuple[int, str]:
    line = await Line.to(client)
    status, _, body = await line.ask(HEAD)
    line.close()
    return status, body["type"].rpartition(":")[2]


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no allowance grow while a test runs."""
    stands = SimpleNamespace(time=time.time, perf_counter=time.perf_counter, monotonic=lambda: 100.0)
    for module in (rates, admission, events):
        monkeypatch.setattr(module, "time", stands)
    monkeypatch.setattr(rates, "ROUND_SECONDS", 3600)  # the allowances in Redis grow by its own clock


async def test_a_sender_over_its_rate_is_refused_before_its_body_comes(serve: Serve, still: None) -> None:
    client = await serve(rate=1.0)
    await post(client, [play(number) for number in range(10)])
    assert await asked_without_a_body(client) == (429, "rate")


async def test_who_may_not_write_is_refused_before_the_body_comes(serve: Serve) -> None:
    assert await asked_without_a_body(await serve(anonymous_writes=False)) == (401, "key-missing")


async def test_while_nothing_can_be_written_a_body_is_not_awaited(serve: Serve) -> None:
    client = await serve()
    client.app[PRESSURE].refusal = "redis is full"
    assert await asked_without_a_body(client) == (503, "store-pressed")


async def test_requests_that_came_together_do_not_share_what_is_left(serve: Serve, still: None) -> None:
    """All of them were let in before the first was charged."""
    client = await serve(rate=1.0)
    body = (
        b"["
        + b",".join([b'{"id":"%d","type":"play","contentId":"c","timestamp":1}' % n for n in range(12)])
        + b"]"
    )
    head = HEAD.replace(b"5000", str(len(body)).encode())
    lines = [await Line.to(client) for _ in range(3)]
    for line in lines:
        await line.send(head + body[:-1])
    statuses = []
    for line in lines:
        await line.send(body[-1:])
        statuses.append((await line.answer())[0])
        line.close()
    assert statuses == [202, 429, 429]


async def test_a_server_that_only_answers_questions_writes_by_the_same_intake(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve(roles=("api",))
    event: dict[str, Any] = play(1)
    body = json.dumps([event]).encode()
    senders = Senders(Sender(), lambda _: Sender())
    receipt = await client.app[INTAKE].accept(decode_batch(body), body, senders)
    assert receipt.accepted == 1
    assert [cold.contentId for _, _, cold in stored(redis_server)] == [event["contentId"]]
