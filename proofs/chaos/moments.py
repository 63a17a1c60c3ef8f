"""The moments at which a kill hurts most, read from the kernel and from the files that a part writes.

The part itself is not asked: its answer would come too late. Looked at in a tight loop, less than a millisecond
before the signal, so that what was seen was most likely still so when it came.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
import redis

from proofs.chaos.reading import clickhouse
from proofs.running.stack import StackProcess
from proofs.traffic.sender import Sender

PATIENCE: Final = 5.0
"""Seconds that a kill waits for its moment; without one it strikes anyway, and is counted as such."""
LOOK_EVERY: Final = 0.0002
FSYNCS: Final = frozenset({"74", "75"})
"""fsync and fdatasync on x86-64 (asm/unistd_64.h)."""
SLEEPS: Final = frozenset({"35", "230"})
"""nanosleep and clock_nanosleep: what an fsync that is delayed spends its time with."""
WRITE_LOCK: Final = "120"
"""The byte of a `-shm` file that SQLite locks for as long as a transaction writes (its WAL-index format)."""

Look = Callable[[], str | None]


class Moments:
    """Finds a part in the middle of something, and strikes."""

    def __init__(self, stack: StackProcess, sender: Sender) -> None:
        """Prepare to watch the parts of a running stack."""
        self._stack, self._sender = stack, sender
        self._rewrites = 0
        self._tables: list[Path] = []

    def strike(
        self, part: str, victim: psutil.Process, *, first: Callable[[], None] | None = None
    ) -> str | None:
        """Kill -9 a process as soon as it is in the middle of something; return what that was.

        None: there was no such moment for `PATIENCE`; it is killed all the same. `first` is done right before
        the kill. This blocks its thread.
        """
        look = self._look(part, victim.pid, aimed=True)
        deadline = time.monotonic() + PATIENCE
        while (seen := look()) is None and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
        if first is not None:
            first()
        victim.kill()
        return seen

    def kill(self, part: str, victim: psutil.Process) -> str | None:
        """Kill -9 a process now; return what it was in the middle of, None for nothing that is known."""
        seen = self._look(part, victim.pid, aimed=False)()
        victim.kill()
        return seen

    def _look(self, part: str, pid: int, *, aimed: bool) -> Look:
        if part == "server":
            return lambda: "a request" if self._sender.in_flight else None
        if part in {"content", "viewers"}:
            return lambda: in_a_snapshot(pid)
        if part == "archive":
            return lambda: self._writing("tmp_insert", "an insert") or in_a_snapshot(pid)
        if part == "clickhouse":
            return lambda: self._writing("tmp_merge", "a merge") or self._writing("tmp_insert", "an insert")
        self._rewrites += aimed
        if aimed and self._rewrites % 2:  # it would not come by itself, while the file is small
            return self._rewrite()
        return lambda: _syncing(pid)

    def _rewrite(self) -> Look:
        """Have Redis write its file anew, and look for the file that it writes meanwhile."""
        folder = self._stack.folder / "data" / "redis"
        before = set(folder.glob("temp-rewriteaof-*"))  # left behind by kills before
        with (
            suppress(redis.RedisError),
            redis.Redis.from_url(self._stack.redis_url, socket_timeout=3) as client,
        ):
            client.bgrewriteaof()
        return lambda: "a rewrite of its file" if set(folder.glob("temp-rewriteaof-*")) - before else None

    def _writing(self, prefix: str, moment: str) -> str | None:
        """Return `moment` if a table has a part under way: ClickHouse gives it its name when it is complete."""
        if not self._tables:
            client = clickhouse(self._stack)
            try:
                found = client.query(
                    "select arrayJoin(data_paths) from system.tables where database = currentDatabase()"
                    " and engine like '%MergeTree'"
                ).result_rows
            finally:
                client.close()
            self._tables = [Path(path) for (path,) in found]
        return moment if any(_has(table, prefix) for table in self._tables) else None


def _has(folder: Path, prefix: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.startswith(prefix) for entry in entries)
    except FileNotFoundError:  # the folder moved while it was listed
        return False


def in_a_snapshot(pid: int) -> str | None:
    """Tell whether a process writes in a transaction of SQLite: a flow does when it keeps its snapshot."""
    for line in Path("/proc/locks").read_text().splitlines():
        _, kind, _, access, owner, _, first, _ = line.replace("-> ", "").split()
        if (kind, access, owner, first) == ("POSIX", "WRITE", str(pid), WRITE_LOCK):
            return "a snapshot"
    return None


def _syncing(pid: int) -> str | None:
    """Tell whether the first thread of a process waits for its file to be on the disk."""
    try:
        call = Path(f"/proc/{pid}/syscall").read_text().split()[0]
    except OSError:  # it is gone, or is not ours to look at
        return None
    return "an fsync" if call in FSYNCS | SLEEPS else None
