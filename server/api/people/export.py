"""The events of a person as a file."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.api.exports import exported
from server.door.owners import person_of
from server.door.parameters import TIME_RANGE, Parameters
from server.door.streamed import require_chunks
from server.resources.exports import FORMS
from streakline.history.ranges import ALL
from streakline.times import iso

EXPORT: Final = ("format", *TIME_RANGE)


async def export_person(request: web.Request) -> web.StreamResponse:
    """`GET /api/v1/people/{id}/export`: every event of a person as `event_log` has it, in no order.

    Parameters: `format` (csv), `timeRange` (all) or `from` and `to`, `tz`, `asOf`. Needs `read:self`. Answer: the file;
    505 `http-version`.
    """
    asked = Parameters(request, *EXPORT)
    user = person_of(request, asked)
    require_chunks(request)
    form = FORMS[asked.choice("format", FORMS, "csv")]
    of = asked.time_range(ALL)
    parameters = {"user": user, "start": of.start, "end": of.end}
    return await exported(request, "person", form, f"record-{iso(of.end)[:10]}.{form.ending}", parameters)
