"""Countries of visitors by their address, from a file in MaxMind's format that whoever runs Streakline provides.

GeoLite2, DB-IP's and IPinfo's files are such. The address is looked up and thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import maxminddb
import structlog
from aiohttp import web

from server.resources.tasks import running

EVERY: Final = 60.0
"""Seconds between two looks whether the file is another one: providers replace it every week."""
_PATHS: Final = (("country", "iso_code"), ("registered_country", "iso_code"), ("country_code",), ("country",))
"""Where files of different providers have the two letters of a country."""
_log = structlog.get_logger()


class Countries:
    """The countries of one file, which is read whole: who writes over it breaks nothing that is known."""

    def __init__(self, file: Path) -> None:
        """Read the file.

        Raises:
            ValueError: if it cannot be read, or is none of MaxMind's format; with the reason.
        """
        self._file = file
        self._state: tuple[int, ...] = ()
        self._reader = self._read()

    def of(self, address: str) -> str:
        """Return the country of an address as two letters; none where the file does not say it."""
        try:
            found = self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return ""  # no address, one of IPv6 in a file of IPv4, or a damaged record
        return next((code for path in _PATHS if (code := _letters(found, path))), "")

    def look(self) -> None:
        """Read the file again if it is another one; what was read stays if that cannot be."""
        try:
            if self._stat() != self._state:
                self._reader = self._read()
                _log.info("countries_read", file=str(self._file))
        except (OSError, ValueError) as error:
            _log.warning(
                "countries_not_read", file=str(self._file), error=str(error), what_now="the older ones hold"
            )

    def _read(self) -> maxminddb.Reader:
        try:
            state = self._stat()
            reader = maxminddb.open_database(self._file, maxminddb.MODE_MEMORY)
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            raise ValueError(str(error)) from error
        self._state = state
        return reader

    def _stat(self) -> tuple[int, ...]:
        found = self._file.stat()
        return (found.st_ino, found.st_size, found.st_mtime_ns)


def _letters(found: Any, path: tuple[str, ...]) -> str:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return (
        found.upper()
        if isinstance(found, str) and len(found) == 2 and found.isascii() and found.isalpha()
        else ""
    )


COUNTRIES: Final = web.AppKey("countries", Countries)


async def countries_resource(app: web.Application) -> AsyncIterator[None]:
    """Look at the file for as long as the application runs."""

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(app[COUNTRIES].look)

    async with running(run):
        yield
