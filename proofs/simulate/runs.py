"""Playing stories: one seed, and a failing one made shorter while it still fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from proofs.simulate.checks import Inspector
from proofs.simulate.failures import Failure
from proofs.simulate.stories.story import ALL, Post, Run, Step, Story
from proofs.simulate.world import World


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
