"""Parts of ClickHouse that a full disk left empty, and what brings their rows back.

A merge that meets a full disk was seen (26.9) to put a part without a byte in the place of good ones. These are kept
for eight more minutes, and loading the table again, which sets aside what it cannot read, takes them back.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

import sql

log = structlog.get_logger()

UNREADABLE: Final = frozenset({27, 33, 40, 226, 228, 246, 271})
"""Error codes of ClickHouse that say that a part cannot be read: CANNOT_PARSE_INPUT_ASSERTION_FAILED,
CANNOT_READ_ALL_DATA, CHECKSUM_DOESNT_MATCH, NO_FILE_IN_DATA_PART, BAD_SIZE_OF_FILE_IN_DATA_PART, CORRUPTED_DATA,
CANNOT_DECOMPRESS."""
NO_ROOM: Final = frozenset({75, 243})
"""CANNOT_WRITE_TO_FILE_DESCRIPTOR and NOT_ENOUGH_SPACE: what was written then is looked at again."""
UNKNOWN_TABLE: Final = 60
WHAT_NOW: Final = "loading the table again: it takes back the parts that were merged"


class Mender:
    """Looks at what was merged lately. One for a process: its shards share the tables."""

    def __init__(self, *, at_start: bool = False) -> None:
        """Prepare to look; `at_start` before the first statement: a full disk may have ended the process before."""
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        if at_start:
            self._wanted.set()

    def met(self, error: BaseException) -> None:
        """Note an error of a statement: it may ask for a look before the next one."""
        if getattr(error, "code", None) in {*UNREADABLE, *NO_ROOM, UNKNOWN_TABLE}:
            self._wanted.set()

    def look(self, client: Client) -> list[str]:
        """Read what was merged lately if that is wanted; return the tables that had to be loaded again.

        Raises:
            ClickHouseError: for anything but a part that cannot be read; then a look is wanted still.
        """
        if not self._wanted.is_set():
            return []
        with self._lock:
            if not self._wanted.is_set():  # another shard has looked meanwhile
                return []
            self._wanted.clear()
            try:
                return _mended(client)
            except BaseException:
                self._wanted.set()
                raise


def _mended(client: Client) -> list[str]:
    # Detached by one of us who was killed before it could attach it again.
    for (table,) in client.query(sql.query("mending/detached_tables")).result_rows:
        client.command(sql.query("mending/attach_table"), {"table": table})
    rows = client.query(sql.query("mending/recent_parts")).result_rows
    tables = sorted({table for table, part in rows if not _is_readable(client, table, part)})
    for table in tables:
        client.command(sql.query("mending/detach_table"), {"table": table})
        client.command(sql.query("mending/attach_table"), {"table": table})
    return tables


def _is_readable(client: Client, table: str, part: str) -> bool:
    try:
        client.query(sql.query("mending/read_part"), {"table": table, "part": part})
    except ClickHouseError as error:
        if getattr(error, "code", None) not in UNREADABLE:
            raise
        fault = str(error)[:300]
        log.error("clickhouse_part_unreadable", table=table, part=part, error=fault, what_now=WHAT_NOW)  # noqa: TRY400
        return False
    return True
