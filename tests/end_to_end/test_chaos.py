"""The short form of `make chaos`: one run under load, and what a count of the sender's log says of it."""

from __future__ import annotations

import asyncio

import pytest

from proofs.chaos.plan import PARTS, make
from proofs.chaos.run import Outcome, Settings, run, without_one
from proofs.running.stack import StackProcess

pytestmark = [pytest.mark.stack, pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 7
SECONDS = 25.0
RATE = 150.0
WAITERS = 5


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    async def one_run() -> Outcome:
        async with StackProcess(tmp_path_factory.mktemp("chaos")) as stack:
            return await run(
                stack, Settings(SEED, SECONDS, RATE, make(SEED, SECONDS, shim=False), waiters=WAITERS)
            )

    return asyncio.run(one_run())


def test_every_part_was_killed_and_recovered_from(outcome: Outcome) -> None:
    killed = {part for kill in outcome.kills for part in kill.parts}
    assert killed == set(PARTS)
    assert [kill for kill in outcome.kills if kill.settled is None] == []


def test_everything_acknowledged_is_there_once_and_counted(outcome: Outcome) -> None:
    findings = outcome.findings()
    assert findings.lost == []
    assert findings.double == []
    assert findings.differences == []


def test_every_wait_with_the_last_position_alone_that_was_told_true_was_true_in_every_view(
    outcome: Outcome,
) -> None:
    assert outcome.waits >= WAITERS
    assert [line for line in outcome.wrong if line.startswith("waiter")] == []


def test_verify_agrees(outcome: Outcome) -> None:
    assert outcome.verify_code == 0, outcome.verify_said


def test_a_lost_acknowledgement_would_be_noticed(outcome: Outcome) -> None:
    log, dropped = without_one(outcome.log, SEED)
    findings = outcome.findings(log)
    assert any(str(dropped.get("playId", dropped["id"])) in line for line in findings.double)
    assert any(line.startswith("rollup") for line in findings.differences)
    assert any(line.startswith("live: totals.plays") for line in findings.differences)


def test_an_event_that_never_arrived_would_be_noticed(outcome: Outcome) -> None:
    never = {**outcome.log[0], "type": "like", "id": "never-sent"}
    findings = outcome.findings([*outcome.log, never])
    assert len(findings.lost) == 1
    assert any(line.startswith("daily_stats") for line in findings.differences)


def test_a_shorter_report_than_the_longest_would_be_noticed(outcome: Outcome) -> None:
    longer = next(event for event in outcome.log if event.get("duration", 0) >= 20 and "bot" not in event)
    log = [*outcome.log, {**longer, "duration": longer["duration"] + 100_000}]
    assert any("its longest report says" in line for line in outcome.findings(log).differences)
