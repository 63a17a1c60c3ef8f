"""The log of a server's process: lines on stderr."""

from __future__ import annotations

import sys

import structlog


def configure_log(form: str) -> None:
    """Let structlog write to stderr, as `text` or as `json`."""
    renderer = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
