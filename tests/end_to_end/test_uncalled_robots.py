"""Twelve recorded hours of Wikipedia edits, whose robots are un-called and called back by a rule, on a whole stack."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from real_data import recorded
from real_servers import clickhouse_client
from running_stack import ROOT, RunningStack
from stack.run_file import RunFile
from streakline_client.imports.rows import Imported
from streakline_client.imports.wikipedia import parse

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]

FILE = "streams/wikiticker-2015-09-12.json.gz"
WITHOUT = (8_913, 7_827, 13, ("11:50", 28), ("11:45", 318))
WITH = (16_500, 15_296, 19, ("08:07", 49), ("06:45", 595))
"""Edits, pages, edits of the top page, the busiest minute and quarter hour: without and with robots."""
RULE = ("--reason", "sender", "--source", "wikipedia")


def command(folder: Path, *words: str) -> str:
    line = [sys.executable, "-m", "stack.cli", "--data", str(folder), *words]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("robots") / "data", patience=180) as running:
        with gzip.open(recorded(FILE), "rt", encoding="utf-8") as lines:
            events = [outcome.event for outcome in parse(lines) if isinstance(outcome, Imported)]
        receipts = [running.post(events[first : first + 1000]) for first in range(0, len(events), 1000)]
        assert sum(receipt["accepted"] for receipt in receipts) == len(events) == WITH[0]
        settled(running, receipts[-1]["position"])
        yield running


@pytest.fixture(scope="module")
def history(stack: RunningStack) -> Iterator[Client]:
    client = clickhouse_client(RunFile.read(stack.folder / "run.json").clickhouse_url)
    yield client
    client.close()


def edits(history: Client) -> tuple[Any, ...]:
    """Return what `WITH` and `WITHOUT` are, of closed history and of raw rows."""

    def first(query: str) -> tuple[Any, ...]:
        return tuple(history.query(query).result_rows[0])

    quarters = "from rollup final where grain = 'quarter'"
    sums = first(f"select sum(plays), uniqExactIf(contentId, plays > 0) {quarters}")
    top = first(f"select sum(plays) as n {quarters} group by contentId order by n desc limit 1")
    quarter = first(
        f"select formatDateTime(at, '%H:%i'), sum(plays) as n {quarters} group by at order by n desc limit 1"
    )
    minute = first(
        "select formatDateTime(toStartOfMinute(ts), '%H:%i') as m, count() as n from events final"
        " where countable group by m order by n desc, m limit 1"
    )
    assert first("select sum(totalPlays) from daily_stats") == sums[:1]
    return (*sums, *top, minute, quarter)


def proved(stack: RunningStack) -> None:
    line = command(stack.folder, "verify")
    assert re.search(r"\b0 differ", line), line


def post(stack: RunningStack, content: str, at: int, *, bot: bool) -> str:
    event = {
        "id": f"{content}-{at}", "type": "play", "contentId": content, "timestamp": at, "userId": "ann",
        "source": "wikipedia", "bot": bot,
    }  # fmt: skip
    return str(stack.post([event])["position"])


def settled(stack: RunningStack, position: str) -> None:
    with urllib.request.urlopen(
        f"{stack.url}/api/v1/settled?position={position}&wait=60", timeout=90
    ) as answer:
        assert json.load(answer)["settled"]


def test_a_rule_for_robots_moves_history_to_all_edits_and_back(stack: RunningStack, history: Client) -> None:
    assert edits(history) == WITHOUT
    done = command(stack.folder, "robots", "uncall", *RULE)
    print(done)  # noqa: T201 - how long it took
    assert edits(history) == WITH
    listed = command(stack.folder, "robots", "list", "--range", "all")
    assert re.search(r"7587  7587 count .* sender ", listed), listed
    proved(stack)

    # Ingest keeps the rule: what the same robots send counts as it comes, and keeps its reason.
    at = 1_442_018_818_771 + 1
    settled(stack, post(stack, "kept", at, bot=True))
    assert history.query(
        "select plays from rollup final where grain = 'quarter' and contentId = 'kept'"
    ).result_rows == [(1,)]
    assert history.query("select bot, botReason from events where contentId = 'kept'").result_rows == [
        (False, "sender")
    ]

    command(stack.folder, "robots", "call", *RULE)
    assert edits(history) == WITHOUT
    proved(stack)
    settled(stack, post(stack, "called", at, bot=True))
    assert edits(history) == WITHOUT
