"""Exports: raw events of any range as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import hdrs, web

from server.door.access import require
from server.door.parameters import TIME_RANGE, Parameters
from server.door.streamed import require_chunks, streamed_answer
from server.resources.exports import EXPORTS, FORMS, Form
from streakline.history.ranges import ALL
from streakline.times import iso

ROWS_EXPECTED = "X-Rows-Expected"


async def export_events(request: web.Request) -> web.StreamResponse:
    """`GET /api/v1/export`: every event of a range as `event_log` has it, in no order.

    Parameters: `format` (csv), `timeRange` (all) or `from` and `to`, `tz`, `asOf`, `content`. Needs `read:admin`.
    Answer: the file; 505 `http-version`.
    """
    require(request, "read:admin")
    require_chunks(request)
    asked = Parameters(request, "format", "content", *TIME_RANGE)
    form = FORMS[asked.choice("format", FORMS, "csv")]
    content = asked.content("content") or ""
    of = asked.time_range(ALL)
    name = f"events-{iso(of.start)[:10]}-{iso(of.end)[:10]}.{form.ending}"
    parameters = {"start": of.start, "end": of.end, "content": content}
    return await exported(request, "events", form, name, parameters)


async def exported(
    request: web.Request, rows: str, form: Form, name: str, parameters: Mapping[str, Any]
) -> web.StreamResponse:
    """Answer with a file of raw events.

    Args:
        request: it.
        rows: which: those of the query `export/ROWS`, which `export/count_ROWS` counts.
        form: of the file.
        name: of the file.
        parameters: of both queries.
    """
    async with request.app[EXPORTS].opened(
        f"export/{rows}", form, count=f"export/count_{rows}", **parameters
    ) as opened:
        headers = {
            ROWS_EXPECTED: str(opened.rows),
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
        }
        return await streamed_answer(request, opened.chunks, media_type=form.media_type, headers=headers)
