"""`python -m stack.demo`: post the demo's year and then its live crowd, until SIGTERM."""

import asyncio
import itertools
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import structlog

from stack.demo.crowd import Crowd
from stack.demo.history import DAYS, history
from streakline import zones
from streakline_client import Client, Patience, StreaklineError

SEED = 20_260_101
TICK = 0.25
"""Seconds between two posts of the live crowd."""
PATIENCE = Patience(total=24 * 3600.0)
"""The stack may be restarted under the demo; it goes on where it was."""
GAP_MS = 30 * 60_000
"""After so long a pause (the machine slept) the crowd starts again at now."""
HISTORY_BATCH = 1_000
HISTORY_PAUSE = 0.02
"""Seconds between two requests of the history, which leaves room for the live crowd."""
log = structlog.get_logger()


def _now() -> int:
    return time.time_ns() // 1_000_000


async def post_live(client: Client, seed: int) -> None:
    """Post the crowd's events as they become due, for ever."""
    crowd = Crowd(seed, _now())
    last = _now()
    while True:
        now = _now()
        if now - last > GAP_MS:
            crowd = Crowd(seed, now)
        last = now
        events = crowd.due(now)
        if events:
            receipt = await client.post(events)
            if receipt.rejected:
                log.warning("events_rejected", number=len(receipt.rejected), first=receipt.rejected[0].error)
        await asyncio.sleep(TICK)


async def post_history(client: Client, seed: int, days: int, done: Path | None) -> None:
    """Post the days behind the crowd; those that `done` names are left out."""
    began = time.monotonic()
    until = _now()
    days = min(days, _days_missing(done, until // 86_400_000))
    source: Iterator[dict[str, Any]] = history(seed, until, days)
    sent = 0
    while batch := list(itertools.islice(source, HISTORY_BATCH)):
        receipt = await client.post(batch)
        sent += receipt.accepted
        await asyncio.sleep(HISTORY_PAUSE)
    log.info("history_posted", events=sent, days=days, seconds=round(time.monotonic() - began, 1))
    await client.settled(client.position, wait=600)
    log.info("history_settled", seconds=round(time.monotonic() - began, 1))
    _write_done(done, until)


def _write_done(done: Path | None, until: int) -> None:
    if done is not None:
        done.write_text(json.dumps({"until": until}), encoding="utf-8")


def _days_missing(done: Path | None, today: int) -> int:
    """Return how many days of history a data folder lacks; at least the running one and the one before."""
    if done is None or not done.exists():
        return DAYS
    until = int(json.loads(done.read_text(encoding="utf-8"))["until"])
    return min(DAYS, today - until // 86_400_000 + 2)


async def run(url: str, token: str, seed: int, days: int, done: Path | None) -> int:
    """Post until SIGTERM or Ctrl-C; return the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Client(url, token or None, patience=PATIENCE) as client:
        live = asyncio.create_task(post_live(client, seed))
        past = asyncio.create_task(post_history(client, seed, days, done))
        waiting = asyncio.create_task(stop.wait())
        tasks = {live, past, waiting}
        try:
            while tasks and not stop.is_set():
                finished, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    task.result()
        except StreaklineError as error:
            log.warning("demo_stopped", error=str(error))
            return 1
        finally:
            for task in (live, past, waiting):
                task.cancel()
                with suppress(asyncio.CancelledError, StreaklineError):
                    await task
    return 0


@click.command()
@click.option("--url", envvar="STREAKLINE_URL", required=True, help="The server.")
@click.option("--token", envvar="STREAKLINE_TOKEN", default="", help="A token of scope admin.")
@click.option("--seed", envvar="STREAKLINE_DEMO_SEED", type=int, default=SEED, show_default=True)
@click.option("--days", type=int, default=DAYS, show_default=True, help="Days of history.")
@click.option(
    "--data",
    envvar="STREAKLINE_DATA",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder, where a note is kept of the days already posted.",
)
def main(url: str, token: str, seed: int, days: int, data: Path | None) -> None:
    """Post a generated audience to a server: a year of history, then the live crowd."""
    zones.pin()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    done = data / "demo-history.json" if data is not None and data.is_dir() else None
    sys.exit(asyncio.run(run(url, token, seed, days, done)))


if __name__ == "__main__":
    main()
