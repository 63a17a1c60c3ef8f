"""Compare what the stack says with the count of the sender's log: every difference is one line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from proofs.chaos.reading import History
from proofs.counting.log import Count, Counts
from proofs.counting.plain import BREAKDOWNS, DAY, MEASURES, Identity

VIEW_COLUMNS = {
    "totalPlays": "plays", "totalLikes": "likes", "totalShares": "shares", "totalDownloads": "downloads",
    "totalSaves": "saves",
}  # fmt: skip
EXACT_SESSIONS = 1_000
"""Up to so many sessions a day and content the sketch of the views is exact."""


class Findings(NamedTuple):
    """What does not agree, by where."""

    lost: list[str]
    """Acknowledged and not in `events`."""
    double: list[str]
    """More than once in `events`, or there and never acknowledged."""
    differences: list[str]
    """Every other number that is not the log's."""

    @property
    def agree(self) -> bool:
        """Whether nothing differs."""
        return not (self.lost or self.double or self.differences)


def compare_history(count: Count, history: History) -> Findings:
    """Return where `events`, `rollup` and the views differ from a count."""
    absent = count.facts.keys() - history.events
    lost = [f"events: {_named(one)} was acknowledged and is not there" for one in absent]
    double = [f"events: {_named(one)} stands more than once" for one in history.double]
    double += [f"events: {_named(one)} was never acknowledged" for one in history.events.keys() - count.facts]
    tables = (_rows, _quarters, _days, _views)
    differences = [line for table in tables for line in table(count, history)]
    return Findings(sorted(lost), sorted(double), differences)


def compare_live(count: Count, overview: dict[str, Any]) -> list[str]:
    """Return where the live numbers differ from a count at their own running minute."""
    minute = overview["perMinute"][-1]["at"]
    found = {item["at"]: item["plays"] for item in overview["perMinute"] if item["plays"]}
    lines = []
    for path, wanted in count.overview(minute).items():
        group, _, name = path.rpartition(".")
        shown = overview[group][name] if group else overview[name]
        if shown != wanted:
            lines.append(f"live: {path} shows {shown}, the log has {wanted}")
    wanted_by_minute = count.plays_by_minute(minute)
    for at in sorted(found.keys() | wanted_by_minute.keys()):
        if found.get(at, 0) != wanted_by_minute.get(at, 0):
            have, want = found.get(at, 0), wanted_by_minute.get(at, 0)
            lines.append(f"live: perMinute {_when(at)} shows {have} plays, the log has {want}")
    return lines


def _rows(count: Count, history: History) -> Iterator[str]:
    for one in count.facts.keys() & history.events.keys():
        fact, row = count.facts[one], history.events[one]
        if fact.duration != row.duration:
            yield f"events: {_named(one)} has {row.duration} ms, its longest report says {fact.duration}"
        if fact.bot != row.bot:
            yield f"events: {_named(one)} is {'a' if row.bot else 'no'} robot's, the log says otherwise"


def _quarters(count: Count, history: History) -> Iterator[str]:
    for key in sorted(count.quarters.keys() | history.quarters.keys()):
        want = count.quarters.get(key) or Counts()
        have = history.quarters.get(key, {})
        where = f"rollup: {_when(key[0])} {key[1]!r}"
        for name in MEASURES:
            if have.get(name, 0) != want.measures[name]:
                yield f"{where} {name} is {have.get(name, 0)}, the log has {want.measures[name]}"
        for name in BREAKDOWNS:
            cells = {value: number for value, number in have.get(name, {}).items() if number}
            if cells != dict(want.breakdowns[name]):
                yield f"{where} {name} is {cells}, the log has {dict(want.breakdowns[name])}"


def _days(count: Count, history: History) -> Iterator[str]:
    for key in sorted(count.days.keys() | history.days.keys()):
        if not key[1]:
            continue  # what belongs to no content is in no daily row
        want = count.days.get(key) or Counts()
        have = history.days.get(key, {})
        where = f"daily_stats: {_when(key[0])} {key[1]!r}"
        for column, name in VIEW_COLUMNS.items():
            if have.get(column, 0) != want.measures[name]:
                yield f"{where} {column} is {have.get(column, 0)}, the log has {want.measures[name]}"
        sessions, shown = len(want.sessions), have.get("uniquePlays", 0)
        if sessions <= EXACT_SESSIONS and shown != sessions:
            yield f"{where} uniquePlays is {shown}, the log has {sessions}"


def _views(count: Count, history: History) -> Iterator[str]:
    of_contents = Counts()
    for (_, content), counts in count.days.items():
        if content:
            of_contents.measures.update(counts.measures)
    for view, columns in history.sums.items():
        for column, shown in columns.items():
            wanted = of_contents.measures[VIEW_COLUMNS[column]]
            if shown != wanted:
                yield f"{view}: {column} sums to {shown}, the log has {wanted}"


def _named(one: Identity) -> str:
    return f"{_when(one.at)} {one.content!r} {one.id}"


def _when(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.strftime("%Y-%m-%d" if ms % DAY == 0 else "%Y-%m-%d %H:%M:%S")
