"""Messages of candidates as content writes them to viewers: those that wait, and how one is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from flows.streams.reader import Fields
from streakline.kinds import CONTENT_TYPES
from streakline.streams.candidates import MARKED, PLAYED, SEEN, Marked, Played, Seen
from streakline.streams.records import CLOCK_SLACK_MS
from streakline.times import AHEAD_MS, EARLIEST_MS, MINUTE_MS, SEQ_BITS, named_position

MAX_DIGITS: Final = 4
"""Digits of the greatest shard's number."""

Message = tuple[bytes, Fields]
"""Entry id and fields."""


class Limits(NamedTuple):
    """What a process holds at most; its parts share it."""

    waiting: int = 1 << 20
    """Bytes of candidates with which it reads no more before it has taken some; one read may go beyond."""
    plays: int = 4_096
    """Plays and marks after which it writes rows before it takes more messages: about a sixth of a second."""
    page: int = 512
    """Persons of a part whose rows are unpacked at the same time."""
    written: int = 1 << 23
    """Bytes of rows on their way to Redis; of each part one page may go beyond."""
    held: int = 1 << 26
    """Bytes of rows that are remembered, so that they need not be read again."""

    def shared_by(self, parts: int) -> Limits:
        """Return what each of so many parts holds at most; `waiting` counts for all of them, a page for each."""
        return self._replace(
            plays=self.plays // parts, written=self.written // parts, held=self.held // parts
        )


class Waiting:
    """Messages that nobody has taken: a read may bring more than is done at once."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self.size = 0
        """Bytes of their fields."""
        self.persons = 0
        """Bytes of plays and marks among them."""
        self._messages: deque[Message] = deque()
        self.add(messages)

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, messages: Iterable[Message]) -> None:
        """Add messages behind the others."""
        for message in messages:
            self._messages.append(message)
            self._count(message, 1)

    def taken(self, persons: int) -> list[Message]:
        """Take messages in their order until they have so many bytes of plays and marks, or none is left."""
        taken, rest = list[Message](), self.persons - persons
        while self._messages and (not taken or self.persons > rest):
            taken.append(self._messages.popleft())
            self._count(taken[-1], -1)
        return taken

    def freeze(self) -> list[Any]:
        """Return them as plain data."""
        return list(self._messages)

    def _count(self, message: Message, sign: int) -> None:
        fields = message[1]
        self.size += sign * sum(map(len, fields.values()))
        self.persons += sign * (len(fields.get(b"p", b"")) + len(fields.get(b"m", b"")))


def thawed(own: bytes) -> tuple[dict[str, bytes], list[Message], int | None]:
    """Return what a snapshot keeps beside presence.

    Returns:
        What of persons is not written yet, the messages that wait, and the position (`enc`) before them; of an older
        build's none.
    """
    held = msgspec.msgpack.decode(own, strict=False)
    return held.get("people", {}), [(at, fields) for at, fields in held.get("waiting", [])], held.get("at")


class Candidates(NamedTuple):
    """What a message says of the events of a shard up to a position."""

    shard: int
    position: int
    seen: Seen
    played: Played
    marked: Marked


def read(entry_id: bytes, fields: Fields, newest: Callable[[int], int]) -> Candidates:
    """Return the candidates of a message; `newest` answers a shard's newest ms.

    Raises:
        KeyError: if a field is missing.
        ValueError: if one cannot be read, names a moment that nobody has come to, or holds what no content flow writes.
    """
    shard = fields[b"s"]
    if not shard.isdigit() or len(shard) > MAX_DIGITS:
        msg = f"s {shard[:40]!r} is no shard"
        raise ValueError(msg)
    position = named_position(fields[b"u"], entry_id, lambda: newest(int(shard)))
    seen = np.frombuffer(fields.get(b"c", b""), SEEN)
    latest = ((position >> SEQ_BITS) + AHEAD_MS + CLOCK_SLACK_MS) // MINUTE_MS
    if seen.size and int(seen["minute"].max()) > latest:
        msg = f"c names minute {int(seen['minute'].max())}; none is later than {latest}"
        raise ValueError(msg)
    return Candidates(int(shard), position, seen, *_of_persons(fields, position))


def _of_persons(fields: Fields, position: int) -> tuple[Played, Marked]:
    played = np.frombuffer(fields.get(b"p", b""), PLAYED)
    marked = np.frombuffer(fields.get(b"m", b""), MARKED)
    if not played.size:
        return played, marked
    first, last = int(played["start"].min()), int(played["start"].max())
    latest = (position >> SEQ_BITS) + AHEAD_MS + CLOCK_SLACK_MS
    if first < EARLIEST_MS or last > latest:
        msg = f"p names plays from {first} to {last}; none is before {EARLIEST_MS} or after {latest}"
        raise ValueError(msg)
    if int(played["ctype"].max()) >= len(CONTENT_TYPES):
        msg = f"p names content type {int(played['ctype'].max())}; there are {len(CONTENT_TYPES)}"
        raise ValueError(msg)
    return played, marked
