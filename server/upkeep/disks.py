"""The disks that may fill: that of this server's data, and that of Redis' file where it can be seen from here."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from server.metrics import Metrics
from streakline.settings import NOWHERE, Settings

MB: Final = 1 << 20
ASK_EVERY: Final = 60.0
"""Seconds between two questions where Redis keeps its file; it hardly ever moves."""
UNWATCHED: Final = "redis_disk_unwatched"


class Room(NamedTuple):
    """A disk in bytes."""

    free: int
    total: int


class Disks:
    """The last look.

    Attributes:
        data: the disk of this server's data; None if it cannot be seen.
        redis: that of Redis' file; None if it cannot be seen.
        refusal: why nothing more may be written, or None.
        unwatched: why the disk of Redis is not looked at, or None if it is.
    """

    def __init__(self, redis: Redis, settings: Settings, metrics: Metrics) -> None:
        """Prepare to look."""
        self._redis, self._settings, self._metrics = redis, settings, metrics
        self._folder: Path | None = None
        self._asked = -ASK_EVERY
        self.data: Room | None = None
        self.redis: Room | None = None
        self.refusal: str | None = None
        self.unwatched: str | None = None

    def warnings(self) -> list[str]:
        """Return what people are to be told, though work goes on."""
        return [] if self.unwatched is None else [f"{UNWATCHED}: {self.unwatched}"]

    async def look(self, *, answers: bool) -> None:
        """Measure again; `answers` says whether Redis can be asked anything."""
        if answers and time.monotonic() >= self._asked + ASK_EVERY:
            try:
                self._folder, self.unwatched = await self._of_redis()
                self._asked = time.monotonic()
            except (RedisError, OSError, TimeoutError):  # it is away again, which `Pressure` says
                self._asked = -ASK_EVERY
        data = _that_is_there(self._settings.data)
        self.data = self._room(data, self._metrics.free_disk)
        self.refusal = self._short(data, self.data)
        if self._folder is None:
            self.redis = None
            self._metrics.redis_free_disk.set(float("nan"))
        else:
            self.redis = self._room(self._folder, self._metrics.redis_free_disk)
            self.refusal = self._short(self._folder, self.redis) or self.refusal

    def _room(self, folder: Path, gauge: Any) -> Room | None:
        try:
            usage = shutil.disk_usage(folder)
        except OSError:  # it is gone; where it is now is asked at the next look
            self._asked = -ASK_EVERY
            return None
        gauge.set(usage.free)
        return Room(usage.free, usage.total)

    def _short(self, folder: Path, room: Room | None) -> str | None:
        if room is None:
            return None
        free = room.free
        needed = self._settings.min_free_mb
        return (
            None
            if free // MB >= needed
            else f"{free // MB} MB are free at {folder}, below {needed} MB; make room"
        )

    async def _of_redis(self) -> tuple[Path | None, str | None]:
        """Return the folder on the disk of Redis, and why there is none to look at.

        Raises:
            RedisError: if Redis is away.
        """
        named = self._settings.redis_folder
        if named == NOWHERE:
            return None, None
        if named:
            missing = f"STREAKLINE_REDIS_FOLDER is {named}, which is not there"
            return (Path(named), None) if _is_there(named) else (None, missing)
        address = self._redis.connection_pool.connection_kwargs
        where = str(address.get("path") or address.get("host"))
        if not address.get("path") and not await _is_here(where):
            return None, f"redis runs on {where}, another machine. {WAY_OUT}"
        try:
            settings = await self._redis.config_get("*dir*") | await self._redis.config_get("*filename")
        except ResponseError as error:  # a managed Redis has no such command
            return None, f"redis does not say where its file is ({error}). {WAY_OUT}"
        folder = Path(str(settings["dir"]))
        names = {str(settings.get(name)) for name in ("appendfilename", "appenddirname", "dbfilename")}
        if not _holds(folder, names):
            return (
                None,
                f"redis keeps its file in {folder}, which is not here: it runs in a container. {WAY_OUT}",
            )
        return folder, None


WAY_OUT: Final = (
    "Its disk is not watched from here: ingest cannot stop before it is full. Name a folder on that disk with "
    f"STREAKLINE_REDIS_FOLDER, or watch it where it is and set that to {NOWHERE}"
)


def _that_is_there(folder: str) -> Path:
    """Return a folder, or the nearest above it that exists."""
    path = Path(folder).absolute()
    while not path.exists():
        path = path.parent
    return path


def _is_there(folder: str) -> bool:
    return Path(folder).is_dir()


async def _is_here(host: str) -> bool:
    """Tell whether a host name is this machine: only own addresses can be bound."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    return any(_is_own(family, address) for family, _, _, _, address in found)


def _is_own(family: socket.AddressFamily, address: Any) -> bool:
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        try:
            one.bind(address)
        except OSError:
            return False
    return True


def _holds(folder: Path, names: set[str]) -> bool:
    """Tell whether a folder holds one of Redis' files: of the same name there is one in many containers."""
    try:
        return bool(names & set(os.listdir(folder)))  # noqa: PTH208 - names alone
    except PermissionError:
        return folder.exists()  # Debian's /var/lib/redis: nobody else may list it, its disk can be measured
    except OSError:
        return False
