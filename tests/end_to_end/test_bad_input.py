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
from sql.connection import connect
from streakline.streams import keys
from streakline.streams.entries import pack_control
from streakline.times import AHEAD_MS

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


def test_dead_letters_of_every_part_are_replayed_and_count_once_or_say_why_they_cannot(
    stack: RunningStack,
) -> None:
    run = json.loads((stack.folder / "run.json").read_text())
    history, store = connect(run["clickhouse_url"]), redis.Redis.from_url(run["redis_url"], protocol=2)
    early = {**_play("early", "dead"), "timestamp": time.time_ns() // 1_000_000 + AHEAD_MS + 3_000}
    history.command("alter table events add constraint no_dead check title != 'dead'")
    try:
        accepted = [{**_play(f"stored-{n}", "dead"), "title": "dead", "userAgent": "x"} for n in range(3)]
        receipt = stack.post([early, *accepted])
        assert (receipt["accepted"], len(receipt["rejected"])) == (3, 1)
        _settle(stack, receipt["position"])
    finally:
        history.command("alter table events drop constraint no_dead")
    others: list[tuple[str, str, dict[Any, Any]]] = [
        ("archive", keys.events(0), {"v": "9"}),
        ("archive", keys.events(0), pack_control(kind="dance")),
        ("archive", keys.out(0), {"x": "y"}),
        ("viewers", keys.candidates(0), {"x": "y"}),
        ("live", keys.UPDATES, {"k": "x", "s": "0", "u": "1-0", "p": "y"}),
    ]
    written = {(where, store.xadd(stream, fields).decode()) for where, stream, fields in others}

    def letters() -> list[dict[str, Any]]:
        page = _get(stack, "/api/v1/dead-letters?limit=1000", stack.token)
        assert page["nextCursor"] is None or len(page["letters"]) == 1000
        found: list[dict[str, Any]] = page["letters"]
        return found

    until = time.monotonic() + 30
    while written - {(letter["where"], letter["entry"]) for letter in letters()}:
        assert time.monotonic() < until
        time.sleep(0.1)
    own = {letter["id"] for letter in letters() if '"dead"' in letter["body"]}
    named = {letter["id"]: letter for letter in letters() if (letter["where"], letter["entry"]) in written}
    assert (len(own), len(named)) == (4, 5)
    assert all(letter["notReplayable"] for letter in named.values())

    replayed: set[str] = set()
    while own - replayed:  # the early one's time has to come first
        assert time.monotonic() < until + 30
        outcomes = _replayed(stack)
        told = {letter["id"]: letter for letter in outcomes}
        replayed |= {id_ for id_, letter in told.items() if letter["outcome"] == "replayed"}
        assert {told[id_]["outcome"] for id_ in named} == {"not-replayable"}
        assert all(letter["position"] or letter["reason"] for letter in outcomes)
    _settle(stack, "")
    assert history_of(run["clickhouse_url"], "dead") == {"events": 4, "rollup": 4}
    assert "0 differences" in _verified(stack)
    assert not own & {letter["id"] for letter in letters()}


def _replayed(stack: RunningStack) -> list[dict[str, Any]]:
    """Replay all letters; return how each fared."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        request = urllib.request.Request(
            f"{stack.url}/api/v1/dead-letters/replay",
            data=json.dumps({"all": True, "cursor": cursor}).encode(),
            headers={"authorization": f"Bearer {stack.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            body: dict[str, Any] = json.load(answer)
        found += body["letters"]
        cursor = body["nextCursor"]
        if cursor is None:
            return found


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
    asked = f"&position={position}" if position else ""
    reasons = _get(stack, f"/api/v1/settled?wait=30{asked}")["waitingFor"]
    assert reasons == []
