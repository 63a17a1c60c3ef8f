"""Rows of an answer as a file: CSV, JSON lines or Parquet, page after page, by the seam of exports."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import hdrs, web

from server.door.streamed import require_chunks, streamed_answer
from streakline.history.rows import Column

if TYPE_CHECKING:
    from server.door.parquet import ParquetFile

JSON: Final = "json"
FORMS: Final = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
"""Format -> its media type."""
Row = Mapping[str, Any]
Pages = AsyncIterator[Sequence[Row]]


def accepted_form(request: web.Request) -> str:
    """Return the format that a request's `Accept` names alone or first; JSON for every other."""
    first = request.headers.get(hdrs.ACCEPT, "").partition(",")[0].partition(";")[0].strip().lower()
    return next((form for form, media_type in FORMS.items() if media_type == first), JSON)


async def rows_answer(
    request: web.Request, form: str, name: str, columns: Sequence[Column], pages: Pages
) -> web.StreamResponse:
    """Send rows as a file; it breaks off where the pages raise, as `streamed_answer` says.

    Args:
        request: whose answer it is.
        form: one of `FORMS`.
        name: of the file, without its ending.
        columns: the members of a row; `compared.plays` is a member of a member.
        pages: the rows.

    Raises:
        Problem: 505 `http-version`, and what the pages raise before the first row.
    """
    require_chunks(request)
    chunks = _WRITERS[form](columns, pages)
    headers: dict[str, str] = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}.{form}"'}
    return await streamed_answer(request, chunks, media_type=FORMS[form], headers=headers)


async def _csv(columns: Sequence[Column], pages: Pages) -> AsyncIterator[bytes]:
    heads: list[Sequence[object]] = [[column.name for column in columns]]
    async for page in pages:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(heads)
        writer.writerows(_values(row, columns) for row in page)
        heads = []
        yield text.getvalue().encode()


async def _lines(_: Sequence[Column], pages: Pages) -> AsyncIterator[bytes]:
    async for page in pages:
        yield b"".join(msgspec.json.encode(row) + b"\n" for row in page)


async def _parquet(columns: Sequence[Column], pages: Pages) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(_begun, columns)
    async for page in pages:
        values = [_values(row, columns) for row in page]
        yield await asyncio.to_thread(file.page, values)
    yield await asyncio.to_thread(file.foot)


def _begun(columns: Sequence[Column]) -> ParquetFile:
    # Loading pyarrow takes half a second and 40 MB: only a process that is asked for Parquet pays for it.
    from server.door.parquet import ParquetFile  # noqa: PLC0415

    return ParquetFile(columns)


_WRITERS: Final[Mapping[str, Callable[[Sequence[Column], Pages], AsyncIterator[bytes]]]] = {
    "csv": _csv,
    "jsonl": _lines,
    "parquet": _parquet,
}


def _values(row: Row, columns: Sequence[Column]) -> list[object]:
    return [_member(row, column.name) for column in columns]


def _member(row: Row, column: str) -> object:
    outer, dot, inner = column.partition(".")
    return row[outer][inner] if dot else row[outer]
