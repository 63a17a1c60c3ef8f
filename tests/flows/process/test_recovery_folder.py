"""The recovery folder is checked before Bytewax opens it; a torn one is put aside, with its reason."""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows.bridge import _packed
from flows.process.recovery_folder import FolderTaken, fault_of, lock, prepare


def test_an_empty_folder_is_made_usable_and_holds_no_state(tmp_path: Path) -> None:
    assert prepare(tmp_path) == (False, "")
    assert fault_of(tmp_path) is None
    assert prepare(tmp_path) == (True, "")


def _garbage(part: Path) -> None:
    part.write_bytes(b"this is no database" * 1000)


def _truncated(part: Path) -> None:
    data = part.read_bytes()
    part.write_bytes(data[: len(data) // 2])


def _emptied(part: Path) -> None:
    part.write_bytes(b"")


def _missing(part: Path) -> None:
    part.rename(part.with_suffix(".lost"))


@pytest.mark.parametrize("tear", [_garbage, _truncated, _emptied, _missing])
def test_a_torn_folder_is_put_aside_and_begun_anew(tmp_path: Path, tear: Callable[[Path], None]) -> None:
    folder = tmp_path / "content-0"
    folder.mkdir()
    prepare(folder)
    tear(folder / "part-0.sqlite3")
    assert fault_of(folder) is not None
    held, fault = prepare(folder)
    assert not held
    assert "put aside as content-0.torn-" in fault
    assert fault_of(folder) is None
    assert len(list(tmp_path.glob("content-0.torn-*"))) == 1


def test_a_page_that_the_disk_lost_is_noticed_wherever_it_held_a_snapshot(tmp_path: Path) -> None:
    # SQLite's own check does not look into the bytes of a snapshot.
    folder = tmp_path / "content-0"
    folder.mkdir()
    prepare(folder)
    part = folder / "part-0.sqlite3"
    with closing(sqlite3.connect(part)) as database:
        for epoch in range(4):
            state = pickle.dumps((epoch, _packed(os.urandom(30_000))))
            row = ("content.counted", str(epoch), epoch, state)
            database.execute(
                "insert into snaps (step_id, state_key, snap_epoch, ser_change) values (?, ?, ?, ?)", row
            )
        database.commit()
        database.execute("pragma wal_checkpoint(truncate)")
    whole, held = part.read_bytes(), _held(part)
    assert len(held) == 4
    noticed = 0
    for at in range(0, len(whole), 4096):
        part.write_bytes(whole[:at] + bytes(4096) + whole[at + 4096 :])
        if fault_of(folder) is None:
            assert _held(part) == held
        else:
            noticed += 1
    assert noticed > 28  # the snapshots alone are 30 pages


def _held(part: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(part)) as database:
        return database.execute("select step_id, state_key, snap_epoch, ser_change from snaps").fetchall()


def test_a_disk_without_room_says_nothing_of_a_folder_and_leaves_its_state_alone(tmp_path: Path) -> None:
    folder = tmp_path / "archive-0"
    folder.mkdir()
    prepare(folder)
    (folder / "part-0.sqlite3-shm").unlink(missing_ok=True)
    # No byte may be written: what a process meets on a full disk, with another errno.
    without_room = """
import pathlib, resource, signal, sys
from flows.process.recovery_folder import NoRoom, prepare
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    prepare(pathlib.Path(sys.argv[1]))
except NoRoom as error:
    print(error)
"""
    said = subprocess.run(
        [sys.executable, "-c", without_room, str(folder)], capture_output=True, text=True, check=True
    )
    assert f"the disk of {folder} takes no writes" in said.stdout
    assert prepare(folder) == (True, "")
    assert sorted(tmp_path.iterdir()) == [folder]


def test_two_processes_cannot_share_a_folder(tmp_path: Path) -> None:
    lock(tmp_path / "content-0")
    with pytest.raises(FolderTaken, match=r"content-0 is in use by another process"):
        lock(tmp_path / "content-0")
