"""Exports: raw events of any range as a file."""

from __future__ import annotations

from aiohttp import hdrs, web

from server.door.access import require
from server.door.parameters import TIME_RANGE, Parameters
from server.door.streamed import require_chunks, streamed_answer
from server.resources.exports import EXPORTS, FORMS
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
    parameters = {"start": of.start, "end": of.end, "content": content}
    name = f"events-{iso(of.start)[:10]}-{iso(of.end)[:10]}.{form.ending}"
    async with request.app[EXPORTS].opened(
        "export/events", form, count="export/count_events", **parameters
    ) as opened:
        headers = {
            ROWS_EXPECTED: str(opened.rows),
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
        }
        return await streamed_answer(request, opened.chunks, media_type=form.media_type, headers=headers)
