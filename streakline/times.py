"""Times, buckets and positions: integers in milliseconds UTC.

A position is an entry id of a Redis Stream, `ms-seq`; its milliseconds are the moment of acceptance and the
only clock of the stream. `enc` packs it into 63 bits that compare like the id.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from streakline.time_texts import NoMoment, hint, spelled

SECOND_MS = 1_000
MINUTE_MS = 60_000
QUARTER_MS = 900_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
AHEAD_MS = 15 * MINUTE_MS
"""How far ahead of its acceptance an event's timestamp may lie."""
EARLIEST_MS = 946_684_800_000
"""2000-01-01T00:00:00Z: no event is older."""
SEQ_BITS = 22
_SEQ_LAST = (1 << SEQ_BITS) - 1
_ENTRY_ID = re.compile(rb"[0-9]{1,13}-[0-9]{1,20}")

_NO_ZONE = ("Z", "z", "-00:00", "-0000", "-00")
"""How a moment in UTC ends that tells no zone: RFC 3339 (4.3) tells `-00:00` from `+00:00`."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_MINUTE = timedelta(minutes=1)
_FIRST_MS = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // _MS
_LAST_MS = (datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC) - _EPOCH) // _MS


def enc(entry_id: str | bytes) -> int:
    """Return the position of an entry id as an integer (ms * 2**22 + seq; a seq above 2**22 - 1 counts as that)."""
    ms, _, seq = entry_id.partition(b"-" if isinstance(entry_id, bytes) else "-")  # type: ignore[arg-type]
    number = int(seq or 0)
    number = min(number, _SEQ_LAST)
    return int(ms) << SEQ_BITS | number


def dec(position: int) -> str:
    """Return the entry id of a position: the inverse of `enc`."""
    return f"{position >> SEQ_BITS}-{position & ((1 << SEQ_BITS) - 1)}"


def ms_of(entry_id: str | bytes) -> int:
    """Return the milliseconds of acceptance of an entry."""
    return int(entry_id.partition(b"-" if isinstance(entry_id, bytes) else "-")[0])  # type: ignore[arg-type]


def named_position(entry_id: bytes, message_id: bytes, newest: Callable[[], int] = lambda: 0) -> int:
    """Return the position of an entry id that a message of another stream names.

    Args:
        entry_id: as it is named.
        message_id: of the message itself.
        newest: asked for the newest moment in ms of the stream that is named, where the message is older: a
            stream that was written while a clock was ahead stays ahead, others may not have been.

    Raises:
        ValueError: if it is no entry id, or of a later moment than the message itself: nobody has read that far,
            and who believed it would take everything until then for read.
    """
    if not _ENTRY_ID.fullmatch(entry_id):
        msg = f"u {entry_id[:40]!r} is no entry id"
        raise ValueError(msg)
    latest = ms_of(message_id) + MINUTE_MS
    if ms_of(entry_id) > latest and ms_of(entry_id) > newest() + MINUTE_MS:
        msg = f"u {entry_id.decode()} lies after its own message, {message_id.decode()}"
        raise ValueError(msg)
    return enc(entry_id)


def named_moment(text: bytes) -> int:
    """Return the ms of a moment that somebody wrote as digits; 0, which is long over, for what is none."""
    return int(text) if len(text) <= 13 and text.isdigit() else 0


def ms_of_time(told: tuple[int, int]) -> int:
    """Return in ms what Redis answers to TIME: seconds and microseconds."""
    seconds, micros = told
    return int(seconds) * 1000 + int(micros) // 1000


def bucket_of(ms: int) -> int:
    """Return the start of the quarter hour that holds a moment."""
    return ms - ms % QUARTER_MS


def minute_of(ms: int) -> int:
    """Return the start of the minute that holds a moment, in ms."""
    return ms - ms % MINUTE_MS


def parse_when(value: str | float) -> tuple[int, int | None]:
    """Return a timestamp of the wire as (ms UTC, zone offset in minutes or None).

    Takes epoch milliseconds (a number), RFC 3339 and ISO 8601 (a string; without a zone it is UTC). `Z`, `-00:00`
    and epoch name no zone.

    Raises:
        ValueError: for anything else, naming the value and why.
    """
    try:
        if not isinstance(value, str):
            return int(value), None
        at = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        at = _spelled(value)
    zone = at.tzinfo
    if zone is UTC:
        return (at - _EPOCH) // _MS, None if value.endswith(_NO_ZONE) else 0  # type: ignore[union-attr]
    if zone is None:
        return (at.replace(tzinfo=UTC) - _EPOCH) // _MS, None
    offset = zone.utcoffset(at)
    assert offset is not None  # a zone that `fromisoformat` makes is a fixed offset
    return (at - _EPOCH) // _MS, offset // _MINUTE


def _spelled(value: str | float) -> datetime:
    shown, why = value, ""
    if isinstance(value, str):
        shown = repr(value[:40])
        try:
            at = spelled(value)
        except NoMoment as error:
            msg = f"timestamp {shown} names no moment: {error}"
            raise ValueError(msg) from None
        if at is not None:
            return at
        why = hint(value)
    msg = f"timestamp {shown} is neither ISO 8601 nor epoch milliseconds{why}"
    raise ValueError(msg) from None


def iso(ms: int) -> str:
    """Return a moment as ISO 8601 in UTC with milliseconds, for messages to people.

    A moment beyond the calendar's years 1 to 9999 (microseconds sent as milliseconds) is told as its number.
    """
    if not _FIRST_MS <= ms <= _LAST_MS:
        return f"{ms} ms"
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
