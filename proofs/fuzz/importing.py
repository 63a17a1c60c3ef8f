"""Broken files to the importers: each by the real command in a process of its own, with a deadline."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Final

from proofs.fuzz.files import Broken, bombs, broken_files
from proofs.fuzz.findings import IMPORTS, Findings

PATIENCE: Final = 60.0
"""Seconds that a file may take."""
MOST_MEMORY: Final = 1 << 30
"""Bytes that a file may make the command hold."""
_CONTEXT: Final = multiprocessing.get_context("forkserver")


class Importer:
    """Imports files into one server."""

    def __init__(self, url: str, token: str, folder: Path, findings: Findings) -> None:
        self._url, self._token, self._folder, self._findings = url, token, folder, findings
        self.greatest = 0
        """Bytes of the greatest import."""
        # Forked from a process that has loaded the command already: a file takes milliseconds, not a second.
        _CONTEXT.set_forkserver_preload(["stack.commands.imports", "proofs.fuzz.importing"])

    def take(self, number: int, *, with_bombs: bool = True) -> None:
        """Import so many broken files, and packed bombs."""
        seed = self._findings.seed
        for place, file in enumerate(chain(broken_files(seed, number), bombs(seed) if with_bombs else ())):
            self._import(place, file)

    def _import(self, place: int, file: Broken) -> None:
        path = self._folder / f"import-{place}"
        path.write_bytes(file.content)
        said = self._folder / "import.log"
        wait = "10" if place % 50 == 0 else "0"
        words = [
            "--url", self._url, "--token", self._token, "import", file.importer, str(path),
            "--user", f"fuzz-{place}", "--wait", wait,
        ]  # fmt: skip
        begun = time.monotonic()
        process = _CONTEXT.Process(target=_command, args=(words, str(said)))
        process.start()
        process.join(PATIENCE)
        hung = process.exitcode is None
        if hung:
            process.kill()
            process.join()
        seconds = time.monotonic() - begun
        printed = said.read_text(errors="replace")
        busy = f"still busy after {PATIENCE:.0f} seconds"
        why = busy if hung else self._complaint(process.exitcode, printed)
        self._findings.note(f"import {file.importer}", f"exit {process.exitcode}", seconds)
        if why is None:
            path.unlink()
        else:
            what = file.importer, file.name, file.content[:300]
            self._findings.fail(IMPORTS, what, f"{why}; the file: {path}")

    def _complaint(self, code: int | None, printed: str) -> str | None:
        """Return what is wrong with how an import ended: it takes a file or says why not, in one line."""
        told, _, memory = printed.rpartition("\n")
        if "Traceback" in printed:
            return f"a traceback: {printed.strip().splitlines()[-1][:200]!r}"
        if code not in {0, 1, 2}:
            return f"exit code {code}"
        if not told.strip():
            return f"exit code {code} and not a word"
        held = int(memory)
        self.greatest = max(self.greatest, held)
        return f"{held >> 20} MiB of memory" if held > MOST_MEMORY else None


def _command(words: list[str], said: str) -> None:
    """Be the `streakline` command; what it prints, and last how much memory it held, goes to a file."""
    from stack import cli  # noqa: PLC0415 - in the child, which has it loaded

    file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = ["streakline", *words]
    try:
        cli.main()
    finally:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(1, f"\n{held}".encode())
