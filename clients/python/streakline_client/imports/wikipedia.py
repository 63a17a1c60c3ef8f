"""A recorded stream of Wikipedia edits, one JSON object a line: pages are contents, editors listeners.

An edit says nothing of a duration, so each counts. Robots are flagged by the recording itself; a server takes
that, and the country, only from an admin token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from streakline_client.imports.events import rows
from streakline_client.imports.rows import (
    Imported,
    Outcome,
    Unreadable,
    filled,
    short_id,
    stable_id,
    tidy,
    when,
)

SOURCE: Final = "wikipedia"
FIELDS: Final = frozenset({"time", "page", "user", "channel"})
"""Members by which a row of such a recording is known."""


def parse(lines: Iterable[str]) -> Iterator[Outcome]:
    """Yield the outcome of each edit."""
    for number, row in rows(lines):
        yield edit(number, row)


def edit(number: int, row: Any) -> Outcome:
    """Return the outcome of one edit."""
    if not isinstance(row, dict) or not row.keys() >= FIELDS:
        return Unreadable(number, f"{str(row)[:80]!r} is no edit; it needs {', '.join(sorted(FIELDS))}")
    try:
        at = when(row, "time")
    except ValueError as error:
        return Unreadable(number, str(error))
    page, user = tidy(row["page"]), tidy(row["user"])
    if not page or not user:
        return Unreadable(number, f"page {page!r} or user {user!r} is empty")
    event: dict[str, Any] = filled(
        id=stable_id(user, SOURCE, at, row["channel"], page),
        type="play",
        contentId=short_id(page),
        contentType="article" if row.get("namespace") == "Main" else "post",
        userId=short_id(user),
        timestamp=at,
        source=SOURCE,
        platform=str(row["channel"]).removeprefix("#"),
        country=row.get("countryIsoCode"),
        bot=True if row.get("isRobot") else None,
        title=page,
        properties=filled(
            namespace=row.get("namespace"),
            delta=row.get("delta"),
            anonymous=row.get("isAnonymous"),
            minor=row.get("isMinor"),
        ),
    )
    return Imported(number, event)
