"""The tables that a run prints."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Console
from rich.table import Table

from bench.chaos.compare import Findings
from bench.chaos.hold import told
from bench.chaos.run import Outcome

SHOWN = 20
"""Differences that are named one by one."""


def print_report(outcome: Outcome, findings: Findings) -> None:
    """Print the blows, the sums and what differs."""
    console = Console(width=118, highlight=False)
    if outcome.kills:
        console.print(_kills(outcome))
    for one in outcome.holds:
        console.print(f"held {one.part} for {one.seconds:.0f} s: {told(one)}")
    table = Table(box=box.SIMPLE, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    kinds = Counter(event["type"] for event in outcome.log)
    for name, value in (
        ("load", f"{outcome.seconds:.0f} s"),
        ("acknowledged", f"{len(outcome.log)} events"),
        ("of these", ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(4))),
        ("identities", str(len(outcome.history.events))),
        ("attempts not acknowledged, sent again", str(outcome.retried)),
        ("acknowledged events sent again", str(outcome.repeated)),
        ("counted plays", str(outcome.overview["totals"]["plays"])),
        ("verify", "0 differences" if outcome.verify_code == 0 else f"exit code {outcome.verify_code}"),
        ("lost", str(len(findings.lost))),
        ("double", str(len(findings.double))),
        ("differences", str(len(findings.differences))),
    ):
        table.add_row(name, value)
    console.print(table)
    lines = [*findings.lost, *findings.double, *findings.differences]
    for line in lines[:SHOWN]:
        console.print(f"  {line}", markup=False, soft_wrap=True)
    if len(lines) > SHOWN:
        console.print(f"  … and {len(lines) - SHOWN} more")


def _kills(outcome: Outcome) -> Table:
    table = Table("killed", box=box.SIMPLE)
    for heading in ("at (s)", "events taken again after (s)", "settled again after (s)"):
        table.add_column(heading, justify="right")
    for kill in outcome.kills:
        settled = "never" if kill.settled is None else f"{kill.settled:.1f}"
        table.add_row(" + ".join(kill.parts), f"{kill.at:.1f}", f"{kill.acknowledged:.2f}", settled)
    return table
