"""Storage: the disks that this server watches, and what history takes of ClickHouse's."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError

from server.door.answers import Answer
from server.resources.history import HISTORY, HistoryAway, HistoryBusy, TooCostly
from server.resources.redis_client import SETTINGS
from server.upkeep.disks import MB, Room
from server.upkeep.pressure import PRESSURE

PATIENCE: Final = 2.0
"""Seconds after which the rest is answered without ClickHouse."""
_log = structlog.get_logger()


class Disk(Answer):
    """A disk in bytes: free, and all of it."""

    free: int
    total: int


class Table(Answer):
    """A table of history: its bytes on the disk, packed, and its rows, those that wait to be merged included."""

    name: str
    bytes: int
    rows: int


class Storage(Answer):
    """Where data lies.

    Attributes:
        least_free: bytes that must be free for ingest to take events.
        data: the disk of this server's data.
        redis: that of Redis' file, None where it cannot be seen from here.
        tables: of history, the largest first; empty where it cannot be asked.
        history: the disk of ClickHouse, None where it cannot be asked.
        unknown: why history cannot be asked, None if it answered.
    """

    least_free: int
    data: Disk | None
    redis: Disk | None
    tables: list[Table]
    history: Disk | None
    unknown: str | None


async def storage(app: web.Application) -> Storage:
    """Return where data lies and how much room is left."""
    disks = app[PRESSURE].disks
    tables, history, unknown = await _history(app)
    return Storage(
        least_free=app[SETTINGS].min_free_mb * MB,
        data=_disk(disks.data),
        redis=_disk(disks.redis),
        tables=tables,
        history=history,
        unknown=unknown,
    )


async def _history(app: web.Application) -> tuple[list[Table], Disk | None, str | None]:
    try:
        async with asyncio.timeout(PATIENCE):
            parts = await app[HISTORY].rows("history/sizes")
            [disk] = await app[HISTORY].rows("history/disk")
    except TimeoutError:
        return [], None, f"history did not answer within {PATIENCE:g} s"
    except (HistoryAway, HistoryBusy, TooCostly) as error:
        return [], None, f"history does not answer: {error}"
    except ClickHouseError as error:  # its user may not see the sizes: deploy/history.xml of an older release
        words = str(error).partition("\n")[0][:300]
        _log.debug("sizes_not_seen", error=words)
        return [], None, words
    tables = [Table(name=row["name"], bytes=row["bytes"], rows=row["rows"]) for row in parts]
    return tables, Disk(free=disk["free"], total=disk["total"]), None


def _disk(room: Room | None) -> Disk | None:
    return None if room is None else Disk(free=room.free, total=room.total)
