"""Stream entries: how accepted events travel from ingest to the flows.

An entry holds events of one request, or of some that came together, for one shard, in order of acceptance: `v` the
format, `n` their number, `h` their records (`streakline.streams.records`), `d` the cold rest as msgpack rows,
compressed by the shells. A tick has neither `h` nor `d`; a control entry has `c`, a msgpack map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, NamedTuple

import msgspec
import zstandard

from streakline.streams.records import SIZE

VERSION: Final = b"1"
TICK: Final[dict[str, bytes]] = {"v": VERSION}
UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that nobody of ours wrote; nested deeply enough, they exhaust the stack."""


class Poison(ValueError):
    """An entry that cannot be read; the message says why."""


ERASE: Final = "erase"
"""Kind of the control entry that erases a person; `userId` says whom."""

Id = Annotated[str, msgspec.Meta(max_length=200)]
"""Longer ones ingest refuses; one of a megabyte, written by others, would be in every live update of its content."""


class Cold(msgspec.Struct, array_like=True, gc=False):
    """What of an event counting does not need: ids, texts, the sender's surroundings."""

    contentId: Id  # noqa: N815 - the wire's and ClickHouse's own spelling
    id: Id  # identity: `playId` for a play that has one, else the event's id
    type: str = ""
    contentType: str = ""  # noqa: N815
    parentId: str = ""  # noqa: N815
    creatorId: str = ""  # noqa: N815
    userId: str = ""  # noqa: N815
    anonymousId: str = ""  # noqa: N815
    sessionId: str = ""  # noqa: N815
    source: str = ""  # as counted: "", the value, or "other"
    platform: str = ""
    country: str = ""
    device: str = ""
    sent: dict[str, str] = {}  # dimension -> what was sent, where it counts as "other"
    browser: str = ""
    os: str = ""
    tz: str = ""
    playlistId: str = ""  # noqa: N815
    referrer: str = ""
    userAgent: str = ""  # noqa: N815
    botReason: str = ""  # noqa: N815
    genre: str = ""
    title: str = ""
    position: float | None = None  # s, where the listener stopped
    properties: str = ""  # JSON object, "" for none


ColdRow = tuple[str | float | dict[str, str] | None, ...]
"""The values of a `Cold` in the order of its fields: what ingest packs, without an object an event."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Cold])
_CONTROL = msgspec.msgpack.Decoder(dict[str, str | int | None])


def pack_cold(rows: Sequence[Cold] | Sequence[ColdRow]) -> bytes:
    """Return the cold rows of an entry as msgpack (not compressed)."""
    return _ENCODER.encode(rows)


def unpack_cold(data: bytes) -> list[Cold]:
    """Return the rows of `pack_cold`.

    Raises:
        Poison: if these are not rows.
    """
    try:
        return _DECODER.decode(data)
    except UNREADABLE as error:
        msg = f"field d holds no rows: {error}"
        raise Poison(msg) from error


class Entry(NamedTuple):
    """A checked entry. A tick has no events and no control."""

    n: int = 0
    hot: bytes = b""
    cold: bytes = b""
    control: dict[str, str | int | None] | None = None


def open_cold(entry: Entry, decompressor: zstandard.ZstdDecompressor, most: int) -> list[Cold]:
    """Return the cold rows of an entry, one a record.

    Args:
        entry: with records.
        decompressor: of this thread.
        most: bytes of unpacked rows that are read.

    Raises:
        Poison: if they cannot be read, are too large, or are not as many as the records.
    """
    try:
        # Room for what a frame says of its size is taken before anything of it is read.
        size = zstandard.frame_content_size(entry.cold)
        if not 0 < size <= most:
            msg = f"field d unpacks to {size} bytes; 1 to {most} are read"
            raise Poison(msg)
        data = decompressor.decompress(entry.cold)
    except zstandard.ZstdError as error:
        msg = f"field d is no zstd frame: {error}"
        raise Poison(msg) from error
    rows = unpack_cold(data)
    if len(rows) != entry.n:
        msg = f"field d holds {len(rows)} rows, but n = {entry.n}"
        raise Poison(msg)
    return rows


def read_entry(fields: Mapping[bytes, bytes]) -> Entry:
    """Return an entry of the events stream, checked.

    Raises:
        Poison: if the format, the number or the records do not fit; the message says which and how.
    """
    version = fields.get(b"v")
    if version != VERSION:
        msg = f"format {version!r} is not {VERSION!r}"
        raise Poison(msg)
    control = fields.get(b"c")
    if control is not None:
        try:
            return Entry(control=_CONTROL.decode(control))
        except UNREADABLE as error:
            msg = f"field c holds no control map: {error}"
            raise Poison(msg) from error
    hot = fields.get(b"h")
    if hot is None:
        return Entry()
    number = fields.get(b"n", b"")
    n = int(number) if number.isdigit() and len(number) < 10 else -1
    if n < 1 or len(hot) != n * SIZE:
        msg = f"field h has {len(hot)} bytes, but n = {number[:20]!r} records need {SIZE} each"
        raise Poison(msg)
    cold = fields.get(b"d")
    if cold is None:
        msg = "field d is missing"
        raise Poison(msg)
    return Entry(n, hot, cold)


def pack_control(**facts: str | int | None) -> dict[str, bytes]:
    """Return the fields of a control entry."""
    return {"v": VERSION, "c": _ENCODER.encode(facts)}
