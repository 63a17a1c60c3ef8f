"""The engine's time-zone data against the wheel's, which decides: which zones differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from sql import query
from streakline import zones
from streakline.zones import Editions

FIRST: Final = zones.second_of(2000)
LAST: Final = zones.second_of(2038)
"""Seconds since 1970: what is compared."""
DAY: Final = 86_400
QUARTER: Final = 900
WEEK: Final = 7 * DAY
_NO_SUCH_ZONE: Final = "Cannot load time zone"


def editions(client: Client) -> Editions:
    """Return the editions of the wheel and of an engine."""
    return Editions(zones.edition(), engine_edition(client))


def differing(
    client: Client, names: Iterable[str], *, first: int = FIRST, last: int = LAST, step: int = WEEK
) -> list[str]:
    """Return which of some zones of the wheel are others in an engine, or not there at all.

    The engine holds 5 MB for each of them for as long as it lives: ask one that may be thrown away, or for few.
    """
    return [name for name in names if _differs(client, name, range(first, last + 1, step))]


def engine_edition(client: Client) -> str:
    """Return the edition of the engine's data, like `2026c`; its version where it does not say."""
    rows: Any = client.query(query("zones/edition")).result_rows
    return str(rows[0][0]) if rows else f"of ClickHouse {client.server_version}"


def _differs(client: Client, name: str, steps: range) -> bool:
    """Compare a zone at every step, and every change that the wheel knows between two of them by its quarter hour."""
    zone = zones.zone(name)
    offsets, changes = zones.changes(zone, steps)
    at = [0, *(place for place in range(1, len(steps)) if offsets[place] != offsets[place - 1])]
    # The engine's calendar is by quarter hours: where clocks change at 00:01 it knows no better.
    moments = [
        moment
        for change in changes
        for moment in (change // QUARTER * QUARTER - 1, -(-change // QUARTER) * QUARTER)
    ]
    parameters = {"zone": name, "first": steps.start, "last": steps.stop - 1, "step": steps.step}
    try:
        [found] = client.query(query("zones/changes"), parameters=parameters).result_rows
        [held] = client.query(
            query("zones/offsets"), parameters={"zone": name, "moments": moments}
        ).result_rows
    except DatabaseError as error:
        if _NO_SUCH_ZONE in str(error):
            return True
        raise
    wanted = [[steps[place] for place in at], [offsets[place] for place in at]]
    return [list(found[0]), list(found[1])] != wanted or list(held[0]) != [
        zones.offset(zone, moment) for moment in moments
    ]
