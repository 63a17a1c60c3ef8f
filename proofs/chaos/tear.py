"""Damage to a flow's recovery folder, as a power cut or a bad disk leaves it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

PAGE: Final = 4096


def tear(folder: Path, draw: random.Random) -> str:
    """Damage the database in a folder that nobody has open; return what was done to it."""
    database = folder / "part-0.sqlite3"
    log = folder / "part-0.sqlite3-wal"
    damages = ["half of the file gone", "zeros over its head", "zeros over a page", "empty"]
    if log.exists() and log.stat().st_size:
        damages += ["half of its log gone", "its log gone", "zeros in its log"]
    damage = draw.choice(damages)
    size = database.stat().st_size
    if damage == "half of the file gone":
        _truncate(database, size // 2 - size // 2 % 512)
    elif damage == "zeros over its head":
        _zeros(database, 0, 512)
    elif damage == "zeros over a page":
        _zeros(database, draw.randrange(max(1, size // PAGE)) * PAGE, PAGE)
    elif damage == "empty":
        _truncate(database, 0)
    elif damage == "half of its log gone":
        _truncate(log, log.stat().st_size // 2)
    elif damage == "its log gone":
        log.unlink()
    else:
        _zeros(log, log.stat().st_size // 2, PAGE)
    return damage


def _truncate(file: Path, size: int) -> None:
    with file.open("r+b") as opened:
        opened.truncate(size)


def _zeros(file: Path, at: int, length: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(bytes(length))
