"""What `streakline import` does: read a history twice, first to check and count it, then to send it."""

import time
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from stack.imports.known_rows import Identities, Known, identity
from stack.imports.tally import Tally
from streakline_client import Client, NotSettled
from streakline_client.imports.rows import BadFile, Imported, Outcome, Skipped, Unreadable

MOST_UNREADABLE = 10_000
"""Rows that may be unreadable in any case; a file with more of them than of plays is no history."""
CONCURRENT = 3
"""Requests under way at once: enough to keep one server busy, few enough to leave it answering others."""

Outcomes = Callable[[], Iterator[Outcome]]


def check(outcomes: Outcomes) -> Tally:
    """Read a whole history and count what its rows are, sending nothing.

    Raises:
        BadFile: if it is not what its importer reads, or has more rows that cannot be read than others.
    """
    tally = Tally()
    for outcome in outcomes():
        tally.rows += 1
        if isinstance(outcome, Imported):
            tally.plays += 1
            tally.identities.add(outcome.event)
            tally.countries += "country" in outcome.event
            if outcome.note:
                tally.remarks[outcome.note] += 1
        elif isinstance(outcome, Skipped):
            tally.skipped[outcome.reason] += 1
            if outcome.former is not None:
                tally.former.add_former(*outcome.former)
        elif isinstance(outcome, Unreadable):
            tally.unreadable.append((outcome.row, outcome.error))
            if len(tally.unreadable) > max(MOST_UNREADABLE, tally.plays):
                _, reason = tally.unreadable[0]
                raise BadFile(
                    f"{len(tally.unreadable):,} of {tally.rows:,} rows cannot be read, the first: {reason}"
                )
    return tally


def compare(tally: Tally, known: Known, *, ours: bool) -> frozenset[int]:
    """Say which rows of a checked history are new; return the keys of those to leave as they are.

    Args:
        tally: of the history.
        known: what history knows, and what was sent before.
        ours: whether the importer makes the ids: then one that is known with another start is the same row, as an
            older release read it.
    """
    rows, tally.asked = tally.identities, known.why
    tally.stay = len(tally.former.keys) if known.why else int(known.has(tally.former).sum())
    if known.why:
        return frozenset()
    moved = known.moved(rows) if ours else frozenset()
    whole = rows.whole()
    left = np.isin(rows.hashed(), np.array(sorted(moved), "<u8"))
    tally.repeats = len(whole) - len(np.unique(whole))
    tally.left = len(np.unique(whole[left]))
    has = known.has(rows)
    tally.known = len(np.unique(whole[has]))
    tally.new = len(np.unique(whole[~has & ~left]))
    return moved


async def send(
    client: Client,
    outcomes: Outcomes,
    tally: Tally,
    left: frozenset[int],
    wait: float,
    console: Console,
    *,
    concurrency: int = CONCURRENT,
) -> Identities:
    """Send the events of a checked history and wait until they count; return what was taken.

    Args:
        client: of the server.
        outcomes: reads the history once more.
        tally: of the history, which is filled in.
        left: keys of events to leave out.
        wait: seconds until it must have settled; 0 does not wait.
        console: for progress.
        concurrency: requests under way at once; 1 keeps the order of the events.

    Raises:
        StreaklineError: if the server refuses requests or cannot be reached.
    """
    began = time.monotonic()
    rows: array[int] = array("q")
    sent = Identities()
    refused: set[int] = set()
    positions: list[str] = []
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("sending", total=tally.plays)
        async for batch, receipt in client.post_many(
            _events(outcomes, rows, sent, left), concurrency=concurrency
        ):
            tally.sent += receipt.accepted
            refused.update(one.index for one in receipt.rejected)
            tally.rejected += [(rows[one.index], one.error) for one in receipt.rejected]
            positions.append(receipt.position)
            progress.advance(task, batch.number)
        tally.rejected.sort()
        tally.seconds = time.monotonic() - began
        taken = sent.without(refused)
        if wait <= 0 or not positions:
            return taken
        progress.update(task, description="settling", total=None)
        try:
            await client.settled(positions, wait)
            tally.settled = time.monotonic() - began
        except NotSettled as error:
            tally.late = str(error)
    return taken


def count(tally: Tally, known: Known, taken: Identities) -> None:
    """Say which of the rows that were taken are new, and how many of these count, once they have settled."""
    if known.why:
        return
    whole = taken.whole()
    new = np.unique(whole[~known.has(taken)])
    tally.new = len(new)
    if tally.settled is not None and known.ask(taken):
        tally.counted = known.counted(new)


def _events(
    outcomes: Outcomes, rows: "array[int]", sent: Identities, left: frozenset[int]
) -> Iterator[dict[str, Any]]:
    for outcome in outcomes():
        if isinstance(outcome, Imported):
            if left and identity(outcome.event)[0] in left:
                continue
            rows.append(outcome.row)
            sent.add(outcome.event)
            # The request is sent by this command, the play was heard on a device that nobody knows.
            yield {"userAgent": "", **outcome.event}
