"""The tables that a run prints."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table

from proofs.chaos.acts import Result
from proofs.chaos.compare import Findings
from proofs.chaos.hold import told
from proofs.chaos.plan import PARTS
from proofs.chaos.run import Outcome

SHOWN = 20
"""Differences that are named one by one."""
KILLING = frozenset({"kill", "torn", "fsync"})


def print_report(outcome: Outcome, findings: Findings) -> None:
    """Print the blows by part, the sums and what differs."""
    console = Console(width=118, highlight=False)
    if outcome.kills:
        console.print(_parts(outcome))
    for kill in outcome.kills:
        if kill.phase.kind != "kill":
            console.print(f"{kill.name}: {_recovery([kill.acknowledged], [kill.settled])}", soft_wrap=True)
    for one in outcome.holds:
        console.print(f"held {one.part} for {one.seconds:.0f} s: {told(one)}", soft_wrap=True)
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
        ("live messages looked at", str(outcome.looks)),
        ("waits told true and looked at", str(outcome.waits)),
        ("counted plays", str(outcome.overview["totals"]["plays"])),
        ("verify", "0 differences" if outcome.verify_code == 0 else f"exit code {outcome.verify_code}"),
        ("lost", str(len(findings.lost))),
        ("double", str(len(findings.double))),
        ("differences", str(len(findings.differences))),
    ):
        table.add_row(name, value)
    console.print(table)
    print_findings(findings, console)


def print_findings(findings: Findings, console: Console | None = None) -> None:
    """Name what differs, line by line."""
    out = console or Console(width=118, highlight=False)
    lines = [*findings.lost, *findings.double, *findings.differences]
    for line in lines[:SHOWN]:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    if len(lines) > SHOWN:
        out.print(f"  … and {len(lines) - SHOWN} more")


def print_act(result: Result) -> None:
    """Print how an act ended."""
    findings = result.findings
    print(f"{result.act}: {result.acknowledged} events acknowledged")
    for line in result.said:
        print(f"  {line}")
    verify = "0 differences" if result.verify_code == 0 else f"exit code {result.verify_code}"
    print(
        f"  {len(findings.lost)} lost, {len(findings.double)} double, {len(findings.differences)} differences,"
        f" verify {verify}"
    )
    print_findings(findings)


def figures(outcome: Outcome, findings: Findings) -> str:
    """Return a run in one line."""
    struck = kills_of(outcome)
    during = sum(moment is not None for moments in struck.values() for moment in moments)
    by_part = ", ".join(f"{part} {len(struck[part])}" for part in PARTS)
    settled = [kill.settled for kill in outcome.kills if kill.settled is not None]
    return (
        f"{sum(map(len, struck.values()))} kills ({by_part}), {during} of them in the middle of something;"
        f" {len(outcome.kills) - sum(kill.phase.kind in KILLING for kill in outcome.kills)} other blows,"
        f" {len(outcome.holds)} holds; {len(outcome.log)} events acknowledged, {len(findings.lost)} lost,"
        f" {len(findings.double)} double, {len(findings.differences)} differences;"
        f" settled after {statistics.median(settled or [0]):.1f} s, at most {max(settled, default=0):.1f} s"
    )


def kills_of(outcome: Outcome) -> dict[str, list[str | None]]:
    """Return part -> for each kill of it, by itself or with others, what it was in the middle of."""
    found: dict[str, list[str | None]] = {part: [] for part in PARTS}
    for kill in outcome.kills:
        if kill.phase.kind in KILLING:
            for part, moment in zip(kill.parts, kill.moments, strict=True):
                found[part].append(moment)
    return found


def _parts(outcome: Outcome) -> Table:
    table = Table(box=box.SIMPLE)
    for heading in (
        "killed",
        "times",
        "in the middle of",
        "events taken again, settled again (median, most)",
    ):
        table.add_column(heading, justify="right" if heading == "times" else "left")
    struck = kills_of(outcome)
    for part in PARTS:
        alone = [kill for kill in outcome.kills if kill.phase.kind in KILLING and kill.parts == (part,)]
        times = _recovery([kill.acknowledged for kill in alone], [kill.settled for kill in alone])
        table.add_row(part, str(len(struck[part])), _during(struck[part]), times)
    everything = [moment for moments in struck.values() for moment in moments]
    number = sum(moment is not None for moment in everything)
    table.add_row("together", str(len(everything)), f"something: {number} of {len(everything)}", "")
    return table


def _during(moments: Iterable[str | None]) -> str:
    seen = Counter(moments)
    nothing = seen.pop(None, 0)
    named = ", ".join(f"{moment} {number}" for moment, number in seen.most_common())
    return f"{named}; nothing seen {nothing}" if nothing else named


def _recovery(acknowledged: list[float], settled: list[float | None]) -> str:
    if not acknowledged:
        return "only with others"
    known = [value for value in settled if value is not None]
    never = "" if len(known) == len(settled) else f", {len(settled) - len(known)} never"
    taken = f"{statistics.median(acknowledged):.1f} s, {max(acknowledged):.1f} s"
    return f"{taken}; {statistics.median(known or [0]):.1f} s, {max(known, default=0):.1f} s{never}"
