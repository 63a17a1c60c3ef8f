"""Throw bad input at a whole running stack, beside good traffic, and see that it only refuses.

Starts a stack of its own in a temporary folder and sends it: requests to every route (a corpus, then what hypothesis
makes up), live connections that speak nonsense, poison into every stream and dictionary, broken files to every
importer. No answer is an error of the server's own, nothing hangs, no process dies or grows without end, `verify` finds
0 differences, and the good traffic meanwhile is counted exactly.

  python -m proofs.fuzz --requests 5000 --poison 200 --imports 500
  python -m proofs.fuzz --seed 7 --only imports       one part of a run again

Exit code: 0 if all that holds, else 1 with a line for each failure that says how to see it again.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import redis

from proofs.fuzz import asking, importing, poisoning, talking
from proofs.fuzz.bystander import Bystander
from proofs.fuzz.findings import IMPORTS, LIVE, PARTS, POISON, REQUESTS, Findings, print_report
from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.running.stack import StackFailed, StackProcess

FAILED = ("work_failed", "request_failed", "Traceback")
"""What stands in a log when a part met an error that it did not expect."""
AFTERWARDS = 2.0
"""Seconds of good traffic after everything was started again."""
MOST_GROWTH = 400 << 20
"""Bytes by which a process may grow during a run."""


def main(arguments: list[str] | None = None) -> int:
    """Run; return the exit code."""
    made = parser(
        __doc__, requests=(5_000, "requests over all routes"), frames=(400, "live connections"),
        poison=(200, "poison entries a stream"), imports=(500, "broken import files"),
        seed=(int(time.time()) % 1_000_000, "of everything that chance makes: a new one, printed"),
        keep=(False, "keep a row in bench/results.md"),
    )  # fmt: skip
    made.add_argument("--only", choices=PARTS, action="append", help="only this part; may be given again")
    options = made.parse_args(arguments)
    seed = options.seed
    stack, findings = StackProcess(), Findings(seed)
    print(f"seed {seed}, data in {stack.folder}", flush=True)
    try:
        memory = asyncio.run(_run(stack, findings, options))
    except StackFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print_report(findings, memory)
    if findings.failures:
        print(f"{len(findings.failures)} failures; the data folder stays: {stack.folder}")
        return 1
    shutil.rmtree(stack.folder)
    if options.keep:
        keep(f"proofs.fuzz --seed {seed}", _figures(findings))
    return 0


def _figures(findings: Findings) -> str:
    names = {
        "requests ": "requests",
        "live ": "live connections",
        "poison ": "poison entries",
        "import ": "files",
    }
    sent = ", ".join(f"{findings.total(prefix)} {name}" for prefix, name in names.items())
    return f"{sent}: no failure, slowest answer {max(findings.slowest.values()):.1f} s"


async def _run(
    stack: StackProcess, findings: Findings, options: argparse.Namespace
) -> dict[str, tuple[int, int]]:
    """Do every part beside good traffic; return part -> resident bytes before and after."""
    parts = options.only or PARTS
    async with stack:
        processes = stack.processes()
        before = {name: process.memory_info().rss for name, process in processes.items()}
        store = redis.Redis.from_url(stack.redis_url, protocol=2)
        async with Bystander(stack.url, stack.token, findings) as bystander:
            if REQUESTS in parts:
                await _timed(REQUESTS, asking.Asker(stack.url, stack.token, findings).ask, options.requests)
            if LIVE in parts:
                await _timed(LIVE, talking.Talker(stack.url, stack.token, findings).talk, options.frames)
            if POISON in parts:
                await _timed(POISON, lambda number: poisoning.throw(store, findings, number), options.poison)
            if IMPORTS in parts:
                folder = Path(stack.folder) / "imports"
                folder.mkdir()
                importer = importing.Importer(stack.url, stack.token, folder, findings)
                await _timed(IMPORTS, importer.take, options.imports)
                before["the greatest import"] = importer.greatest
        memory = _grown(findings, stack, processes, before)
        await bystander.check(stack.clickhouse_url)
        # Whatever lies in Redis and in the recovery folders now must be what everything can begin with.
        await stack.stop()
        await stack.start()
        async with bystander:
            await asyncio.sleep(AFTERWARDS)
        await bystander.check(stack.clickhouse_url)
        _read_logs(findings, stack)
        code, said = await stack.command("verify", "--wait", "60")
        good = not code and "0 differences" in said
        findings.note("verify", "0 differences" if good else f"exit {code}", 0.0)
        if code:
            print(said)
            findings.fail("verify", "what it printed stands above", f"exit code {code}")
        return memory


def _read_logs(findings: Findings, stack: StackProcess) -> None:
    """Find what a part caught and logged as its own failure, though nobody was told of it."""
    for log in sorted((stack.folder / "data" / "logs").glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()
        for word in FAILED:
            found = [line for line in lines if word in line]
            if found:
                findings.fail("logs", found[0], f"{log.name} says {word} {len(found)} times")


async def _timed(part: str, act: Callable[[int], object], number: int) -> None:
    begun = time.monotonic()
    await asyncio.to_thread(act, number)
    print(f"{part}: {time.monotonic() - begun:.0f} s", flush=True)


def _grown(
    findings: Findings, stack: StackProcess, processes: dict[str, psutil.Process], before: dict[str, int]
) -> dict[str, tuple[int, int]]:
    """Return part -> memory before and after; a part that died or grew too much is a failure."""
    memory = {name: (0, before[name]) for name in before.keys() - processes.keys()}
    after = stack.processes()
    for name, process in processes.items():
        if name not in after or after[name].pid != process.pid:
            findings.fail("parts", name, "died, and was started again")
            continue
        memory[name] = before[name], after[name].memory_info().rss
        if memory[name][1] > memory[name][0] + MOST_GROWTH:
            findings.fail("parts", name, f"grew from {memory[name][0] >> 20} to {memory[name][1] >> 20} MiB")
    return memory


if __name__ == "__main__":
    sys.exit(main())
