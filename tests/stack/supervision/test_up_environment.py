"""`up` in the surroundings that people start it in: their signals, their settings, their folders, their full disks."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from running_stack import ROOT, RunningStack
from server.door.tokens import mint

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]


def up(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stack.cli", "up", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def asked(url: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, data=body), timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_machine_with_too_little_free_disk_gets_everything_but_ingest(tmp_path: Path) -> None:
    with RunningStack(tmp_path / "data", environment={"STREAKLINE_MIN_FREE_MB": "10000000"}) as stack:
        assert stack.lacking.startswith("ingest stopped: ")
        assert "MB are free" in stack.lacking
        status, ready = asked(stack.url, "/ready")
        assert (status, ready["ready"], ready["stopped"]) == (503, False, stack.lacking.partition(": ")[2])
        play = [{"type": "play", "contentId": "c", "sessionId": "s", "timestamp": "2026-01-01T00:00:00Z"}]
        assert asked(stack.url, "/api/stats/events", json.dumps(play).encode())[0] == 503
        assert asked(stack.url, "/api/analytics/realtime")[0] == 200
        told = subprocess.run(
            [sys.executable, "-m", "stack.cli", "sql", "select 1 as one", "--data", str(stack.folder)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert told.stdout == "one\n1\n"
        assert psutil.pid_exists(stack.pids()["stack"])


IGNORING = (
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
    " signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
"""As `nohup streakline up &` in a script: SIGHUP and SIGINT are ignored when it begins."""
ANY_NAME = 'my data, it\'s "a" \ttab \\ back ünï a&<b> 100% #x {y}'


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Host, port, folder and secret of the environment; the folder's name is any."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return {
        "STREAKLINE_HOST": "127.0.0.2",
        "STREAKLINE_PORT": str(port),
        "STREAKLINE_DATA": str(tmp_path_factory.mktemp("surroundings") / ANY_NAME / "data"),
        "STREAKLINE_SECRET": "a secret of the environment, long enough",
    }


@pytest.fixture(scope="module")
def surrounded(surroundings: dict[str, str]) -> Iterator[RunningStack]:
    """One stack in surroundings that have nothing to do with one another: each test asks of one of them."""
    with RunningStack(
        Path(surroundings["STREAKLINE_DATA"]),
        environment=surroundings,
        command=[sys.executable, "-c", IGNORING, "-m", "stack.cli"],
        own_options=False,
    ) as stack:
        yield stack


def test_a_signal_that_its_starter_ignored_stays_ignored(surrounded: RunningStack) -> None:
    supervisor = psutil.Process(surrounded.pids()["stack"])
    for number in (signal.SIGHUP, signal.SIGINT):
        supervisor.send_signal(number)
    # A second stack is told who holds the folder: the first still does, after both signals were handled.
    assert f"(process {supervisor.pid})" in up("--data", str(surrounded.folder), "--port", "0").stderr
    assert asked(surrounded.url, "/ready")[0] == 200


def test_a_data_folder_may_have_any_name(surrounded: RunningStack) -> None:
    assert surrounded.folder.parent.name == ANY_NAME
    assert surrounded.post([])["accepted"] == 0
    assert list((surrounded.folder / "redis").glob("appendonly*"))


def test_host_port_data_and_secret_of_the_environment_are_used(
    surrounded: RunningStack, surroundings: dict[str, str]
) -> None:
    assert surrounded.url == f"http://127.0.0.2:{surroundings['STREAKLINE_PORT']}"
    assert asked(surrounded.url, "/ready")[0] == 200
    token = mint(surroundings["STREAKLINE_SECRET"], "write", ttl=60)
    request = urllib.request.Request(
        f"{surrounded.url}/api/stats/events", data=b"[]", headers={"authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["accepted"] == 0
    told = subprocess.run(
        [sys.executable, "-m", "stack.cli", "sql", "select 1"],
        cwd=ROOT, env={**os.environ, **surroundings}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "1\n1\n"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"STREAKLINE_HOST": "no.such.host.invalid"}, "'no.such.host.invalid'"),
        ({"STREAKLINE_HOST": "192.0.2.1"}, "192.0.2.1"),
        ({"STREAKLINE_PORT": "http"}, "http"),
        ({"STREAKLINE_RATE": "fast"}, "STREAKLINE_RATE is 'fast'"),
        ({"REDIS_URL": "redis://127.0.0.1:6379/0"}, "REDIS_URL is set"),
        ({"CLICKHOUSE_URL": "http://127.0.0.1:8123/x"}, "CLICKHOUSE_URL is set"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    options = [] if "STREAKLINE_PORT" in environment else ["--port", "0"]
    refused = up("--data", str(tmp_path / "data"), *options, **environment)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr
