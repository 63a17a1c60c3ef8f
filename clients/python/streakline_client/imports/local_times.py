"""Times as Google writes them for people: by the account's language, with an abbreviation of its zone.

    Jan 13, 2024, 4:16:16 PM TRT        29 Nov 2021, 18:06:16 AEDT         30 Eyl 2026 22:51:52 GMT+03:00
    2026. 4. 11. 오후 6:00:59 KST       13.01.2024, 16:16:16 MEZ           2024/01/13 16:16:16 JST

Abbreviations are ambiguous (IST is India, Israel or Ireland): those of several zones need the person's zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from streakline_client.imports.local_words import AFTERNOON, MONTHS, MORNING, OFFSETS
from streakline_client.imports.rows import BadFile, milliseconds
from streakline_client.zones import zone as zone_of

_CLOCK: Final = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2}):(\d{2})(?![\d:])")
_DOTTED_CLOCK: Final = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})\.(\d{2})(?![\d.])")
_HALF: Final = re.compile(r"\b([ap])\.? ?m\b")
_OFFSET: Final = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?\b")
_ZONE: Final = re.compile(r"(?<![^\W\d_])([A-Z]{3,5}|Z)\.?\s*$")
_NUMBER: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]+")


class Ambiguous(BadFile):
    """A time whose zone cannot be told; the message says how to tell it."""


def local_moment(text: str, tz: str | None) -> int:
    """Return a time's text as epoch ms, by the zone that it names, else by `tz`.

    Raises:
        Ambiguous: if it names a zone that may be several, or none, and `tz` is not given.
        ValueError: if it is no time, or names a zone that is not `tz`.
    """
    said = _plain(text)
    clock = _CLOCK.search(said) or _DOTTED_CLOCK.search(said)
    if clock is None:
        msg = f"time {text!r} has no hours, minutes and seconds"
        raise ValueError(msg)
    offset = _OFFSET.search(said)
    zone = None if offset else _ZONE.search(said)
    rest = (
        said[: clock.start()]
        + " "
        + (said[clock.end() :] if offset is None else said[clock.end() : offset.start()])
    )
    if zone is not None:
        rest = rest[: len(rest) - len(zone[0])]
    year, month, day = _date(rest, text)
    hour = _hour(int(clock[1]), rest)
    local = datetime(year, month, day, hour, int(clock[2]), int(clock[3]))  # noqa: DTZ001 - its zone comes below
    if offset is not None:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return _at(local, -minutes if offset[1] == "-" else minutes)
    return _in_zone(local, zone[1] if zone else "", tz, text)


def _plain(text: str) -> str:
    """Return a text with plain spaces (U+00A0 and U+202F are some), digits and signs."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").split())


def _date(text: str, whole: str) -> tuple[int, int, int]:
    """Return (year, month, day): the month by name, or three numbers, year first or last."""
    numbers = [int(number) for number in _NUMBER.findall(text)]
    month = _month(text)
    if month and len(numbers) == 2:
        year, day = numbers if numbers[0] > 31 else reversed(numbers)
        return _full(year), month, day
    if not month and len(numbers) == 3:
        # Google writes numbers alone only in languages that put the day before the month, or the year first.
        year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
        return _full(year), month, day
    msg = f"time {whole!r} has no date that can be read"
    raise ValueError(msg)


def _month(text: str) -> int:
    for word in _WORD.findall(text.casefold()):
        if word in MONTHS:
            return MONTHS[word]
    return 0


def _full(year: int) -> int:
    return year + 2000 if year < 100 else year


def _hour(hour: int, rest: str) -> int:
    said = _HALF.sub(r"\1m", rest.casefold())
    if _says(AFTERNOON, said):
        return hour % 12 + 12 if hour <= 12 else hour
    return hour % 12 if _says(MORNING, said) else hour


def _says(words: Collection[str], text: str) -> bool:
    """Tell whether a text has one of the words; those of other scripts may stand without spaces."""
    alone, whole = set(_WORD.findall(text)), text.replace(".", "")
    return any(word in alone if word.isascii() else word in whole for word in words)


def _in_zone(local: datetime, name: str, tz: str | None, text: str) -> int:
    offsets = OFFSETS.get(name, ())
    if len(offsets) == 1:
        return _at(local, offsets[0])
    if not tz:
        why = f"the zone {name} is several" if offsets else f"the zone {name or '(none)'} is not known"
        msg = f"time {text!r}: {why}; say which with --tz, as Europe/Berlin"
        raise Ambiguous(msg)
    either = [local.replace(tzinfo=zone_of(tz), fold=fold) for fold in (0, 1)]
    by_name = [one for one in either if one.tzname() == name]
    named = by_name or [one for one in either if _minutes(one) in offsets]
    if offsets and not named:
        msg = f"time {text!r}: {name} is not the zone {tz} at that time; is --tz right?"
        raise ValueError(msg)
    return milliseconds((named or either)[0].astimezone(UTC))


def _minutes(moment: datetime) -> int:
    return (moment.utcoffset() or timedelta()) // timedelta(minutes=1)


def _at(local: datetime, minutes: int) -> int:
    return milliseconds(local.replace(tzinfo=timezone(timedelta(minutes=minutes))))
