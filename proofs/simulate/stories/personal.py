"""What persons say of their own streaks, beside what else is posted in a story."""

from __future__ import annotations

from random import Random
from typing import Final

from proofs.simulate.stories.said import Said
from proofs.simulate.stories.story import Post, Step, Story

RULED: Final = 0.02
"""In how many requests somebody states a freeze too."""


def with_rules(story: Story, random: Random) -> Story:
    """Return the story with freezes in some of its requests; when things happen stays as it is."""
    steps = tuple(_with_freeze(step, number, random) for number, step in enumerate(story.steps))
    return story._replace(steps=steps)


def _with_freeze(step: Step, number: int, random: Random) -> Step:
    if not isinstance(step, Post) or random.random() >= RULED:
        return step
    who = random.choice(step.events).listener
    return step._replace(events=(*step.events, Said("freeze", "", f"f{number}", step.at, step.at, who)))
