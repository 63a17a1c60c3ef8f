"""Dead letters: what could not be taken, read or stored, and why; the same form and bound for every part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streakline.streams import keys

KEPT: Final = 10_000
"""Dead letters kept of all parts together, about, the newest."""
MAX_ERROR: Final = 1_000
MAX_BODY: Final = 4_096
"""Characters of a reason and bytes of an entry that are kept: what is poison may be of any size."""


def dead_letter(
    where: str, error: str, entry: str | bytes, body: bytes | Mapping[bytes, bytes]
) -> tuple[str | bytes | int | float, ...]:
    """Return the command of Redis that keeps a dead letter.

    Args:
        where: the part that met it.
        error: why it cannot be kept.
        entry: the id of its entry, or of the event where there is none.
        body: the entry's fields, or the event.
    """
    if not isinstance(body, bytes):
        body = b" ".join(name[:MAX_BODY] + b"=" + value[:MAX_BODY] for name, value in body.items())
    return (
        "XADD", keys.DEAD, "MAXLEN", "~", KEPT, "*",
        "where", where, "error", error.encode(errors="replace")[:MAX_ERROR], "entry", entry,
        "body", body[:MAX_BODY],
    )  # fmt: skip
