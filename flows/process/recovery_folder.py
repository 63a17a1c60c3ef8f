"""The recovery folder of a flow process: one lock, and a check before Bytewax opens it.

Bytewax itself ends with a traceback on a torn folder. Here a folder that cannot be used is put aside, with a
clear log line, and the flow counts again from its streams.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pickle
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
import zstandard
from bytewax.recovery import init_db_dir

log = structlog.get_logger()

NEEDED: Final = 256 * 1024
"""Bytes of room that opening a folder and keeping the first snapshot takes, at least."""


class FolderTaken(RuntimeError):
    """Another process runs on this recovery folder."""


class NoRoom(RuntimeError):
    """The disk of a recovery folder takes no writes; nothing can be said of the folder until it does."""


def lock(folder: Path) -> int:
    """Lock a recovery folder for the life of this process; return the descriptor that holds it.

    Raises:
        FolderTaken: if another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder.with_name(folder.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        msg = f"recovery folder {folder} is in use by another process; two flows must not share one"
        raise FolderTaken(msg) from None
    return held


def prepare(folder: Path) -> tuple[bool, str]:
    """Make a recovery folder usable; return whether it holds state, and what was wrong with it ("" for nothing).

    A folder that is torn is renamed to `NAME.torn-TIME` and begun anew.

    Raises:
        NoRoom: if the disk is full. Then SQLite cannot open a folder that is whole.
    """
    _check_room(folder)
    fault = fault_of(folder)
    if fault is not None:
        _check_room(folder)  # once more: what was found may be that the disk is full since
        aside = folder.with_name(f"{folder.name}.torn-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        folder.rename(aside)
        folder.mkdir()
        log.error("recovery_folder_torn", folder=str(folder), fault=fault, put_aside_as=str(aside),
                  what_now="counting again from the first entry of the streams")  # fmt: skip
        fault = f"{fault}; put aside as {aside.name}; counts again from the first entry of the streams"
    held = any(folder.glob("*.sqlite3"))
    if not held:
        init_db_dir(folder, 1)  # type: ignore[no-untyped-call]
    return held, fault or ""


def _check_room(folder: Path) -> None:
    probe = folder.with_name(folder.name + ".room")
    try:
        with probe.open("wb", buffering=0) as file:
            if file.write(bytes(NEEDED)) < NEEDED:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        msg = f"the disk of {folder} takes no writes ({error.strerror}): make room; the state in it is kept"
        raise NoRoom(msg) from None
    finally:
        probe.unlink(missing_ok=True)


def fault_of(folder: Path) -> str | None:
    """Return why a recovery folder cannot be used, None if it can (or is empty)."""
    parts = sorted(folder.glob("*.sqlite3"))
    if not parts:
        return None if not any(folder.iterdir()) else "it holds files but no partition"
    for part in parts:
        try:
            with closing(sqlite3.connect(part)) as database:
                answer = database.execute("pragma quick_check").fetchone()
                total = database.execute("select part_count from parts limit 1").fetchone()
                unreadable = _unreadable(database) if answer == ("ok",) else None
        except sqlite3.DatabaseError as error:
            return f"{part.name}: {error}"
        if answer != ("ok",):
            return f"{part.name}: {answer[0] if answer else 'no answer'}"
        if total is None or total[0] != len(parts):
            return f"{part.name}: speaks of {total[0] if total else 0} partitions, {len(parts)} are here"
        if unreadable is not None:
            return f"{part.name}: {unreadable}"
    return None


def _unreadable(database: sqlite3.Connection) -> str | None:
    """Return which snapshot cannot be read: the pages of SQLite have no checksum, what a flow packs has one."""
    unpack = zstandard.ZstdDecompressor()
    rows = database.execute("select step_id, state_key, ser_change from snaps where ser_change is not null")
    for step, key, pickled in rows:
        try:
            # What Bytewax itself is about to do; it was written by this flow into its own folder.
            state = pickle.loads(pickled)  # noqa: S301
            if isinstance(state, tuple) and isinstance(state[-1], bytes):
                unpack.decompress(state[-1])
        except Exception as error:  # noqa: BLE001 - damaged bytes may raise anything
            return f"the snapshot of {step} {key} cannot be read: {error!r}"
    return None
