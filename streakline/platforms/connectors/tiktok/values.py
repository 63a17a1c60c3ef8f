"""Numbers as TikTok writes them: whole ones, sometimes as texts, and nothing where there is none."""

from __future__ import annotations

from typing import Any

from streakline.platforms.connectors.exchange import Unreadable


def whole(value: Any) -> int | None:
    """Return a whole number; None where there is none: null, an empty text, or no key.

    Raises:
        Unreadable: if it is something else.
    """
    found = number(value)
    if found is not None and found != int(found):
        msg = f"{value!r} stands where a whole number should"
        raise Unreadable(msg)
    return None if found is None else int(found)


def number(value: Any, times: int = 1) -> int | float | None:
    """Return a number; None where there is none: null, an empty text, or no key.

    Raises:
        Unreadable: if it is something else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = float(value) if "." in value else int(value)
        except ValueError:
            msg = f"{value[:40]!r} stands where a number should"
            raise Unreadable(msg) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{str(value)[:40]!r} stands where a number should"
        raise Unreadable(msg)
    return value if times == 1 else round(value * times, 6)


def published(value: Any) -> int:
    """Return when a video was published, s; 0 if nobody says. It may come as a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
