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

import pytest
import redis

from proofs.fuzz import asking, poisoning, talking
from proofs.fuzz.bystander import history_of
from proofs.fuzz.findings import Findings
from proofs.fuzz.requests import own_cases, routes
from running_stack import ROOT, RunningStack

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(180)]

SEED = 20_261_121
REQUESTS, FRAMES, POISON = 1_400, 80, 60
"""Fewer than `python -m proofs.fuzz` sends; poison is for each stream, where the corpus has no more."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("bad-input") / "data") as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_died(stack: RunningStack) -> Iterator[None]:
    before = stack.pids()
    yield
    assert stack.pids() == before, "a part was started again"


@pytest.fixture
def findings() -> Iterator[Findings]:
    found = Findings(SEED)
    yield found
    assert found.failures == []


def test_every_route_has_cases() -> None:
    assert own_cases().keys() == routes()


def test_bad_requests_are_refused_and_say_why(
    stack: RunningStack, findings: Findings, capsys: pytest.CaptureFixture[str]
) -> None:
    asking.Asker(stack.url, stack.token, findings).ask(REQUESTS)
    assert findings.total("requests ") >= REQUESTS
    with capsys.disabled():
        print(f"\n{findings.total()} bad requests over {len(routes())} routes", end=" ")  # noqa: T201 - how much was tried


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


def test_live_connections_that_make_no_sense_are_answered_or_closed(
    stack: RunningStack, findings: Findings
) -> None:
    talking.Talker(stack.url, stack.token, findings).talk(FRAMES)
    assert findings.total("live frames") == FRAMES


def test_poison_goes_to_the_dead_letters_and_counting_goes_on(
    stack: RunningStack, findings: Findings, capsys: pytest.CaptureFixture[str]
) -> None:
    run = json.loads((stack.folder / "run.json").read_text())
    # One for every shard: what other tests sent is counted when these have settled.
    _settle(stack, stack.post([_play(f"before-{n}", f"before-{n}") for n in range(40)])["position"])
    live_before = _get(stack, "/api/analytics/realtime")["lastHour"]["plays"]
    strange = poisoning.throw(redis.Redis.from_url(run["redis_url"], protocol=2), findings, POISON)
    fine = [{**_play(f"fine-{number}", "fine"), "platform": f"p{number}"} for number in range(5)]
    _settle(stack, stack.post(fine)["position"])
    assert _get(stack, "/api/v1/system", stack.token)["dead"]["newest"]
    assert _get(stack, "/api/analytics/realtime")["lastHour"]["plays"] == live_before + strange + len(fine)
    assert history_of(run["clickhouse_url"], "fine") == {"events": 5, "rollup": 5}
    assert history_of(run["clickhouse_url"], "poison") == {"events": 0, "rollup": 0}
    assert "0 differences" in _verified(stack)
    with capsys.disabled():
        print(f"\n{findings.total('poison ')} poison entries", end=" ")  # noqa: T201 - how much was tried


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
