"""How many descriptors this process may have, and has. It needs no library, so that `streakline up` stays small."""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from streakline.door import descriptors

_OWN: Final = Path("/proc/self/fd"), Path("/dev/fd")


def raise_limit() -> int:
    """Raise this process's soft limit to the hard one; return the limit that holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = descriptors.wanted(None if hard == resource.RLIM_INFINITY else hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # A kernel may allow less than the hard limit says (macOS does): then the soft one stands.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return limit()


def limit() -> int:
    """Return how many descriptors this process may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return descriptors.MOST if soft == resource.RLIM_INFINITY else soft


def taken() -> int:
    """Return how many descriptors this process has."""
    folder = next(folder for folder in _OWN if folder.exists())
    return sum(1 for _ in folder.iterdir()) - 1  # the list itself takes one


def is_kept(transport: asyncio.BaseTransport | None) -> bool:
    """Tell whether a connection has one of the descriptors that are kept for senders."""
    connection: Any = None if transport is None else transport.get_extra_info("socket")
    return connection is not None and connection.fileno() >= descriptors.bound(limit())
