"""A second, independent count of the sender's log, in DuckDB: what `plain.py` expects is not believed alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import orjson

from proofs.counting.log import Count, Counts
from proofs.counting.plain import MEASURES
from proofs.counting.wire import Sent
from proofs.traffic.audience import ROBOT

SQL = Path(__file__).with_suffix(".sql")

Quarters = dict[tuple[int, str], dict[str, int]]


def quarters(log: Iterable[Sent]) -> Quarters:
    """Return (start of a quarter hour in ms, contentId) -> measure -> value."""
    with TemporaryDirectory(prefix="streakline-chaos-log-") as folder:
        file = Path(folder) / "acknowledged.jsonl"
        with file.open("wb") as lines:
            lines.writelines(orjson.dumps(event) + b"\n" for event in log)
        with duckdb.connect() as database:
            result = database.execute(SQL.read_text(), {"log": str(file), "robot": ROBOT})
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
    return {(row[0], row[1]): dict(zip(names[2:], row[2:], strict=True)) for row in rows}


def disagreements(first: Count, second: Quarters) -> list[str]:
    """Return where the two counts of one log differ: then one of them is wrong, and nothing is proved."""
    lines = []
    for key in sorted(first.quarters.keys() | second.keys()):
        one, other = first.quarters.get(key) or Counts(), second.get(key, {})
        lines += [
            f"count: {key[0]} {key[1]!r} {name} is {one.measures[name]} by the first count of the log,"
            f" {other.get(name, 0)} by the second"
            for name in MEASURES
            if one.measures[name] != other.get(name, 0)
        ]
    return lines
