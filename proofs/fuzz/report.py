"""The tables that a fuzz run prints."""

from __future__ import annotations

from collections.abc import Mapping

from proofs.fuzz.findings import Findings
from proofs.running.tables import show


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
