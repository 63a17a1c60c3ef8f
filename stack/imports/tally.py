"""What became of the rows of an import, and how that is said."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from stack.imports.known_rows import Identities

SHOWN = 5
"""Reasons named of each sort; the rest are counted."""
LEFT_AS_IT_WAS = (
    "already known with another start, as older releases read them: left so until an import can be undone"
)

STAY = "of the skipped are in history, as an older release took them for plays: they stay until an import can be undone"
MAY_STAY = (
    "of the skipped were plays for releases until November 2026: where one imported them,"
    " they stay until an import can be undone"
)


@dataclass
class Tally:
    """What became of the rows of one history."""

    name: str = ""
    mixed: bool = False
    """Whether its events need not be plays."""
    rows: int = 0
    plays: int = 0
    """Rows that became events."""
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    """What is shown of rows that became events."""
    countries: int = 0
    """Rows that name a country."""
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    identities: Identities = field(default_factory=Identities)
    """Of the rows that became events."""
    former: Identities = field(default_factory=Identities)
    """Of skipped rows that older releases took for plays."""
    stay: int = 0
    """Those of them that history has, or may have where it was not asked."""
    nothing: str = ""
    """Of a history of which nothing is kept: what it looks like, and what it lacks."""

    sent: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    repeats: int = 0
    """Rows that say the same as one before them."""
    new: int | None = None
    """Rows that history did not know; None where it was not asked."""
    known: int = 0
    left: int = 0
    """Rows that are known with another start, and were not sent."""
    counted: int | None = None
    """New rows that count as plays; None where that is not known."""
    seconds: float = 0.0
    settled: float | None = None
    """Seconds until everything counted everywhere; None if nobody waited."""
    late: str = ""
    """Why it had not settled when the wait ended."""
    asked: str = ""
    """Why history was not asked."""

    @property
    def clean(self) -> bool:
        """Whether every row was understood and taken, and all of it counts."""
        return not (self.unreadable or self.rejected or self.late)

    @property
    def empty(self) -> bool:
        """Whether there was nothing to keep."""
        return not self.plays

    def lines(self) -> Iterator[str]:
        """Yield the summary for people."""
        yield f"{self.rows:,} {'row' if self.rows == 1 else 'rows'} read{self._sent()}"
        yield from self._kept()
        if self.repeats:
            yield f"{self.repeats:,} repeats of rows in the same file"
        for reason, number in self.skipped.most_common():
            yield f"{number:,} skipped: {reason}"
        for remark, number in self.remarks.most_common():
            yield f"{number:,} {remark}"
        if self.stay:
            yield f"{self.stay:,} {MAY_STAY if self.asked else STAY}"
        yield from named("unreadable", self.unreadable)
        yield from named("rejected", self.rejected)
        if self.empty:
            yield f"nothing in it to import{self.nothing and '; '}{self.nothing}"
        if self.settled is not None:
            yield f"settled after {self.settled:.1f} s: live numbers and history show it"
        if self.late:
            yield f"{self.late}: all of it is accepted, and history shows it when that is done"

    def _sent(self) -> str:
        return f", {self.sent:,} accepted in {self.seconds:.1f} s" if self.sent else ""

    def _kept(self) -> Iterator[str]:
        if self.empty:
            return
        if self.new is None:
            yield f"which of them are new was not asked: {self.asked}"
            return
        split = ""
        if self.counted is not None and self.new:
            others = self.new - self.counted
            rest = f"others {others:,}" if self.mixed else f"skips {others:,} (too short to count)"
            split = f": plays {self.counted:,}, {rest}"
        yield f"{self.new:,} new{split}"
        yield f"{self.known:,} already known"
        if self.left:
            yield f"{self.left:,} {LEFT_AS_IT_WAS}"


def named(what: str, rows: list[tuple[int, str]]) -> Iterator[str]:
    """Yield how many rows were so, and the first of them."""
    if rows:
        yield f"{len(rows):,} {what}:"
        yield from (f"  row {row}: {error}" for row, error in rows[:SHOWN])
        if len(rows) > SHOWN:
            yield f"  and {len(rows) - SHOWN:,} more"
