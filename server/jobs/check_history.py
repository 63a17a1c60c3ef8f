"""Check that history can be asked: an operator hears of a wrong password or a missing table before a reader does."""

from __future__ import annotations

from aiohttp import web

from server.resources.history import HISTORY


async def check_history(app: web.Application) -> None:
    """Read nothing from every table that questions read.

    Raises:
        HistoryAway: if ClickHouse does not answer or refuses the user.
        clickhouse_connect.driver.exceptions.DatabaseError: if a table is missing or not granted.
    """
    await app[HISTORY].rows("history/check")
