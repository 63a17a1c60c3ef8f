"""Rows of an answer as a file: CSV or JSON lines, page after page, by the seam of exports."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from server.door.streamed import require_chunks, streamed_answer

JSON: Final = "json"
FORMS: Final = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
"""Format -> its media type."""
Row = Mapping[str, Any]


def accepted_form(request: web.Request) -> str:
    """Return the format that a request's `Accept` names alone or first; JSON for every other."""
    first = request.headers.get(hdrs.ACCEPT, "").partition(",")[0].partition(";")[0].strip().lower()
    return next((form for form, media_type in FORMS.items() if media_type == first), JSON)


async def rows_answer(
    request: web.Request, form: str, name: str, columns: Sequence[str], pages: AsyncIterator[Sequence[Row]]
) -> web.StreamResponse:
    """Send rows as a file; it breaks off where the pages raise, as `streamed_answer` says.

    Args:
        request: whose answer it is.
        form: one of `FORMS`.
        name: of the file, without its ending.
        columns: the names of a row's members; `compared.plays` is that of a member of a member.
        pages: the rows.

    Raises:
        Problem: 505 `http-version`, and what the pages raise before the first row.
    """
    require_chunks(request)
    chunks = _csv(columns, pages) if form == "csv" else _lines(pages)
    headers: dict[str, str] = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}.{form}"'}
    return await streamed_answer(request, chunks, media_type=FORMS[form], headers=headers)


async def _csv(columns: Sequence[str], pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    heads: list[Sequence[object]] = [columns]
    async for page in pages:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(heads)
        writer.writerows([_member(row, column) for column in columns] for row in page)
        heads = []
        yield text.getvalue().encode()


async def _lines(pages: AsyncIterator[Sequence[Row]]) -> AsyncIterator[bytes]:
    async for page in pages:
        yield b"".join(msgspec.json.encode(row) + b"\n" for row in page)


def _member(row: Row, column: str) -> object:
    outer, dot, inner = column.partition(".")
    return row[outer][inner] if dot else row[outer]
