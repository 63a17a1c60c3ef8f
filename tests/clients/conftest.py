"""One whole stack for all tests of the clients, with Spotify's own rule for Spotify's plays."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from real_servers import clickhouse_client
from running_stack import ROOT, RunningStack
from stack.run_file import RunFile

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    environment = {"STREAKLINE_PROFILE_BY_SOURCE": "spotify=stream-30s"}
    with RunningStack(tmp_path_factory.mktemp("clients") / "data", environment=environment) as running:
        yield running


@pytest.fixture
def streakline(stack: RunningStack) -> Command:
    """Run the command on the stack and return what it printed."""

    def run(*arguments: str, timeout: float = 110) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), *arguments]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)

    return run


@pytest.fixture
def history(stack: RunningStack) -> Iterator[ClickHouse]:
    """The stack's ClickHouse, as the read-only user of analysts."""
    client = clickhouse_client(RunFile.read(stack.folder / "run.json").analyst_url)
    yield client
    client.close()
