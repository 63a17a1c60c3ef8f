"""A whole stack: what it promises about starting, dying and stopping."""

import json
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
import redis

from real_servers import clickhouse_client
from running_stack import RunningStack
from streakline.streams import keys

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[3]
PARTS = {"stack", "redis", "clickhouse", "content", "viewers", "archive", "server"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One stack for the tests that leave it running, started as from a shell with the usual soft limit."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, before[1]), before[1]))
    try:
        running = RunningStack(tmp_path_factory.mktemp("up") / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    with running:
        yield running


def test_every_part_may_have_as_many_descriptors_as_the_hard_limit_allows(stack: RunningStack) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limits = {part: psutil.Process(pid).rlimit(psutil.RLIMIT_NOFILE) for part, pid in stack.pids().items()}
    # Redis asks for as many as its clients need; a hard limit it leaves alone.
    assert {part: allowed for part, allowed in limits.items() if allowed != (hard, hard)} == {}


def until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something holds; fail naming it when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/ready", timeout=60) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, reset or cut by a server that is just killed, a 503
        return False


def run_file(stack: RunningStack) -> dict[str, str]:
    found: dict[str, str] = json.loads((stack.folder / "run.json").read_text())
    return found


def streakline(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stack.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_part_runs_and_the_link_opens_the_server(stack: RunningStack) -> None:
    assert set(stack.pids()) == PARTS
    assert stack.link.startswith("http://127.0.0.1:")
    assert "/#token=" in stack.link
    assert is_ready(stack.url)


def test_every_metric_is_documented(stack: RunningStack) -> None:
    def metrics() -> str:
        with urllib.request.urlopen(f"{stack.url}/metrics", timeout=60) as answer:
            return str(answer.read().decode())

    expected = [f'flow="{name}"' for name in ("content", "viewers", "archive")] + [
        "streakline_flow_snapshot_bytes"
    ]
    until(lambda: all(text in metrics() for text in expected), "every flow has left its metrics")
    families = re.findall(r"^# TYPE (streakline_\w+?)(?:_total|_created)? ", metrics(), re.MULTILINE)
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert sorted({name for name in families if f"`{name}`" not in operations}) == []


def test_what_holds_secrets_is_the_owners_alone(stack: RunningStack) -> None:
    for name in ("run.json", "secrets.json"):
        assert stat.S_IMODE((stack.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(stack.folder.stat().st_mode) == 0o700


def test_each_part_has_a_log_of_its_own(stack: RunningStack) -> None:
    logs = {path.stem for path in (stack.folder / "logs").glob("*.log")}
    assert logs >= PARTS - {"clickhouse"}


def test_what_is_fixed_is_in_redis_and_in_clickhouse(stack: RunningStack) -> None:
    run = run_file(stack)
    with redis.Redis.from_url(run["redis_url"], decode_responses=True) as client:
        names = {"seed": keys.SEED, "shards": keys.SHARDS, "parts": keys.PARTS}
        held = {name: client.get(key) for name, key in names.items()}
    with clickhouse_client(run["clickhouse_url"]) as client:
        kept = dict(client.query("select name, value from installation final").result_rows)
    assert kept == held
    assert (held["shards"], held["parts"]) == ("4", "4")


@pytest.mark.parametrize("part", sorted(PARTS - {"stack"}))
def test_a_part_that_is_killed_is_started_again_and_counts_on(stack: RunningStack, part: str) -> None:
    before = stack.pids()[part]
    psutil.Process(before).kill()
    until(lambda: stack.pids().get(part, before) != before, f"{part} runs again")
    until(lambda: is_ready(stack.url), f"the server is ready after {part} was killed")
    receipt = stack.post([_play(f"after-{part}")])
    assert receipt["accepted"] == 1
    # The server is ready before the others are: this play has gone through all of them, as later tests expect.
    with urllib.request.urlopen(
        f"{stack.url}/api/v1/settled?wait=60&position={receipt['position']}", timeout=90
    ) as answer:
        assert json.load(answer) == {"settled": True, "waitingFor": []}


def test_a_second_stack_on_the_folder_is_refused(stack: RunningStack) -> None:
    second = streakline("up", "--data", str(stack.folder), "--port", "0")
    assert second.returncode == 1
    assert f"{stack.folder} is in use by a stack that runs (process {stack.pids()['stack']})" in second.stderr
    assert "Traceback" not in second.stderr
    assert stack.folder.joinpath("run.json").exists()


def test_a_public_port_that_is_taken_is_an_error_that_names_the_flag(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = streakline("up", "--data", str(tmp_path / "data"), "--port", str(port))
    assert refused.returncode == 2
    assert f"port {port} is taken" in refused.stderr
    assert "--port" in refused.stderr


def test_doctor_finds_nothing_wrong(stack: RunningStack) -> None:
    report = streakline("--data", str(stack.folder), "doctor")
    assert report.returncode == 0, report.stdout
    for line in ("descriptors", "redis", "clickhouse", "server", "connections", "lag content", "lag raw"):
        assert any(line in row and row.startswith(("ok", "warn")) for row in report.stdout.splitlines()), line


def test_the_token_command_mints_what_the_server_takes(stack: RunningStack) -> None:
    minted = streakline("--data", str(stack.folder), "token", "--scope", "read:admin")
    request = urllib.request.Request(
        f"{stack.url}/api/v1/system", headers={"Authorization": f"Bearer {minted.stdout.strip()}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


class Ended(NamedTuple):
    """A stack that ran, was stopped by SIGTERM, and left its folder."""

    folder: Path
    alive: list[psutil.Process]
    says_it_runs: bool
    log: str
    secrets: str
    seed: bytes


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """One stack that was stopped, for the tests that ask what it left."""
    folder = tmp_path_factory.mktemp("ended") / "data"
    with RunningStack(folder) as first:
        parts = [psutil.Process(pid) for pid in first.pids().values()]
        before, secrets = run_file(first), (folder / "secrets.json").read_text()
        with redis.Redis.from_url(before["redis_url"]) as client:
            seed = client.get(keys.SEED)
    _, alive = psutil.wait_procs(parts, timeout=60)
    log = (folder / "logs" / "stack.log").read_text()
    return Ended(folder, alive, (folder / "run.json").exists(), log, secrets, seed)


def test_sigterm_stops_every_part(ended: Ended) -> None:
    assert ended.alive == []
    assert not ended.says_it_runs
    assert "was killed" not in ended.log


def test_a_later_start_goes_on_with_the_same_data_and_its_web_servers_share_the_port_and_outlive_each_other(
    ended: Ended,
) -> None:
    with RunningStack(ended.folder, "--server-processes", "2") as stack:
        assert (ended.folder / "secrets.json").read_text() == ended.secrets
        with redis.Redis.from_url(run_file(stack)["redis_url"]) as client:
            assert client.get(keys.SEED) == ended.seed
        assert set(stack.pids()) == PARTS | {"server-2"}
        until(lambda: all(_listens(stack.pids()[name]) for name in ("server", "server-2")), "both listen")
        first = psutil.Process(stack.pids()["server"])
        first.kill()
        psutil.wait_procs([first], timeout=60)
        assert is_ready(stack.url)


def _listens(pid: int) -> bool:
    return any(one.status == psutil.CONN_LISTEN for one in psutil.Process(pid).net_connections())


def test_another_number_of_shards_is_refused_by_name(ended: Ended) -> None:
    refused = streakline("up", "--data", str(ended.folder), "--port", "0", "--shards", "8")
    assert refused.returncode == 1
    assert "this installation has 4 shards" in refused.stderr


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with RunningStack(tmp_path / "data") as stack:
        parts = [psutil.Process(pid) for pid in stack.pids().values()]
        psutil.Process(stack.pids()["stack"]).send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(parts, timeout=60)
        assert alive == []
    # What it left behind does not look like a stack that runs.
    assert "no stack runs" in streakline("--data", str(tmp_path / "data"), "migrate").stderr


def _play(name: str) -> dict[str, object]:
    now = time.time_ns() // 1_000_000
    return {
        "id": name,
        "type": "play",
        "contentId": "track-1",
        "contentType": "track",
        "sessionId": "session-1",
        "timestamp": now - 60_000,
        "duration": 45,
    }
