"""The wheel that `pip install` would build is the whole product: page, SQL and demo, without the checkout."""

import os
import re
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from running_stack import RunningStack

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
UV = ROOT / ".uv" / "bin" / "uv"
# Else Python would find the packages of the checkout.
BARE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def uv(*arguments: str, cwd: Path) -> None:
    done = subprocess.run([UV, *arguments], cwd=cwd, env=BARE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    if not UV.is_file():
        pytest.fail(f"{UV} is not there: `make test` makes it")
    uv(
        "build", "--wheel", "--python", sys.executable, "--build-constraints", "locks/tools.lock",
        "--out-dir", str(folder), cwd=ROOT,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`streakline` in an environment that holds what the lock names and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    uv("venv", "--python", sys.executable, "venv", cwd=folder)
    python = str(folder / "venv" / "bin" / "python")
    uv("pip", "sync", "--python", python, "--require-hashes", str(ROOT / "locks" / "run.lock"), cwd=folder)
    uv("pip", "install", "--python", python, "--no-deps", str(wheel), cwd=folder)
    return folder / "venv" / "bin" / "streakline"


@pytest.fixture
def elsewhere(command: Path, tmp_path: Path) -> Iterator[RunningStack]:
    (tmp_path / "work").mkdir()
    with RunningStack(
        tmp_path / "data", "--demo", command=[str(command)], cwd=tmp_path / "work", patience=120
    ) as stack:
        yield stack


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def plays_of(command: Path, stack: RunningStack) -> int:
    asked = subprocess.run(
        [command, "--data", str(stack.folder), "sql", "select count() from play_events"],
        cwd=stack.folder.parent / "work",
        env=BARE,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(re.findall(r"\d+", asked.stdout)[-1])


def test_the_wheel_holds_every_file_that_the_code_reads(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for folder in ("streakline", "flows", "server", "sql", "stack")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "built_page" not in path.parts
    }
    page = ROOT / "clients" / "dashboard" / "dist"
    wanted |= {f"server/built_page/{path.relative_to(page)}" for path in page.rglob("*") if path.is_file()}
    client = ROOT / "clients" / "python"
    wanted |= {str(path.relative_to(client)) for path in (client / "streakline_client").rglob("*.py")}
    assert wanted - held == set()
    assert {name.split("/")[0] for name in held if ".dist-info/" not in name} == {
        "streakline", "flows", "server", "sql", "stack", "streakline_client",
    }  # fmt: skip


def test_in_an_empty_folder_page_live_numbers_and_history_are_there(
    command: Path, elsewhere: RunningStack
) -> None:
    index = fetched(elsewhere.url + "/")
    scripts = re.findall(r'src="\.?/?(assets/[^"]+\.js)"', index)
    assert scripts
    assert "playingNow" in fetched(f"{elsewhere.url}/{scripts[0]}")
    assert '"activeUsers"' in fetched(f"{elsewhere.url}/api/analytics/realtime")
    deadline = time.monotonic() + 120
    while plays_of(command, elsewhere) == 0:
        assert time.monotonic() < deadline, "no play of the demo is in history"
        time.sleep(0.5)
