"""`python -m server`: one process with the roles of STREAKLINE_ROLES, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from typing import Final

import structlog
import uvloop
from aiohttp import web

from server.app import init_app
from server.log import configure_log
from server.resources.descriptor_limit import raise_limit
from streakline import zones
from streakline.door.descriptors import backlog
from streakline.settings import BadSetting, Settings
from streakline.streams.partitions import OtherPartitions

GRACE: Final = 5.0
"""Seconds that requests under way may take after the stop signal."""
GC_THRESHOLDS: Final = (50_000, 20, 100)
"""Thousands of sockets are thousands of objects that every collection would walk."""
MISUSE: Final = 2


def main() -> int:
    """Run the server; return the exit code."""
    zones.pin()
    try:
        settings = Settings.of(os.environ)
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        return MISUSE
    configure_log(settings.log_format)
    waiting = backlog(raise_limit())
    try:
        app = init_app(settings)
    except BadSetting as error:
        sys.stderr.write(f"{error}\n")
        return MISUSE
    app.on_startup.append(_freeze)
    try:
        web.run_app(
            app,
            host=settings.host,
            port=settings.port,
            access_log=None,
            print=None,
            backlog=waiting,
            shutdown_timeout=GRACE,
            reuse_port=settings.reuse_port or None,
            loop=_loop(settings),
        )
    except (OSError, TimeoutError, OtherPartitions) as error:
        structlog.get_logger().error("server_not_started", error=str(error) or type(error).__name__)
        return 1
    return 0


def _loop(settings: Settings) -> asyncio.AbstractEventLoop:
    # uvloop serves requests faster, but holds every write back to the end of the loop's turn (measured): a
    # process that only pushes is better off without it.
    pushes_only = "ingest" not in settings.roles and "live" in settings.roles
    return asyncio.new_event_loop() if pushes_only else uvloop.new_event_loop()


async def _freeze(_: web.Application) -> None:
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


if __name__ == "__main__":
    sys.exit(main())
