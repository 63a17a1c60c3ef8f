"""Many seeds at once: each is played by one of some processes, and told in the order of the seeds."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from proofs.simulate import mutations
from proofs.simulate.failures import Failure
from proofs.simulate.runs import play, silence
from proofs.simulate.stories.generator import make

AT_ONCE = 4
"""Seeds that a process takes at a time: few, so that a run that finds its seed early ends early."""


def outcomes(
    seeds: range, mutation: str | None = None, jobs: int = 1
) -> Iterator[tuple[int, Failure | None]]:
    """Yield each seed, in order, with what went wrong in its story; `mutation` names a fault to put in before."""
    if jobs == 1:
        yield from map(partial(_played, mutation), seeds)
        return
    context = multiprocessing.get_context("spawn")
    workers = ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts_to_the_parent)
    try:
        yield from workers.map(partial(_played, mutation), seeds, chunksize=AT_ONCE)
    finally:
        workers.shutdown(cancel_futures=True)


def first_red(seeds: range, mutation: str | None = None, jobs: int = 1) -> tuple[int, Failure] | None:
    """Return the first seed whose story fails, with what went wrong; None if all are green."""
    for seed, failure in outcomes(seeds, mutation, jobs):
        if failure is not None:
            return seed, failure
    return None


def _played(mutation: str | None, seed: int) -> tuple[int, Failure | None]:
    with silence(), mutations.mutated(mutation):
        return seed, play(make(seed))


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
