"""An export of Streakline as events again: every row under its own id, so that importing it twice changes nothing.

An export has no order. Of nearly all events that does not matter, but what was stated of contents and creators stands
until it is stated anew: that comes last, in the order in which it was accepted.

What is left out belongs to the product that it came from: the hash of the listener, when it was accepted, and what the
server decides anew by the same rules (`counted`, `finished`, browser, device).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from streakline import kinds
from streakline_client.imports.rows import (
    BadFile,
    Imported,
    Outcome,
    Unreadable,
    csv_rows,
    filled,
    json_value,
    row_of,
)

EXPECTED: Final = (
    "expected a file of `streakline export`: JSONL, CSV or Parquet with the columns of event_log"
)
COLUMNS: Final = frozenset({"id", "timestamp", "type", "utcOffset", "sentAs", "robot", "properties"})
"""Without one of these a row is none of an export."""
_SAME: Final = (
    "id", "type", "contentId", "contentType", "parentId", "creatorId", "userId", "anonymousId", "sessionId", "tz",
    "playlistId", "referrer", "userAgent", "genre", "title",
)  # fmt: skip
_NUMBERS: Final = ("duration", "position", "contentDuration", "completionRate")
_DIMENSIONS: Final = ("source", "platform", "country")
_BEGUN: Final = frozenset(kinds.NAMES[code] for code in kinds.PLAYS - {kinds.PLAY})
"""Types of a play that has not told its end: they need to name it."""
_STATED: Final = frozenset({"content", "creator"})
"""Types of what is stated of the catalogue: the newest stands."""
_BOOLEANS: Final = {"true": True, "false": False}


def parse(lines: Iterable[str], _user: str = "", _tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each row; rows are read as they come, and only those of the catalogue are held.

    Raises:
        BadFile: if it is no export.
    """
    stated: list[tuple[tuple[str, str], Outcome]] = []
    for number, row in _rows(iter(lines)):
        if not isinstance(row, dict):
            yield Unreadable(number, f"{str(row)[:80]!r} is no row of an export")
            continue
        outcome = row_of(number, partial(_imported, number, row))
        if row.get("type") in _STATED:
            stated.append(((str(row.get("createdAt")), str(row.get("timestamp"))), outcome))
        else:
            yield outcome
    stated.sort(key=itemgetter(0))
    yield from (outcome for _, outcome in stated)


def _rows(lines: Iterator[str]) -> Iterator[tuple[int, Any]]:
    first = next((line for line in lines if line.strip()), "")
    every = chain([first], lines)
    found = _json_rows(every) if first.startswith("{") else _csv_rows(every)
    head = next(found, None)
    if head is None and not first:
        return
    if head is None or not isinstance(head[1], dict) or not head[1].keys() >= COLUMNS:
        raise BadFile(f"the file begins with {first[:60]!r}; {EXPECTED}")
    yield from chain([head], found) if first.startswith("{") else found


def _json_rows(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json_value(line)
            except ValueError:
                yield number, line.strip()


def _csv_rows(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """Yield the names of the columns as a row of nothing, then the rows."""
    rows = csv_rows(lines)
    _, names = next(rows, (0, []))
    yield 1, dict.fromkeys(names)
    for number, cells in rows:
        yield number, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else ",".join(cells)


def _imported(number: int, row: Mapping[str, Any]) -> Imported:
    if not (row.get("id") and row.get("type")):
        raise ValueError("id or type is missing")
    sent, properties = _object(row, "sentAs"), _object(row, "properties")
    event: dict[str, Any] = {
        **{name: row.get(name) for name in _SAME},
        **{name: sent.get(name) or row.get(name) for name in _DIMENSIONS},
        **{name: _number(row, name) for name in _NUMBERS},
        "timestamp": _moment(row),
        "properties": properties or None,
        "replayed": _flag(row, "replayed") or None,
        "bot": _flag(row, "robot"),
    }
    if event["type"] in _BEGUN:
        event |= {"playId": event["id"], "startedAt": event["timestamp"]}
    if (event["type"], properties.get("action")) in kinds.UNDONE:
        event["action"] = properties["action"]
    return Imported(number, filled(**event))


def _moment(row: Mapping[str, Any]) -> str:
    """Return when an event was, with the offset of a zone that is known by nothing else."""
    said = str(row.get("timestamp"))
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(f"timestamp {said!r} is no ISO 8601 time") from None
    ahead = None if row.get("tz") else _number(row, "utcOffset")
    if ahead is None:
        return said
    return at.astimezone(timezone(timedelta(minutes=ahead))).isoformat(timespec="milliseconds")


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} {value!r} is no number") from None


def _flag(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name) or False
    if not isinstance(value, bool):
        value = _BOOLEANS.get(str(value))
    if value is None:
        raise ValueError(f"{name} {row[name]!r} is neither true nor false")
    return bool(value)


def _object(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    said = row.get(name) or "{}"
    try:
        value = json_value(said)
    except (TypeError, ValueError):
        value = None
    if isinstance(value, dict):
        return value
    raise ValueError(f"{name} {str(said)[:80]!r} is no JSON object")
