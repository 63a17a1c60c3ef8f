"""How long from `git clone` to `ready`, what the demo's environment weighs, and uv against pip on one lock.

Caches are filled by a first round that does not count. `python -m bench.install [--without-node]`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from proofs.running.command import parser
from proofs.running.machine import alone, keep

ROOT = Path(__file__).parents[1]
NODE = {"node", "npm", "npx", "corepack"}


def main() -> int:
    """Measure, print, and keep a row."""
    without_node = (False, "hide Node: the wheel's builds the page")
    keep_row = (False, "append a row to bench/results.md")
    options = parser(__doc__, without_node=without_node, keep=keep_row).parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        environment = dict(os.environ)
        if options.without_node:
            environment["PATH"] = _path_without_node(work / "programs")
        clone_to_ready(work / "first", environment)
        seconds = clone_to_ready(work / "second", environment)
        size = megabytes(work / "second" / ".venv")
        by_uv, by_pip = uv_against_pip(work / "second", work)
        figures = (
            f"clone to ready {seconds:.0f} s; the demo's environment {size} MB; run.lock into an empty environment: "
            f"uv {by_uv:.1f} s, pip {by_pip:.1f} s, {by_pip / by_uv:.0f} times"
        )
    print(figures)
    if options.keep:
        keep("bench.install" + (" --without-node" if options.without_node else ""), figures)
    return 0


def clone_to_ready(folder: Path, environment: dict[str, str]) -> float:
    """Return the seconds from `git clone` until `make demo` in the clone prints its ready line."""
    began = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    demo = ["make", "demo", "DEMO_ARGS=--port 0"]
    with subprocess.Popen(
        demo, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        ready = any(line.startswith("ready ") for line in process.stdout)
        seconds = time.monotonic() - began
        os.killpg(process.pid, signal.SIGTERM)  # as Ctrl-C does: make alone would leave the stack
    if not ready:
        sys.exit("`make demo` ended without its ready line")
    return seconds


def uv_against_pip(clone: Path, work: Path) -> tuple[float, float]:
    """Return the seconds that uv and pip take for the same lock, each into an environment made beforehand."""
    uv, lock = str(clone / ".uv" / "bin" / "uv"), str(clone / "locks" / "run.lock")
    for name in ("by_uv", "by_pip"):
        subprocess.run([sys.executable, "-m", "venv", str(work / name)], check=True)
    python = {name: str(work / name / "bin" / "python") for name in ("by_uv", "by_pip")}
    by_uv = [uv, "pip", "sync", "--quiet", "--python", python["by_uv"], "--require-hashes", lock]
    by_pip = [python["by_pip"], "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
    return _seconds(by_uv), _seconds(by_pip)


def megabytes(folder: Path) -> int:
    """Return what a folder holds, hard links counted once as `du` does."""
    files = (path.lstat() for path in folder.rglob("*"))
    seen = {(file.st_dev, file.st_ino): file.st_blocks for file in files}
    return sum(seen.values()) * 512 // 1_000_000


def _seconds(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def _path_without_node(folder: Path) -> str:
    """Return a PATH of one folder that links to every program of this PATH but Node's."""
    folder.mkdir()
    for part in os.environ["PATH"].split(os.pathsep):
        for program in sorted(Path(part).iterdir()) if Path(part).is_dir() else ():
            link = folder / program.name
            if program.name not in NODE and not link.is_symlink():
                link.symlink_to(program)
    return str(folder)


if __name__ == "__main__":
    sys.exit(main())
