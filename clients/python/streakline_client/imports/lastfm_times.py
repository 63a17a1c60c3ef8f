"""The times of Last.fm's exports, which are UTC: epoch seconds, milliseconds, or texts in several spellings."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from streakline_client.imports.rows import Skipped, milliseconds, tidy

EARLIEST: Final = 946_684_800_000
"""2000-01-01 in epoch ms. Nothing was scrobbled before: Last.fm began in 2002."""
_YEAR: Final = 31_536_000_000
_SECONDS_END: Final = 10**11
"""From here on a number is milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973 ..."""
_MILLISECONDS_END: Final = 10**14
"""... and from here on it is neither."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SAID: Final = re.compile(
    r"(\d{1,2}) ([a-z]{3}) (\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?", re.IGNORECASE | re.ASCII
)
_NUMBER: Final = re.compile(r"(\d{1,30})(?:\.0*)?", re.ASCII)


def moment(text: str, field: str) -> tuple[int, bool]:
    """Return (epoch ms, whether it says no more than the minute) of a time's text.

    Raises:
        ValueError: naming the field and its value.
    """
    said = tidy(text)
    number = _NUMBER.fullmatch(said)
    if number is not None:
        return _counted(int(number[1]), field), False
    try:
        named = _SAID.fullmatch(said)
        if named is not None:
            day, month, year, hour, minute, second = named.groups()
            at = datetime(  # noqa: DTZ001 - Last.fm writes UTC
                int(year),
                _MONTHS.index(month.lower()) + 1,
                int(day),
                int(hour),
                int(minute),
                int(second or 0),
            )
            return milliseconds(at), second is None
        return milliseconds(datetime.fromisoformat(said)), said.count(":") < 2 + ("+" in said)
    except ValueError:
        msg = f"{field} {text!r} is no time: neither epoch seconds nor one like '31 Dec 2018 12:54'"
        raise ValueError(msg) from None


def unreal(line: int, at: int) -> Skipped | None:
    """Return the outcome of a row whose time cannot be when it was played; None for the others."""
    if at >= EARLIEST:
        return None
    if at < _YEAR:
        return Skipped(line, "without a real time (1970)")
    return Skipped(line, "before 2000, when nothing was scrobbled (a device's clock was wrong)")


def _counted(number: int, field: str) -> int:
    if number < _SECONDS_END:
        return number * 1000
    if number < _MILLISECONDS_END:
        return number
    msg = f"{field} {number} is neither a number of epoch seconds nor of milliseconds"
    raise ValueError(msg)
