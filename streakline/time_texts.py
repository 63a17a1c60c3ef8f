"""Spellings: times that RFC 3339 and ISO 8601 allow and Python's parser does not, and why the others are none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_TIME: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8})[Tt ]"
    r"(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_OF_YEAR: Final = re.compile(r"[0-9]{4}-?[0-9]{3}(?:[Tt ].*)?")
_DIGITS: Final = re.compile(r"[+-]?[0-9]{8,}(?:\.[0-9]*)?")
_NAMED_ZONE: Final = re.compile(r".*\[[A-Za-z_+/-][^\]]*\]")
LAST_MS: Final = 999_000
"""Microseconds of the last millisecond of a second."""


class NoMoment(ValueError):
    """A text that looks like a time and names none; the message says why."""


def spelled(text: str) -> datetime | None:
    """Return the moment that a text names which Python's own parser refused; None if it is no time at all.

    24:00:00 is the end of a day, so the beginning of the next. A leap second belongs to the minute that it
    lengthens, and clocks without leap seconds know none: it is the last millisecond of that minute.

    Raises:
        NoMoment: if it looks like a time and names no moment.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        if _DATE.fullmatch(text):
            return _read(text)
        return None
    date, second, zone = found["date"], found["second"] or "00", (found["zone"] or "").upper()
    if found["hour"] == "24":
        if found["minute"] != "00" or second != "00" or int(found["fraction"] or 0):
            msg = "hour 24 is only the end of a day, 24:00:00"
            raise NoMoment(msg)
        return _after(_read(f"{date}T00:00:00{zone}"), timedelta(days=1))
    if second == "60":
        at = _read(f"{date}T{found['hour']}:{found['minute']}:59{zone}")
        utc = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
        if (utc.hour, utc.minute) != (23, 59) or _after(utc, timedelta(days=1)).day != 1:
            msg = "second 60 is a leap second, which comes only at 23:59:60 UTC on the last day of a month"
            raise NoMoment(msg)
        return at.replace(microsecond=LAST_MS)
    fraction = f".{found['fraction']}" if found["fraction"] else ""
    return _read(f"{date}T{found['hour']}:{found['minute']}:{second}{fraction}{zone}")


def hint(text: str) -> str:
    """Return what the sender of a text that is no time may have meant; "" where nobody can guess."""
    if _DIGITS.fullmatch(text):
        return ": it is a text; send the number without quotes"
    if _NAMED_ZONE.fullmatch(text):
        return ": it ends with the name of a zone; send that as tz"
    if _DAY_OF_YEAR.fullmatch(text):
        return " that is read here: send year, month and day"
    if text != text.strip():
        return ": there are spaces around it"
    return ""


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        why = str(error)
        if "offset" in why or "utcoffset" in why:
            why = "its offset is not below 24 hours"
        raise NoMoment(why) from error


def _after(at: datetime, some: timedelta) -> datetime:
    try:
        return at + some
    except OverflowError as error:
        msg = "it lies after the year 9999"
        raise NoMoment(msg) from error
