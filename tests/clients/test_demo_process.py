"""The demo as the stack runs it: an own process that posts through the public API."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from running_stack import ROOT, RunningStack
from streakline_client import Client

pytestmark = pytest.mark.stack


def posted(stack: RunningStack, folder: Path) -> list[str]:
    """Run the demo until its history shows; return what it logged."""
    command = [
        sys.executable, "-m", "stack.demo", "--url", stack.url, "--token", stack.token, "--days", "3",
        "--data", str(folder),
    ]  # fmt: skip
    logged = []
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            logged.append(line)
            if "history_settled" in line:
                break
        process.terminate()
        assert process.wait(60) == 0
    return logged


def days_until(history: ClickHouse, last: date) -> Any:
    query = (
        "select count(), countIf(counted), uniqExact(userId) from events final"
        " where JSONExtractBool(properties, 'generated') and toDate(ts) <= {last:Date}"
    )
    return history.query(query, parameters={"last": last}).result_rows


async def test_the_page_is_full_in_moments_and_a_second_demo_adds_no_day(
    stack: RunningStack, history: ClickHouse, tmp_path: Path
):
    logged = posted(stack, tmp_path)
    assert not [line for line in logged if "rejected" in line]
    async with Client(stack.url, stack.token) as client, client.live(["overview"]) as live:
        async for message in live:
            shown = message.state
            break
    assert shown["activeUsers"] > 50
    assert len(shown["playingNow"]) > 3
    assert sum(minute["plays"] > 0 for minute in shown["perMinute"]) >= 58
    assert all(shown["lastHour"][name] for name in ("plays", "likes", "saves", "shares"))
    last = datetime.now(UTC).date() - timedelta(days=2)  # the live crowd may have begun yesterday
    before = days_until(history, last)
    assert before[0][0] > 50
    (tmp_path / "demo-history.json").unlink()  # as if it had been killed before it took its note
    posted(stack, tmp_path)
    assert days_until(history, last) == before
