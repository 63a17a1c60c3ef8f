"""Exports: answers of any length, passed on as ClickHouse gives them and never held whole.

Rows and seconds have no limit, only silence has. ClickHouse says 200 before it knows how an answer ends, and writes the
words of an error behind the rows that it gave. They come last and are few, so the last part of an answer is held back
until its end has come.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, NamedTuple

import aiohttp
import structlog
from aiohttp import web
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError

import sql
from server.resources.history import HistoryAway, HistoryBusy, Observe, connected, observed, refusal

AT_ONCE: Final = 3
"""Exports of one process; each has two threads of ClickHouse for as long as it lasts."""
SILENCE_SECONDS: Final = 300
"""For so long ClickHouse may give nothing, and a client take nothing."""
HELD: Final = 65_536
"""Bytes at the end of an answer that are held back; ClickHouse's words about an error are cut to a quarter of it."""
_WEEK: Final = 604_800
_SETTINGS: Final = {
    "max_execution_time": _WEEK,
    "max_result_rows": 10**15,
    "max_threads": 2,
    "http_send_timeout": SILENCE_SECONDS,
    "date_time_output_format": "iso",
    "format_csv_null_representation": "",
    "output_format_json_quote_64bit_integers": 0,
    "output_format_parquet_row_group_size": 50_000,
    "output_format_parquet_parallel_encoding": 0,
}
_log = structlog.get_logger()


class Form(NamedTuple):
    """A format of exports: its name at ClickHouse, its media type, and the ending of its files."""

    engine: str
    media_type: str
    ending: str


FORMS: Final = {
    "csv": Form("CSVWithNames", "text/csv", "csv"),
    "jsonl": Form("JSONEachRow", "application/x-ndjson", "jsonl"),
    "parquet": Form("Parquet", "application/vnd.apache.parquet", "parquet"),
}


class Opened(NamedTuple):
    """An export under way.

    Attributes:
        rows: how many there were just before it began; None if they were not counted.
        chunks: its bytes. They end where the answer ends, and raise `HistoryAway` where it broke off.
    """

    rows: int | None
    chunks: AsyncIterator[bytes]


class Exports:
    """The exports of one process."""

    def __init__(
        self, url: str, observe: Observe, *, at_once: int = AT_ONCE, text_of: Callable[[str], str] = sql.query
    ) -> None:
        """Prepare; nothing is opened before the first export.

        Args:
            url: of the reading user, as `History` has it.
            observe: hears of every export.
            at_once: how many may be under way.
            text_of: returns the statement of a name.
        """
        self._url, self._observe, self._text_of = url, observe, text_of
        self._at_once, self._under_way = at_once, 0
        self._client: AsyncClient | None = None
        self._opening = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def opened(
        self, name: str, form: Form, /, *, count: str = "", **parameters: Any
    ) -> AsyncIterator[Opened]:
        """Ask, and give what is answered during the block; a statement whose block is left ends.

        Args:
            name: of the statement, `FOLDER/NAME`.
            form: of the answer.
            count: name of a statement that counts the rows, with the same parameters.
            parameters: of the statement.

        Raises:
            HistoryAway: if ClickHouse does not answer.
            HistoryBusy: if too many exports are under way.
            TooCostly: if the statement reached a limit before it gave anything.
        """
        with observed(name, self._observe):
            async with self._turn(), _refused(name):
                client = await self._opened()
                rows = await self._counted(client, count, parameters) if count else None
                answer = await client.raw_stream(
                    self._text_of(name), parameters, settings=_SETTINGS, fmt=form.engine
                )
                async with answer as chunks:
                    yield Opened(rows, _whole(name, chunks))

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._under_way >= self._at_once:
            msg = f"{self._under_way} exports are under way already"
            raise HistoryBusy(msg)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def _opened(self) -> AsyncClient:
        async with self._opening:
            if self._client is None:
                self._client = await connected(
                    self._url, seconds=SILENCE_SECONDS, connections=2 * self._at_once
                )
            return self._client

    async def _counted(self, client: AsyncClient, name: str, parameters: dict[str, Any]) -> int:
        result = await client.query(self._text_of(name), parameters=parameters, settings=_SETTINGS)
        return int(result.result_rows[0][0])


@contextlib.asynccontextmanager
async def _refused(name: str) -> AsyncIterator[None]:
    """Turn errors of the client into what they mean."""
    try:
        yield
    except ClickHouseError as error:
        meant = refusal(error)
        if isinstance(meant, HistoryAway):
            _log.warning("export_away", export=name, error=str(meant))
        raise meant from error


async def _whole(name: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Pass on an answer; its last part only once it has ended as it should."""
    held = bytearray()
    try:
        async for chunk in chunks:
            held += chunk
            if len(held) >= 2 * HELD:
                yield bytes(held[:-HELD])
                del held[:-HELD]
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        words = held.rpartition(b"__exception__\r\n")[0].rpartition(b"__exception__\r\n")[2]
        why = words[:500].decode(errors="replace").strip() or str(error) or type(error).__name__
        _log.warning("export_broken", export=name, error=why)
        msg = f"the export broke off: {why}"
        raise HistoryAway(msg) from error
    yield bytes(held)


EXPORTS: Final = web.AppKey("exports", Exports)


async def exports_resource(app: web.Application) -> AsyncIterator[None]:
    """Close what was opened for exports."""
    yield
    await app[EXPORTS].close()
