"""`python -m bench.january.serving`: the web server with one route more, by which the review of a year begins at once.

The job is the product's own, in the process that serves the sockets; only that it waits for January is left out.
Nothing is closed in a stack that is younger than an hour: so the persons' rows answer up to two hours ago.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import Final
from unittest import mock

from aiohttp import web

import server.__main__ as product
from server.app import init_app
from server.jobs.people import process, yearly
from server.resources.clock import CLOCK
from streakline.settings import Settings
from streakline.times import HOUR_MS, bucket_of

NICE: Final = "STREAKLINE_BENCH_NICE"
"""Names how far the job gives way, where that is not as in the product."""
PATH: Final = "/bench/january/{year}"
_TASK: Final[web.AppKey[list[asyncio.Task[None]]]] = web.AppKey("january", list)


async def begin(request: web.Request) -> web.Response:
    """`POST`: begin, or go on."""
    app, year = request.app, int(request.match_info["year"])
    app[_TASK][:] = [asyncio.create_task(yearly.review_of_everybody(app, year, app[CLOCK].now_ms()))]
    return web.json_response({})


async def state(request: web.Request) -> web.Response:
    """`GET`: whether it runs, and what it failed with."""
    [task] = request.app[_TASK]
    failed = repr(task.exception()) if task.done() and not task.cancelled() and task.exception() else ""
    return web.json_response({"runs": not task.done(), "failed": failed})


async def cut(request: web.Request) -> web.Response:
    """`DELETE`: end it wherever it is, as a process that leads no more does."""
    [task] = request.app[_TASK]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return web.json_response({})


def made(settings: Settings) -> web.Application:
    """Return the application with these routes."""
    app = init_app(settings)
    app[_TASK] = []
    app.router.add_post(PATH, begin)
    app.router.add_get(PATH, state)
    app.router.add_delete(PATH, cut)
    return app


async def closed_now(_: web.Application, as_of: int) -> int:
    """Return two hours ago."""
    return bucket_of(as_of - 2 * HOUR_MS)


def main() -> int:
    """Run the server; return the exit code."""
    with (
        mock.patch.object(product, "init_app", made),
        mock.patch.object(yearly, "closed_now", closed_now),
        mock.patch.object(process, "NICE", int(os.environ.get(NICE, process.NICE))),
    ):
        return product.main()


if __name__ == "__main__":
    sys.exit(main())
