"""The tables that a run prints."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable

from proofs.chaos.acts import Result
from proofs.chaos.compare import Findings
from proofs.chaos.hold import in_words
from proofs.chaos.plan import PARTS
from proofs.chaos.run import Outcome
from proofs.running.tables import show

SHOWN = 20
"""Differences that are named one by one."""
KILLING = frozenset({"kill", "torn", "fsync"})


def print_report(outcome: Outcome, findings: Findings) -> None:
    """Print the blows by part, the sums and what differs."""
    if outcome.kills:
        _show_parts(outcome)
    for kill in outcome.kills:
        if kill.phase.kind != "kill":
            print(f"{kill.name}: {_recovery([kill.acknowledged], [kill.settled])}")
    for one in outcome.holds:
        print(f"held {one.part} for {one.seconds:.0f} s: {in_words(one)}")
    kinds = Counter(event["type"] for event in outcome.log)
    figures = (
        ("load", f"{outcome.seconds:.0f} s"),
        ("acknowledged", f"{len(outcome.log)} events"),
        ("of these", ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(4))),
        ("identities", len(outcome.history.events)),
        ("attempts not acknowledged, sent again", outcome.retried),
        ("acknowledged events sent again", outcome.repeated),
        ("live messages looked at", outcome.looks),
        ("waits told true and looked at", outcome.waits),
        ("counted plays", outcome.overview["totals"]["plays"]),
        ("verify", "0 differences" if outcome.verify_code == 0 else f"exit code {outcome.verify_code}"),
        ("lost", len(findings.lost)),
        ("double", len(findings.double)),
        ("differences", len(findings.differences)),
    )
    show(("", ""), figures)
    print_findings(findings)


def print_findings(findings: Findings) -> None:
    """Name what differs, line by line."""
    lines = [*findings.lost, *findings.double, *findings.differences]
    for line in lines[:SHOWN]:
        print(f"  {line}")
    if len(lines) > SHOWN:
        print(f"  … and {len(lines) - SHOWN} more")


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


def _show_parts(outcome: Outcome) -> None:
    struck, rows = kills_of(outcome), []
    for part in PARTS:
        alone = [kill for kill in outcome.kills if kill.phase.kind in KILLING and kill.parts == (part,)]
        times = _recovery([kill.acknowledged for kill in alone], [kill.settled for kill in alone])
        rows.append((part, len(struck[part]), _during(struck[part]), times))
    everything = [moment for moments in struck.values() for moment in moments]
    number = sum(moment is not None for moment in everything)
    rows.append(("together", len(everything), f"something: {number} of {len(everything)}", ""))
    again = "events taken again, settled again (median, most)"
    show(("killed", "times", "in the middle of", again), rows, texts=(0, 2, 3))


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
