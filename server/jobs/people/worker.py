"""`python -m server.jobs.people.worker`: finds and emits the events of batches of persons, until its input ends.

A process of its own, which gives way to every other one: what is computed here would hold up the sockets of the
process that runs the job.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Iterator
from typing import Final

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.domain_stream import emit_all
from server.jobs.people.batches import Night, Outcome, Question, Setup, Worked, Year
from server.log import configure_log
from server.person_history import Known, creator_names, known_of
from server.resources.history import History, HistoryAway, HistoryBusy, Limits, TooCostly
from server.resources.redis_client import redis_client
from streakline import zones
from streakline.domain_events.found import Found
from streakline.domain_events.regular import found_by_night, found_of_year

LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes: more than the ids of a batch have."""
LIMITS: Final = Limits(at_once=3, waiting=0)
"""The questions of one batch."""
GC_THRESHOLDS: Final = (50_000, 20, 100)
"""Thousands of lists come and go with every batch, and none of them is garbage that only a collection finds."""
_log = structlog.get_logger()


class Worker:
    """Works for one job.

    Args:
        setup: where to ask and to emit.
    """

    def __init__(self, setup: Setup) -> None:
        self._asked: list[Question] = []
        # One thread of ClickHouse a question: the other cores are the readers'.
        settings = {"max_threads": 1, "max_result_bytes": setup.most_bytes}
        self._history = History(setup.history_url, self._observe, limits=LIMITS, settings=settings)
        self._redis: Redis = redis_client(setup.redis_url)

    async def work(self, batch: Night | Year) -> Worked:
        """Find the events of a batch and append those that are new."""
        outcome: Outcome = "failed"
        emitted, words = 0, ""
        try:
            emitted, outcome = await self._emitted(batch), "done"
        except HistoryAway as error:
            outcome, words = "away", str(error)
        except HistoryBusy as error:
            outcome, words = "busy", str(error)
        except TooCostly as error:
            outcome, words = "costly", str(error)
        except RedisError as error:
            outcome, words = "redis", str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job hears of it and fails
            _log.exception("batch_failed", first=batch.users[0], last=batch.users[-1])
            words = f"{type(error).__name__}: {error}"
        asked, self._asked = self._asked, []
        return Worked(outcome, emitted, words, asked)

    async def close(self) -> None:
        """Close the connections."""
        await self._history.close()
        await self._redis.aclose()

    async def _emitted(self, batch: Night | Year) -> int:
        known = await known_of(self._history, batch.users, batch.as_of, batch.closed_end)
        if isinstance(batch, Night):
            return await emit_all(self._redis, _of_night(batch, known))
        creators = {content.creator for one in known for content in one.rows.contents} - {""}
        names = await creator_names(self._history, creators)
        return await emit_all(self._redis, _of_year(batch, known, names))

    def _observe(self, name: str, outcome: str, seconds: float) -> None:
        self._asked.append(Question(name, outcome, seconds))


def _of_night(batch: Night, known: list[Known]) -> Iterator[tuple[str, list[Found]]]:
    for one in known:
        rules = one.personal.rules()
        yield one.id, found_by_night(one.id, one.rows, one.zone, rules, batch.as_of, batch.since)


def _of_year(batch: Year, known: list[Known], creators: dict[str, str]) -> Iterator[tuple[str, list[Found]]]:
    for one in known:
        rules = one.personal.rules()
        yield one.id, found_of_year(one.id, one.rows, one.zone, rules, batch.as_of, batch.year, creators)


async def serve(answers: int) -> None:
    """Answer each line of stdin on a descriptor until stdin ends: with it ends whoever this process works for."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    setup = msgspec.json.decode(await reader.readline(), type=Setup)
    configure_log(setup.log_format)
    worker, batches = Worker(setup), msgspec.json.Decoder(Night | Year)
    try:
        while line := await reader.readline():
            worked = await worker.work(batches.decode(line))
            os.write(answers, msgspec.json.encode(worked) + b"\n")
    finally:
        await worker.close()


def main() -> int:
    """Work until stdin ends; return the exit code."""
    # Ctrl-C reaches every process of a terminal: this one ends with its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever prints goes to the log, and only answers to whoever reads them.
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    zones.pin()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    asyncio.run(serve(answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
