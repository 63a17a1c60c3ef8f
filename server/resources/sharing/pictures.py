"""Pictures: SVG drawn as PNG, a few at once, each in a process of its own; those of late are given again."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Final

import msgspec
import structlog
from aiohttp import web

AT_ONCE: Final = 2
"""Processes that draw."""
MOST_WAITING: Final = 20
"""Pictures that are being drawn or wait for that; more are refused."""
SECONDS: Final = 15.0
"""For which a process may draw."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of the pictures that are kept, a process."""
SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PROGRAM: Final = str(Path(__file__).with_name("rasterize.py"))
_log = structlog.get_logger()


class PicturesBusy(Exception):
    """So many pictures are being drawn that another one would come too late, or it did."""


class _Asked(msgspec.Struct):
    """What the process reads."""

    svg: str
    fonts: list[str]


class Pictures:
    """Draws pictures; the same one is drawn once, whoever asks for it meanwhile."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._kept: dict[bytes, bytes] = {}
        self._drawing: dict[bytes, asyncio.Task[bytes]] = {}

    async def png(self, svg: str, fonts: Iterable[str]) -> bytes:
        """Return a picture as PNG.

        Args:
            svg: it.
            fonts: the files of the typefaces that it is written in.

        Raises:
            PicturesBusy: if that would take too long.
            RuntimeError: if it cannot be drawn.
        """
        key = hashlib.sha256(svg.encode()).digest()
        if (kept := self._kept.pop(key, None)) is not None:
            self._kept[key] = kept  # as the newest one
            return kept
        task = self._drawing.get(key)
        if task is None:
            if len(self._drawing) >= MOST_WAITING:
                msg = f"{len(self._drawing)} pictures are being drawn already"
                raise PicturesBusy(msg)
            task = self._drawing[key] = asyncio.create_task(self._drawn(key, _Asked(svg, list(fonts))))
        # Who leaves takes it from nobody else.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End every process."""
        tasks = list(self._drawing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drawn(self, key: bytes, asked: _Asked) -> bytes:
        try:
            async with self._slots:
                picture = await _rasterized(msgspec.json.encode(asked))
        finally:
            del self._drawing[key]
        self._kept[key] = picture
        while sum(map(len, self._kept.values())) > MOST_BYTES:
            del self._kept[next(iter(self._kept))]
        return picture


async def _rasterized(asked: bytes) -> bytes:
    # Without our variables: there are secrets among them.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", _PROGRAM, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={}
    )
    try:
        async with asyncio.timeout(SECONDS):
            picture, errors = await process.communicate(asked)
    except TimeoutError as error:
        msg = f"a picture was not drawn within {SECONDS:g} s"
        raise PicturesBusy(msg) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not picture.startswith(SIGNATURE):
        _log.error(
            "picture_not_drawn", status=process.returncode, errors=errors[-2000:].decode(errors="replace")
        )
        msg = f"the picture was not drawn: its process ended with {process.returncode}"
        raise RuntimeError(msg)
    return picture


PICTURES: Final = web.AppKey("pictures", Pictures)


async def pictures_resource(app: web.Application) -> AsyncIterator[None]:
    """Draw for as long as the application runs."""
    app[PICTURES] = Pictures()
    yield
    await app[PICTURES].close()
