"""Events as the wire has them: a JSON list, `{"events": [...]}`, or one JSON object a line.

The way for every source without an importer of its own. What a row leaves out is filled in: `userId` (of
events that name nobody), `tz`, and `id`. A row that names nobody gets ids of its own for each user, so that
one file imported for two people makes two histories.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any, Final

from streakline_client.imports.rows import (
    BadFile,
    Imported,
    Ordinals,
    Outcome,
    Unreadable,
    json_list,
    json_rows,
    json_value,
    row_of,
    stable_id,
    whole_text,
)

SOURCE: Final = "events"
EXPECTED: Final = "expected a JSON list of events, {events: [...]}, or one event a line"
_LOOKED_AT: Final = 1_000
"""Rows among which one must be an event."""
_PEOPLE: Final = ("userId", "anonymousId", "sessionId")


def parse(lines: Iterable[str], user: str, tz: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each event; JSON lines are read as they come, the other shapes whole.

    Raises:
        BadFile: if the file has none of the shapes.
    """
    ordinals = Ordinals()
    read = rows(lines)
    first = list(islice(read, _LOOKED_AT))
    if first and not any(isinstance(value, dict) and "type" in value for _, value in first):
        msg = f"no row has a type; {EXPECTED}"
        raise BadFile(msg)
    for number, value in chain(first, read):
        if isinstance(value, dict):
            yield row_of(number, partial(_imported, number, value, ordinals, user, tz))
        else:
            yield Unreadable(number, f"{str(value)[:80]!r} is no JSON object")


def rows(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """Return (row, value) of each event of a file; a line that is no JSON gives its text.

    Raises:
        BadFile: if the file has none of the shapes.
    """
    source = iter(lines)
    first = next((line for line in source if line.strip()), "").lstrip("\ufeff")
    alone = _loaded(first)
    if isinstance(alone, dict) and "events" not in alone:
        for number, line in enumerate(chain([first], source), 1):
            if line.strip():
                value = _loaded(line)
                yield number, line.strip() if value is None else value
        return
    if isinstance(alone, dict):
        items = json_list(alone["events"], EXPECTED)
    else:
        text = whole_text(chain([first], source), EXPECTED)
        items = _enveloped(text) if text.lstrip().startswith("{") else json_rows([text], EXPECTED)
    yield from enumerate(items, 1)


def _enveloped(text: str) -> list[Any]:
    envelope = _loaded(text)
    if not isinstance(envelope, dict) or "events" not in envelope:
        msg = f"the file begins with {text.lstrip()[:60]!r}; {EXPECTED}"
        raise BadFile(msg)
    return json_list(envelope["events"], EXPECTED)


def _imported(number: int, row: dict[str, Any], ordinals: Ordinals, user: str, tz: str | None) -> Imported:
    return Imported(number, _completed(row, ordinals, user, tz))


def _completed(row: dict[str, Any], ordinals: Ordinals, user: str, tz: str | None) -> dict[str, Any]:
    event = dict(row)
    if not any(event.get(name) for name in _PEOPLE):
        for name in ("id", "playId"):
            if event.get(name):
                event[name] = stable_id(user, SOURCE, event[name])
        event["userId"] = user
    if not event.get("id"):
        text = json.dumps(row, ensure_ascii=False, sort_keys=True)
        event["id"] = stable_id(user, SOURCE, text, ordinals.next(text) if _by_the_minute(row) else 0)
    if tz and not event.get("tz"):
        event["tz"] = tz
    return event


def _by_the_minute(row: dict[str, Any]) -> bool:
    """Tell whether a time says no more than its minute, so that equal rows may be different events."""
    at = row.get("timestamp")
    if isinstance(at, int | float):
        return at % 60_000 == 0
    time = str(at).partition("T")[2] or str(at).partition(" ")[2]
    return time.count(":") < 2 or time[5:8] == ":00"


def _loaded(text: str) -> Any:
    try:
        return json_value(text)
    except ValueError:
        return None
