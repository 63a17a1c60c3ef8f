"""What persons do by themselves, beside what else is posted in a story: freezes, and plays by clocks that are wrong."""

from __future__ import annotations

from random import Random
from typing import Final

from proofs.counting.plain import MINUTE
from proofs.simulate.stories.said import Said
from proofs.simulate.stories.story import Post, Story

RULED, AHEAD = 0.02, 0.02
"""In how many requests somebody states a freeze too; somebody new plays now and, by a wrong clock, later."""
WRONG: Final = 0.3
"""In how many stories clocks are wrong like that."""
LATER: Final = 10 * MINUTE


def with_persons(story: Story, random: Random) -> Story:
    """Return the story with more in some of its requests; when things happen stays as it is."""
    ahead = AHEAD if random.random() < WRONG else 0.0
    steps, who = list(story.steps), ""
    for number, step in enumerate(steps):
        if not isinstance(step, Post):
            continue
        chance = random.random()
        if chance < ahead:
            plays = (_play(f"a{number}", step.at + LATER, number), _play(f"b{number}", step.at, number))
            steps[number] = step._replace(events=(*step.events, *plays))
        elif chance < ahead + RULED:
            who = random.choice([who or "u0", random.choice(step.events).listener])  # some state a second one
            freeze = Said("freeze", "", f"f{number}", step.at, step.at, who)
            steps[number] = step._replace(events=(*step.events, freeze))
    return story._replace(steps=tuple(steps))


def _play(id_: str, start: int, number: int) -> Said:
    return Said("play", "ahead", id_, start, start, f"w{number}", 60.0, 200)
