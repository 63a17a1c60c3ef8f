"""Descriptors: which of a process's descriptors live connections may hold, and which are kept for senders.

A system gives every new connection the lowest number that is free. So a live connection whose number lies below a
bound can never hold one of those above, however many there are: these are left to senders, Redis and files.
"""

from __future__ import annotations

from typing import Final

MOST: Final = 1 << 20
"""Descriptors that a process asks for at most: what Linux itself allows one where nothing else is set."""
BURST: Final = 4_096
"""Connections waiting to be accepted: all browsers come back at once after a restart."""
OWN: Final = 64
"""Descriptors for Redis, files and libraries."""


WAY_OUT: Final = (
    "Raise the hard limit (ulimit -Hn, LimitNOFILE= of systemd, ulimits: of compose), or start more servers"
)


def wanted(hard: int | None) -> int:
    """Return the soft limit to ask for, given the hard one (None: there is none)."""
    return MOST if hard is None else hard


def kept(limit: int) -> int:
    """Return how many of a process's descriptors no live connection may hold.

    All that wait to be accepted may come in one turn of the loop, before any of them can be refused; a process
    that may have few descriptors keeps a quarter of them.
    """
    return min(BURST + OWN, limit // 4)


def bound(limit: int) -> int:
    """Return the number from which on a descriptor is kept for senders."""
    return limit - kept(limit)


def backlog(limit: int) -> int:
    """Return how many connections may wait to be accepted: no more than there are descriptors kept for."""
    return max(1, kept(limit) - OWN, kept(limit) // 2)


def short(limit: int, refused: int) -> str:
    """Return what people are told after live connections were refused."""
    return (
        f"{refused} live connections were refused: this process may have {limit} descriptors, of which the last "
        f"{kept(limit)} are kept for senders. {WAY_OUT}"
    )


def none_free(limit: int) -> str:
    """Return what people are told when connections could not even be accepted."""
    return f"all {limit} descriptors of this process are taken: whoever connects is turned away. {WAY_OUT}"
