"""The disk under a whole stack fills to the last byte: it is told, nothing is lost, and all comes back by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flow_processes import ROOT, wait_until
from running_stack import RunningStack
from wire import play

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(400)]
SIZE_MB, NEEDED_MB = 700, 96


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, small."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "streakline-test", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Filler:
    """A file that takes the room of a disk."""

    def __init__(self, disk: Path) -> None:
        self._disk, self._file = disk, disk / "filler"

    def leave(self, megabytes: int) -> None:
        """Leave so many MB free, 0 for not a byte."""
        self._file.unlink(missing_ok=True)
        with self._file.open("wb", buffering=0) as file:
            room = os.statvfs(self._disk)
            size = room.f_bavail * room.f_frsize - (megabytes << 20)
            chunk = bytes(1 << 20)
            try:
                while size > 0:
                    size -= file.write(chunk[: min(size, len(chunk))])
                while megabytes == 0:  # others write as well
                    file.write(bytes(4096))
            except OSError:
                return

    def go(self) -> None:
        """Give the room back."""
        self._file.unlink()


def answer(stack: RunningStack, path: str) -> tuple[int, Any]:
    request = urllib.request.Request(stack.url + path, headers={"authorization": f"Bearer {stack.token}"})
    try:
        with urllib.request.urlopen(request, timeout=70) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, None


def is_taken(stack: RunningStack, number: int) -> str | None:
    """Post a play; return its position if it was acknowledged."""
    try:
        receipt = stack.post([play(number, contentId=f"song-{number % 7}")])
    except OSError:  # also what urllib makes of a 503
        return None
    assert receipt["accepted"] == 1
    return str(receipt["position"])


def is_settled(stack: RunningStack, position: str) -> bool:
    status, body = answer(stack, f"/api/v1/settled?position={position}&wait=5")
    return status == 200 and bool(body["settled"])


def command(stack: RunningStack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the stack to its end."""
    line = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_disk_that_is_full_loses_nothing_and_everything_comes_back(disk: Path) -> None:
    environment = {"STREAKLINE_MIN_FREE_MB": str(NEEDED_MB), "STREAKLINE_EPOCH_SECONDS": "0.5"}
    filler = Filler(disk)
    with RunningStack(disk / "data", environment=environment, patience=120) as stack:
        acknowledged = [number for number in range(20) if is_taken(stack, number)]
        assert len(acknowledged) == 20

        filler.leave(NEEDED_MB // 2)
        wait_until("ingest refuses", lambda: answer(stack, "/ready")[0] == 503)
        assert "MB are free at" in str(answer(stack, "/ready")[1]["reasons"])
        assert is_taken(stack, 20) is None
        filler.go()
        wait_until("ingest takes again", lambda: is_taken(stack, 21) is not None)
        acknowledged.append(21)

        filler.leave(0)
        number, end = 22, time.monotonic() + 12  # several snapshots, inserts and writes of redis' file
        while time.monotonic() < end:
            if is_taken(stack, number):
                acknowledged.append(number)
            number += 1
            time.sleep(0.2)
        filler.go()
        position: list[str] = []

        def taken_again() -> bool:
            position[:] = [at] if (at := is_taken(stack, number)) else []
            return bool(position)

        wait_until("ingest takes events", taken_again, 90, every=0.5)
        acknowledged.append(number)
        wait_until("everything is applied", lambda: is_settled(stack, position[0]), 120)
        wait_until("the server is ready", lambda: answer(stack, "/ready")[0] == 200)

        verified = command(stack, "verify", "--wait", "60")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        rows = command(stack, "sql", "select id from events final", "--format", "TSV").stdout
        log = (disk / "data" / "logs" / "server.log").read_text()
    held = {int(line.removeprefix("event-")) for line in rows.split() if line.startswith("event-")}
    assert set(acknowledged) <= held
    assert "pressure_changed" in log
