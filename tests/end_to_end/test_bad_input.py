"""Bad requests on every route and poison in every stream of a running stack: it refuses, sets aside and goes on."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import redis

import poison
from hostile_requests import Answer, own_cases, requests, routes, sent, told
from real_servers import clickhouse_client
from running_stack import ROOT, RunningStack
from streakline import keys

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(180)]

SEED = 20_261_121
MESSAGES = (
    "", "x", "{}", "[]", "null", "1", '{"type":"x"}', '{"type":1}', '{"type":"subscribe"}', '{"type":"auth"}',
    '{"type":"subscribe","topics":null}', '{"type":"subscribe","topics":[1]}', '{"type":"auth","token":""}',
    '{"type":"subscribe","topics":["x"]}', '{"type":"subscribe","topics":["\\ud800"]}', "[" * 4_000,
    '{"type":"subscribe","topics":["overview"],"since":{"overview":1}}', '{"type":"auth","token":"a.b.c"}',
    '{"type":"auth","token":"\\ud800"}', '{"type":"subscribe","topics":["alerts"]}',
    json.dumps({"type": "subscribe", "topics": [f"content:{number}" for number in range(60)]}),
)  # fmt: skip
"""Live messages that are answered with an error; the connection stays."""


NO_REQUESTS = (
    b"\x16\x03\x01\x02\0\x01\0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n  y\r\n\r\n",
    b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]]",
)  # fmt: skip
"""Bytes that are no HTTP."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("bad-input") / "data") as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_died(stack: RunningStack) -> Iterator[None]:
    before = stack.pids()
    yield
    assert stack.pids() == before, "a part was started again"


def store(stack: RunningStack) -> redis.Redis:
    return redis.Redis.from_url(json.loads((stack.folder / "run.json").read_text())["redis_url"], protocol=2)


def assert_refused_well(what: object, answer: Answer) -> None:
    assert answer.status < 500, (what, answer)
    if answer.status < 400 or str(what).startswith("Request(method='HEAD'"):
        return
    assert b"application/problem+json" in answer.head, (what, answer)
    problem = json.loads(answer.body)
    assert problem["status"] == answer.status
    assert problem["detail"], what


def test_every_route_has_cases() -> None:
    assert own_cases().keys() == routes()


def test_bad_requests_are_refused_and_say_why(
    stack: RunningStack, capsys: pytest.CaptureFixture[str]
) -> None:
    address = urlsplit(stack.url)
    host, port = address.hostname or "", address.port or 0
    number = 0
    for request in requests(stack.token, SEED):
        number += 1
        assert_refused_well(request, sent(host, port, request))
    for raw in NO_REQUESTS:
        number += 1
        answer = told(host, port, raw)
        assert_refused_well(raw, answer)
        assert answer.status == 400, (raw, answer)
    with capsys.disabled():
        print(f"\n{number} bad requests over {len(routes())} routes", end=" ")  # noqa: T201 - how much was tried


def test_bodies_that_never_end_hold_nobody_up_and_fill_no_log(stack: RunningStack) -> None:
    async def half_bodies() -> None:
        address = urlsplit(stack.url)
        head = f"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stack.token}\r\n"
        writers = []
        for number in range(200):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(f"{head}Content-Length: 100\r\n\r\n[".encode())
            if number % 2:
                writer.write_eof()
            writers.append(writer)
        assert await asyncio.to_thread(_accepted, stack) == 1
        for writer in writers:
            writer.transport.abort()

    asyncio.run(half_bodies())
    assert "request_failed" not in (stack.folder / "logs" / "server.log").read_text(errors="replace")


def test_live_messages_that_make_no_sense_are_answered(stack: RunningStack) -> None:
    async def talk() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{stack.url}/api/live") as live:
            for message in MESSAGES:
                await live.send_str(message)
                await live.send_str('{"type":"ping"}')
                heard = []
                while (said := await live.receive_json(timeout=10))["type"] != "pong":
                    heard.append(said)
                errors = [said for said in heard if said["type"] == "error"]
                assert errors, message
                assert all(error["message"] for error in errors), message
            await live.send_bytes(b"\0\xff")
            await live.send_str("x" * 5_000)
            while (last := await live.receive(10)).type is aiohttp.WSMsgType.TEXT:
                pass
            assert live.close_code == 1009, last

    asyncio.run(talk())


def test_poison_goes_to_the_dead_letters_and_counting_goes_on(
    stack: RunningStack, capsys: pytest.CaptureFixture[str]
) -> None:
    client = store(stack)
    seed = int(client.get(keys.SEED) or 0)
    live_before = _get(stack, "/api/analytics/realtime")["lastHour"]["plays"]
    now = time.time_ns() // 1_000_000
    client.hset(
        keys.SUBSCRIBED,
        mapping={b"\xff": b"x", b"a": b"", b"b": b"9" * 5_000, b"c" * 100_000: str(now + 9_999)},
    )
    client.hset(keys.metrics("x", "0"), mapping={b"\xff": b"nan", b"a": b"x"})
    expected: list[tuple[Any, str]] = [
        (client.xadd(entry.stream, entry.fields), entry.where)  # type: ignore[arg-type]  # an invariant dict
        for entry in poison.entries(seed, now, SEED)
    ]
    strange = poison.accepted(seed, now)
    for fields in strange:
        client.xadd(keys.events(0), fields)  # type: ignore[arg-type]
    plays = len(strange) - 1  # the last one is a fact

    fine = [_play(f"fine-{number}", "fine") for number in range(5)]
    _settle(stack, stack.post(fine)["position"])
    letters: Any = client.xrange(keys.DEAD)
    met = {(fields[b"entry"], fields[b"where"].decode()) for _, fields in letters if fields.get(b"error")}
    assert [letter for letter in expected if letter not in met] == []
    assert _get(stack, "/api/v1/system", stack.token)["dead"]["newest"]
    assert _get(stack, "/api/analytics/realtime")["lastHour"]["plays"] == live_before + plays + len(fine)
    with clickhouse_client(json.loads((stack.folder / "run.json").read_text())["clickhouse_url"]) as history:
        assert history.query("select count() from events where contentId = 'fine'").result_rows == [(5,)]
        assert history.query("select count() from events where contentId = 'poison'").result_rows == [(0,)]
    assert "0 differences" in _verified(stack)
    with capsys.disabled():
        print(f"\n{len(expected)} poison and {len(strange)} strange entries", end=" ")  # noqa: T201 - how much was tried


def _verified(stack: RunningStack) -> str:
    command = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), "verify", "--wait", "30"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def _play(identity: str, content: str) -> dict[str, object]:
    at = time.time_ns() // 1_000_000
    return {
        "id": identity,
        "type": "play",
        "contentId": content,
        "sessionId": "s",
        "timestamp": at,
        "duration": 30,
    }


def _accepted(stack: RunningStack) -> int:
    return int(stack.post([_play("meanwhile", "fine-meanwhile")])["accepted"])


def _get(stack: RunningStack, path: str, token: str = "") -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(
        urllib.request.Request(stack.url + path, headers=headers), timeout=60
    ) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _settle(stack: RunningStack, position: str) -> None:
    reasons = _get(stack, f"/api/v1/settled?wait=30&position={position}")["waitingFor"]
    assert reasons == []
