"""The recovery folder is checked before Bytewax opens it; a torn one is put aside, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.recovery import FolderTaken, fault_of, lock, prepare


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


def test_two_processes_cannot_share_a_folder(tmp_path: Path) -> None:
    lock(tmp_path / "content-0")
    with pytest.raises(FolderTaken, match=r"content-0 is in use by another process"):
        lock(tmp_path / "content-0")
