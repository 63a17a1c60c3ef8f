"""Dead letters of the flows: what could not be read or stored, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.line import Command
from streakline import keys

DEAD_KEPT: Final = 100_000
"""Dead letters kept, the newest."""
MAX_ERROR: Final = 1_000
MAX_BODY: Final = 4_096
"""Characters of a reason and bytes of an entry that are kept: what is poison may be of any size."""


def dead_letter(where: str, error: str, entry: str | bytes, body: bytes | Mapping[bytes, bytes]) -> Command:
    """Return the command that keeps a dead letter.

    Args:
        where: the part that met it.
        error: why it cannot be kept.
        entry: the id of its entry.
        body: the entry's fields, or the event.
    """
    if not isinstance(body, bytes):
        body = b" ".join(name[:MAX_BODY] + b"=" + value[:MAX_BODY] for name, value in body.items())
    return (
        "XADD", keys.DEAD, "MAXLEN", "~", DEAD_KEPT, "*",
        "where", where, "error", error.encode(errors="replace")[:MAX_ERROR], "entry", entry,
        "body", body[:MAX_BODY],
    )  # fmt: skip
