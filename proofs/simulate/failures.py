"""What is wrong when something is wrong."""

from __future__ import annotations

from typing import NamedTuple


class Broken(Exception):
    """An invariant does not hold."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule, self.why = rule, why


class Failure(NamedTuple):
    """What went wrong in a story."""

    rule: str
    why: str
    step: int
    """Number of the step, from 1; one more than there are: at rest after the last."""
