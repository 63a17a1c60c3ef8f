"""Runs: the streaks of a person one after another, the longest of them, and the one that is alive."""

from __future__ import annotations

from typing import NamedTuple


class Run(NamedTuple):
    """A streak, alive or not."""

    first: int
    """Its first day with a play."""
    last: int
    """Its last day with a play."""
    days: int
    """Its length: what bridges days without a play is not in it."""

    def longer(self, days: int, last: int) -> Run:
        """Return it with some days more, up to another last one."""
        return Run(self.first, last, self.days + days)


class Runs(NamedTuple):
    """The streaks of a person, in order of time."""

    all: tuple[Run, ...]
    breaks_at: int | None = None
    """The moment (ms) at which the last of them breaks if nothing is played; None if it is broken."""
    is_held: bool = False
    """Something else than a play holds it now."""

    @property
    def current(self) -> Run | None:
        """The one that is alive."""
        return self.all[-1] if self.all and self.breaks_at is not None else None

    @property
    def longest(self) -> Run | None:
        """The longest one; of equal ones the first."""
        return max(self.all, key=lambda run: (run.days, -run.first), default=None)
