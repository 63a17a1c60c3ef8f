"""The tables that a fuzz run prints."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.console import Console
from rich.table import Table

from proofs.fuzz.findings import Findings


def print_report(findings: Findings, memory: Mapping[str, tuple[int, int]]) -> None:
    """Print what was sent and how it was answered, what the parts held, and each failure."""
    console = Console(width=118, highlight=False)
    answers = Table("sent to", box=box.SIMPLE)
    answers.add_column("times", justify="right")
    answers.add_column("answered")
    answers.add_column("slowest (s)", justify="right")
    for where, outcomes in findings.statuses.items():
        told = ", ".join(f"{outcome}: {number}" for outcome, number in sorted(outcomes.items()))
        answers.add_row(
            where.replace("[", "\\["), str(sum(outcomes.values())), told, f"{findings.slowest[where]:.2f}"
        )
    console.print(answers)
    held = Table("part", box=box.SIMPLE)
    held.add_column("before (MiB)", justify="right")
    held.add_column("after (MiB)", justify="right")
    for name, (before, after) in sorted(memory.items()):
        held.add_row(name, str(before >> 20) if before else "-", str(after >> 20))
    console.print(held)
    for failure in findings.failures:
        console.print(f"FAILED {failure}", markup=False, soft_wrap=True)
    console.print(f"seed {findings.seed}: {len(findings.failures)} failures")
