"""The append-only file in Redis' folder: one file until 6.2, a folder of several since 7.0.

A server since 7.0 that finds the one file of an older one moves it into its folder and goes on from it. The other way
there is none: 6.2 would take no notice of the folder and begin empty.
"""

import shutil
from pathlib import Path
from typing import Final

SINGLE: Final = "appendonly.aof"
"""The whole file of 6.2, and what the names of the several begin with."""
PARTS: Final = "appendonlydir"
"""The folder that 7.0 and all since keep theirs in."""
MANIFEST: Final = f"{PARTS}/{SINGLE}.manifest"
"""The file that names those of the folder that count."""


class WrongFile(Exception):
    """The server that is to start would begin without entries that are there; the message names the files."""


def entries_of(folder: Path) -> Path:
    """Return what holds the entries of a server that has run in `folder`: `appendonlydir`, or the one file."""
    parts = folder / PARTS
    return parts if parts.exists() else folder / SINGLE


def can_be_read(folder: Path, server: str, *, parts: bool) -> None:
    """Refuse to start a server that would pass over entries.

    Args:
        folder: where it will run.
        server: what it is, for the message.
        parts: whether it keeps its entries in `appendonlydir`.

    Raises:
        WrongFile: naming what it would pass over, and what can be done.
    """
    single, manifest = folder / SINGLE, folder / MANIFEST
    if not parts and manifest.exists():
        raise WrongFile(
            f"{folder / PARTS} was written by Redis 7.0, Valkey or newer, which {server} cannot read: it would begin"
            " empty. Start a server that is as new"
        )
    if parts and manifest.exists() and single.exists() and single.stat().st_size:
        raise WrongFile(
            f"{single} and {folder / PARTS} both hold entries: an older server ran here after a newer one, and"
            f" {server} would pass over what it wrote. Keep both elsewhere, then remove the one that is to be"
            " forgotten: history has what was archived of either"
        )


def copy_out(folder: Path, copy: Path) -> None:
    """Copy the entries of the server of `folder` to `copy`, which must not be there.

    Nothing may be rewritten meanwhile: the server is held, or its file is smaller than what it rewrites at.
    """
    held = entries_of(folder)
    if held.is_dir():
        shutil.copytree(held, copy)
    else:
        shutil.copyfile(held, copy)


def put_back(copy: Path, folder: Path) -> None:
    """Let the server of `folder`, which must not run, begin with what `copy_out` copied."""
    remove(folder)
    if copy.is_dir():
        shutil.copytree(copy, folder / PARTS)
    else:
        shutil.copyfile(copy, folder / SINGLE)


def remove(folder: Path) -> None:
    """Remove all entries of the server of `folder`, which must not run."""
    if (folder / PARTS).exists():
        shutil.rmtree(folder / PARTS)
    (folder / SINGLE).unlink(missing_ok=True)
