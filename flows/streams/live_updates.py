"""How a flow tells the pages a state: the newest for those who come later, and a message for those who listen."""

from __future__ import annotations

from typing import Final

from flows.streams.connection import Command
from streakline.streams import keys

KEPT: Final = 10_000
"""Messages that the stream of updates keeps, about: who missed more takes the newest states instead."""


def update(kind: str, number: int, covered: str, payload: bytes) -> list[Command]:
    """Return the commands that publish the absolute state of a shard of contents or a part of the persons.

    Args:
        kind: "content", "viewers" or "base".
        number: of the shard or part.
        covered: position up to which the state counts, "" where it has none.
        payload: the state, msgpack.
    """
    fields = ("k", kind, "s", number, "u", covered, "p", payload)
    return [
        ("HSET", keys.STATE, f"{kind}:{number}", payload),
        ("XADD", keys.UPDATES, "MAXLEN", "~", KEPT, "*", *fields),
    ]
