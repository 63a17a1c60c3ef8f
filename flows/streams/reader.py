"""Reading Redis Streams: positions, batch sizes, backing off, and what trimming needs to know."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import redis
import structlog

from flows.streams.connection import Command, Line, ask_each
from flows.streams.cursors import FIRST, Cursor, Cursors
from flows.streams.sink import retry
from streakline.streams.candidates import PLAYED
from streakline.times import enc, ms_of

log = structlog.get_logger()

TIMEOUT: Final = 2.5
"""Seconds that a command to Redis may take."""

READ_SIZE: Final = 1 << 18
TUNED_BY: Final = 50
"""Entries that tell how large entries are."""
FULL_PAUSE: Final = 0.005
"""Seconds before another look whether what was read has been taken."""

Fields = dict[bytes, bytes]


class Item(NamedTuple):
    """One XREAD reply of one stream."""

    stream: str
    entries: list[tuple[bytes, Fields]]


def connect(url: str, cursors: Cursors | None = None) -> redis.Redis:
    """Return a client whose every command ends within `TIMEOUT` seconds.

    With `cursors` every new connection first looks whether its server still holds them; see `Cursors.connected`.
    """
    watch = {} if cursors is None else {"redis_connect_func": cursors.connected}
    return redis.Redis.from_url(
        url,
        protocol=2,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        health_check_interval=0,
        socket_read_size=READ_SIZE,
        **watch,
    )


class Pace:
    """When to read again: at once while there is more, then ever more seldom. Times in seconds."""

    def __init__(self, gather: float = 0.0) -> None:
        """Prepare; `gather` is how long to wait after a read that was worth it, so that the next one is too."""
        self._gather = gather
        # Looking costs a millisecond: who waits so long after each find may wait a little before the first.
        self._soonest = max(0.004, gather * 0.08)
        self._busy_at = time.monotonic()
        self._failures = 0

    def pause(self, *, busy: bool, more: bool) -> float:
        """Return how long to wait after a read that was worth it (or not) and left more behind (or not)."""
        self._failures = 0
        now = time.monotonic()
        if busy:
            self._busy_at = now
        if more:
            return 0.0
        if busy and self._gather:
            return self._gather
        idle = now - self._busy_at
        return self._soonest if idle < 2 else 0.02 if idle < 30 else 0.1

    def pause_after_failure(self) -> float:
        """Return how long to wait after a read that failed."""
        self._failures += 1
        return float(min(2.0, 0.05 * 2**self._failures))


class StreamReader:
    """The streams of one flow process, read together, without blocking.

    It knows the positions of the last two snapshots before the newest one: what lies before them, nobody will
    ask for again, and trimming may take it.
    """

    def __init__(
        self,
        url: str,
        streams: list[str],
        *,
        followed: Mapping[str, Cursor] | None = None,
        most: int = 10_000,
        gather: float = 0.0,
        stop: threading.Event | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            url: of Redis.
            streams: to read together.
            followed: the streams whose progress is kept in Redis, see `Cursor`.
            most: events of a stream that a read asks for, about.
            gather: seconds to let events gather after each read that found some.
            stop: set when the process shall end.
        """
        self.streams = streams
        self.positions: dict[str, str] = dict.fromkeys(streams, FIRST)
        self.stop = stop or threading.Event()
        self.is_full: Callable[[], bool] = lambda: False
        """Answers whether whoever takes what is read has enough for now."""
        self.cursors = Cursors(followed or {})
        self.cursors.positions = self.positions
        self._redis = connect(url, self.cursors)
        self._lines = [Line(self._redis) for _ in streams]
        self._behind = False
        """The last read left more behind."""
        self._most = most
        self._snapshots: deque[dict[str, str]] = deque(maxlen=3)
        self._count: dict[str, int] = dict.fromkeys(streams, 40)
        self._pace = Pace(gather)

    def resume(self, positions: Mapping[str, str] | None) -> None:
        """Go on from a snapshot, or from the first entry of every stream."""
        if positions is not None:
            held = {stream: positions.get(stream, at) for stream, at in self.positions.items()}
            retry("cursors", self.stop, lambda: self.cursors.resumed(self._redis, held, positions))
            self.positions.update(held)
            self._snapshots.append(dict(self.positions))

    def forget_two_ago(self) -> None:
        """Let nothing be trimmed on behalf of lost state, before there are snapshots again."""
        retry("trimming stands still", self.stop, lambda: self.cursors.forget_two_ago(self._redis))

    def snapshot(self) -> dict[str, str]:
        """Return the positions and remember them as those of a snapshot."""
        self._snapshots.append(dict(self.positions))
        return self.cursors.snapshot(self.positions)

    def two_ago(self, stream: str) -> str | None:
        """Return the position of two snapshots ago, None while there are not so many."""
        return self._snapshots[0][stream] if len(self._snapshots) == 3 else None

    def read(self) -> tuple[list[Item], float]:
        """Return what came, one item a stream, and how many seconds to wait before the next read."""
        if self.is_full():
            return [], FULL_PAUSE
        try:
            reply = self._ask()
        except (redis.ConnectionError, redis.TimeoutError) as error:
            pause = self._pace.pause_after_failure()
            log.warning("stream_read_failed", error=str(error), again_in_s=pause)
            return [], pause
        items = [Item(stream.decode(), entries) for stream, entries in reply if entries]
        self._behind = more = any(len(item.entries) >= self._count[item.stream] for item in items)
        for item in items:
            self.positions[item.stream] = item.entries[-1][0].decode()
            self._tune(item)
        busy = any(_has_news(fields) for item in items for _, fields in item.entries)
        # Ticks alone do not keep the reader awake: they come every five seconds, for ever.
        return items, self._pace.pause(busy=busy, more=more)

    def _ask(self) -> list[tuple[bytes, list[tuple[bytes, Fields]]]]:
        commands: list[Command] = [
            ("XREAD", "COUNT", self._count[stream], "STREAMS", stream, self.positions[stream])
            for stream in self.streams
        ]
        # Large replies come over lines of their own; for small ones that would be calls for nothing.
        replies = ask_each(self._lines, commands) if self._behind else self._lines[0].ask(commands)
        return [
            (reply[0][0], [(entry_id, _fields_of(flat)) for entry_id, flat in reply[0][1]])
            for reply in replies
            if reply
        ]

    def _tune(self, item: Item) -> None:
        """Ask for about `most` events the next time."""
        some = item.entries[-TUNED_BY:]
        events = sum(_events_of(fields) for _, fields in some)
        each = max(1.0, events / len(some))
        self._count[item.stream] = max(10, min(2_000, int(self._most / each)))


def _fields_of(flat: list[bytes]) -> Fields:
    pairs = iter(flat)
    return dict(zip(pairs, pairs, strict=True))


def _events_of(fields: Fields) -> int:
    """Return about how many events an entry is worth: it says so, or its size does."""
    number = fields.get(b"n", b"")
    return (
        int(number)
        if number.isdigit() and len(number) < 10
        else sum(map(len, fields.values())) // PLAYED.itemsize
    )


def _has_news(fields: Fields) -> bool:
    """Tell whether an entry holds events, candidates or changed buckets: more than how far somebody is."""
    return bool(fields.get(b"h") or fields.get(b"c") or fields.get(b"p") or fields.get(b"b"))


def newest_ms(client: redis.Redis, stream: str) -> int:
    """Return the ms of the newest entry that a stream holds, 0 if it holds none."""
    entries: Any = client.xrevrange(stream, count=1)
    return ms_of(entries[0][0]) if entries else 0


def first_entry(client: redis.Redis, stream: str) -> int | None:
    """Return the position of the first entry that a stream holds, None if it holds none."""
    entries: Any = client.xrange(stream, count=1)
    return enc(entries[0][0]) if entries else None
