"""What a fuzz run sent and what came back: counts for the table, and a line for each thing that is wrong."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from proofs.fuzz.answers import Answer, Request
from proofs.running.tables import show

SHOWN: Final = 600
"""Characters of an input that a line shows."""
REQUESTS, LIVE, POISON, IMPORTS = PARTS = ("requests", "live", "poison", "imports")
"""The parts of a run, each of which may be run alone."""
BUSY: Final = frozenset({429, 503})
"""Refusals that are right when they say when to come again."""


@dataclass
class Findings:
    """Collects the answers of one run."""

    seed: int
    statuses: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """What was sent to -> how it was answered."""
    slowest: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """What was sent to -> seconds of its slowest answer."""
    failures: list[str] = field(default_factory=list)

    def note(self, where: str, outcome: str, seconds: float) -> None:
        """Count an answer."""
        self.statuses[where][outcome] += 1
        self.slowest[where] = max(self.slowest[where], seconds)

    def fail(self, part: str, what: object, why: str) -> None:
        """Keep a failure, with all that is needed to see it again."""
        text = repr(what)
        text = text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
        only = f" --only {part}" if part in PARTS else ""
        self.failures.append(f"{part}: {why}: {text}; again: --seed {self.seed}{only}")

    def total(self, prefix: str = "") -> int:
        """Return how many were sent to places whose names begin so."""
        return sum(counts.total() for where, counts in self.statuses.items() if where.startswith(prefix))


def complaint(request: Request | bytes, answer: Answer) -> str | None:
    """Return what is wrong with an answer, None if nothing is.

    Refusals are problem documents that say why; none is an error of the server's own.
    """
    if answer.status >= 500 and not _busy(answer):
        return f"answered {answer.status}"
    if answer.status < 400 or (isinstance(request, Request) and request.method == "HEAD"):
        return None
    if b"application/problem+json" not in answer.head:
        return f"{answer.status} is no problem document: {answer.head!r}"
    try:
        problem = json.loads(answer.body)
    except ValueError:
        return f"{answer.status} has a body that is no JSON: {answer.body[:200]!r}"
    if problem.get("status") != answer.status or not problem.get("detail"):
        return f"{answer.status} does not say why: {answer.body[:200]!r}"
    return None


def outcome(answer: Answer) -> str:
    """Return an answer's column in the table."""
    if not answer.status:
        return "closed"
    return f"{answer.status} later" if _busy(answer) else str(answer.status)


def _busy(answer: Answer) -> bool:
    return answer.status in BUSY and b"retry-after:" in answer.head.lower()


def print_report(findings: Findings, memory: Mapping[str, tuple[int, int]]) -> None:
    """Print what was sent and how it was answered, what the parts held, and each failure."""
    answers = []
    for where, outcomes in findings.statuses.items():
        counts = ", ".join(f"{outcome}: {number}" for outcome, number in sorted(outcomes.items()))
        answers.append((where, outcomes.total(), counts, f"{findings.slowest[where]:.2f}"))
    show(("sent to", "times", "answered", "slowest (s)"), answers, texts=(0, 2))
    held = [(part, before >> 20 or "-", after >> 20) for part, (before, after) in sorted(memory.items())]
    show(("part", "before (MiB)", "after (MiB)"), held)
    for failure in findings.failures:
        print(f"FAILED {failure}")
    print(f"seed {findings.seed}: {len(findings.failures)} failures")
