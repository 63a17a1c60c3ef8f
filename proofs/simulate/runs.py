"""Playing stories: one seed, many at once by some processes, and a failing one made shorter while it still fails."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

import structlog

from proofs.simulate import mutations
from proofs.simulate.checks import Inspector
from proofs.simulate.failures import Failure
from proofs.simulate.stories.generator import make
from proofs.simulate.stories.story import ALL, Post, Run, Step, Story
from proofs.simulate.world import World

AT_ONCE = 4
"""Seeds that a process takes at a time: few, so that a run that finds its seed early ends early."""


def play(story: Story) -> Failure | None:
    """Play a story; return what went wrong, None if nothing did."""
    world = World(story)
    Inspector(world)
    return world.play()


@contextmanager
def silence() -> Iterator[None]:
    """Let the flows' logs go: a crash a second is the rule here."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def shrunk(story: Story, failure: Failure, seconds: float) -> tuple[Story, Failure]:
    """Leave out steps, events and faults while the same rule breaks, for so many seconds at most."""
    until = time.monotonic() + seconds
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(story):
            if time.monotonic() > until:
                return story, failure
            found = play(candidate)
            if found is not None and found.rule == failure.rule:
                story, failure, smaller = candidate, found, True
                break
    return story, failure


def _smaller(story: Story) -> Iterator[Story]:
    """Yield stories with less in them: first without big parts, then without small ones."""
    steps = story.steps
    size = len(steps) // 2
    while size:
        for begin in range(len(steps) - size, -1, -size):
            yield story._replace(steps=steps[:begin] + steps[begin + size :])
        size //= 2
    for number, step in enumerate(steps):
        for simpler in _simpler(step):
            yield story._replace(steps=(*steps[:number], simpler, *steps[number + 1 :]))


def _simpler(step: Step) -> Iterator[Step]:
    if isinstance(step, Post) and len(step.events) > 1:
        for number in range(len(step.events)):
            yield step._replace(events=step.events[:number] + step.events[number + 1 :])
    if isinstance(step, Run):
        if step.crash:
            yield step._replace(crash=0)
        if step.pause:
            yield step._replace(pause=0, steps=0)
        if step.writes != ALL:
            yield step._replace(writes=ALL)
        if len(step.reads) > 1:
            yield step._replace(reads=step.reads[:1])


def outcomes(
    seeds: Sequence[int], mutation: str | None = None, jobs: int = 1
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


def first_red(seeds: Sequence[int], mutation: str | None = None, jobs: int = 1) -> tuple[int, Failure] | None:
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
