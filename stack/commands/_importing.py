"""What `streakline import` does: read a file twice, first to check and count it, then to send it."""

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from streakline_client import Client, NotSettled
from streakline_client.imports.rows import BadFile, Imported, Outcome, Skipped, Unreadable

SHOWN = 5
"""Reasons named of each sort; the rest are counted."""
MOST_UNREADABLE = 10_000
"""Rows that may be unreadable in any case; a file with more of them than of plays is no history."""
CONCURRENT = 3
"""Requests under way at once: enough to keep one server busy, few enough to leave it answering others."""

Outcomes = Callable[[], Iterator[Outcome]]


@dataclass
class Tally:
    """What became of the rows of an import."""

    rows: int = 0
    plays: int = 0
    """Rows that became events."""
    skipped: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    accepted: int = 0
    duplicates: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0
    settled: float | None = None
    """Seconds until everything counted everywhere; None if nobody waited."""
    late: str = ""
    """Why it had not settled when the wait ended."""

    @property
    def clean(self) -> bool:
        """Whether every row was understood and taken, and all of it counts."""
        return not (self.unreadable or self.rejected or self.late)

    def lines(self) -> Iterator[str]:
        """Yield the summary for people."""
        yield f"{self.rows:,} rows read, {self.accepted:,} plays accepted in {self.seconds:.1f} s"
        if self.duplicates:
            yield f"{self.duplicates:,} repeats of rows in the same file"
        for reason, number in self.skipped.most_common():
            yield f"{number:,} skipped: {reason}"
        yield from _named("unreadable", self.unreadable)
        yield from _named("rejected", self.rejected)
        if self.settled is not None:
            yield f"settled after {self.settled:.1f} s: live numbers and history show it"
        if self.late:
            yield f"{self.late}: all of it is accepted, and history shows it when that is done"


def _named(what: str, rows: list[tuple[int, str]]) -> Iterator[str]:
    if rows:
        yield f"{len(rows):,} {what}:"
        yield from (f"  row {row}: {error}" for row, error in rows[:SHOWN])
        if len(rows) > SHOWN:
            yield f"  and {len(rows) - SHOWN:,} more"


def check(outcomes: Outcomes) -> Tally:
    """Read a whole file and count what its rows are, sending nothing.

    Raises:
        BadFile: if it is not what its importer reads, or has more rows that cannot be read than others.
    """
    tally = Tally()
    for outcome in outcomes():
        tally.rows += 1
        if isinstance(outcome, Imported):
            tally.plays += 1
        elif isinstance(outcome, Skipped):
            tally.skipped[outcome.reason] += 1
        elif isinstance(outcome, Unreadable):
            tally.unreadable.append((outcome.row, outcome.error))
            if len(tally.unreadable) > max(MOST_UNREADABLE, tally.plays):
                _, reason = tally.unreadable[0]
                raise BadFile(
                    f"{len(tally.unreadable):,} of {tally.rows:,} rows cannot be read, the first: {reason}"
                )
    return tally


async def send(client: Client, outcomes: Outcomes, tally: Tally, wait: float, console: Console) -> None:
    """Send the events of a checked file and wait until they count.

    Raises:
        StreaklineError: if the server refuses requests or cannot be reached.
    """
    began = time.monotonic()
    rows: array[int] = array("q")
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("sending", total=tally.plays)
        async for batch, receipt in client.post_many(_events(outcomes, rows), concurrency=CONCURRENT):
            tally.accepted += receipt.accepted
            tally.duplicates += receipt.duplicates
            tally.rejected += [(rows[one.index], one.error) for one in receipt.rejected]
            progress.advance(task, batch.number)
        tally.rejected.sort()
        tally.seconds = time.monotonic() - began
        if wait <= 0:
            return
        progress.update(task, description="settling", total=None)
        try:
            await client.settled(client.position, wait)
            tally.settled = time.monotonic() - began
        except NotSettled as error:
            tally.late = str(error)


def _events(outcomes: Outcomes, rows: "array[int]") -> Iterator[dict[str, Any]]:
    for outcome in outcomes():
        if isinstance(outcome, Imported):
            rows.append(outcome.row)
            # The request is sent by this command, the play was heard on a device that nobody knows.
            yield {"userAgent": "", **outcome.event}
