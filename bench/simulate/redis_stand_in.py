"""Redis as the flows use it, in memory: streams, hashes and strings, commands in MULTI, a clock that is told.

Every process has a `RedisClient` of its own over the one `RedisData`. A client calls `edge` before and after
every write and after every read: there the scheduler lets the process die, or lets others go first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import redis

from streakline.times import SEQ_BITS, dec, enc

Fields = dict[bytes, bytes]
Edge = Callable[[], None]


class Stored(NamedTuple):
    """One entry of a stream."""

    position: int
    id: bytes
    fields: Fields


class Held(NamedTuple):
    """What Redis held at some moment."""

    streams: dict[str, list[Stored]]
    newest: dict[str, int]
    hashes: dict[str, dict[bytes, bytes]]
    strings: dict[str, bytes]
    until: dict[str, int]


class RedisData:
    """What Redis holds. Time stands still between two calls of `advance`."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.streams: defaultdict[str, list[Stored]] = defaultdict(list)
        self.newest: defaultdict[str, int] = defaultdict(int)
        """Stream -> position of the last entry ever added."""
        self.hashes: defaultdict[str, dict[bytes, bytes]] = defaultdict(dict)
        self.strings: dict[str, bytes] = {}
        self.until: dict[str, int] = {}
        """String -> time in ms from which it is no more."""
        self.changes: defaultdict[str, int] = defaultdict(int)
        """Key -> how often a command has named it, for who watches it."""
        self.run_id = 0
        """Another one whenever it was started again."""

    def copied(self) -> Held:
        """Return what an append-only file of this moment holds."""
        return Held(
            {stream: list(entries) for stream, entries in self.streams.items()},
            dict(self.newest),
            {key: dict(fields) for key, fields in self.hashes.items()},
            dict(self.strings),
            dict(self.until),
        )

    def restart(self, held: Held) -> None:
        """Hold what an older file says."""
        self.run_id += 1
        self.streams = defaultdict(list, {stream: list(entries) for stream, entries in held.streams.items()})
        self.newest = defaultdict(int, held.newest)
        self.hashes = defaultdict(dict, {key: dict(fields) for key, fields in held.hashes.items()})
        self.strings, self.until = dict(held.strings), dict(held.until)

    def add(self, stream: str, fields: Fields) -> int:
        """Append an entry at the clock; return its position."""
        position = max(self.now_ms << SEQ_BITS, self.newest[stream] + 1)
        self.streams[stream].append(Stored(position, dec(position).encode(), fields))
        self.newest[stream] = position
        return position

    def after(self, stream: str, position: int, count: int) -> list[Stored]:
        """Return the first entries of a stream that come after a position."""
        entries = self.streams[stream]
        begin = bisect_right(entries, position, key=lambda entry: entry.position)
        return entries[begin : begin + count]

    def trim(self, stream: str, until: int) -> list[Stored]:
        """Remove and return all entries before a position."""
        entries = self.streams[stream]
        keep = bisect_right(entries, until - 1, key=lambda entry: entry.position)
        removed, self.streams[stream] = entries[:keep], entries[keep:]
        return removed

    def run(self, *command: Any) -> Any:
        """Execute a command of the flows; return its reply.

        Raises:
            ValueError: for a command that the stand-in does not know.
        """
        name, key, *rest = command
        self.changes[key] += 1  # a question counts as well: who watches only works once more
        match name:
            case "HSET":
                flat = [_bytes(value) for value in rest]
                self.hashes[key].update(zip(flat[::2], flat[1::2], strict=True))
            case "HDEL":
                for field in rest:
                    self.hashes[key].pop(_bytes(field), None)
            case "HINCRBY":
                field, number = _bytes(rest[0]), int(rest[1])
                self.hashes[key][field] = b"%d" % (int(self.hashes[key].get(field, b"0")) + number)
            case "XADD":
                flat = [_bytes(value) for value in rest[rest.index("*") + 1 :]]
                return dec(self.add(key, dict(zip(flat[::2], flat[1::2], strict=True)))).encode()
            case "DEL":
                for gone in (key, *rest):
                    self.hashes.pop(gone, None)
                    self.strings.pop(gone, None)
            case "SET":
                self.strings[key] = _bytes(rest[0])
                if rest[1:]:  # EX seconds
                    self.until[key] = self.now_ms + int(rest[2]) * 1000
            case _:
                return self._asked(name, key, *rest)
        return None

    def _asked(self, name: str, key: str, *rest: Any) -> Any:
        match name:
            case "GET":
                return self.strings.get(key)
            case "HGET":
                return self.hashes[key].get(_bytes(rest[0]))
            case "XRANGE":
                entries = self.streams[key]
                if rest[0] != "-":
                    entries = [entry for entry in entries if entry.id == _bytes(rest[0])]
                return [(entry.id, entry.fields) for entry in entries[:1]]
            case "INFO":
                return b"# Server\nrun_id:%d\n" % self.run_id
            case _:
                msg = f"command {name!r} is none that the stand-in knows; add it to RedisData.run"
                raise ValueError(msg)


class RedisClient:
    """One process's connection. The methods have the names and replies of redis-py's."""

    def __init__(self, data: RedisData, edge: Edge) -> None:
        self.data, self._edge = data, edge

    def pipeline(self, transaction: bool = True) -> Pipeline:
        """Return commands that are executed together."""
        return Pipeline(self.data, self._edge)

    def ping(self) -> bool:
        """Answer."""
        return True

    def get(self, key: str) -> Any:
        """Return a string."""
        return self._read(self.data.strings.get(key))

    def exists(self, key: str) -> int:
        """Tell whether there is such a key."""
        there = key in self.data.strings and self.data.now_ms < self.data.until.get(key, self.data.now_ms + 1)
        return int(self._read(there or bool(self.data.hashes.get(key))))

    def hget(self, key: str, field: str) -> Any:
        """Return a field of a hash."""
        return self._read(self.data.hashes[key].get(field.encode()))

    def hmget(self, key: str, fields: list[str]) -> Any:
        """Return some fields of a hash."""
        return self._read([self.data.hashes[key].get(field.encode()) for field in fields])

    def hgetall(self, key: str) -> Any:
        """Return a hash."""
        return self._read(dict(self.data.hashes[key]))

    def hvals(self, key: str) -> Any:
        """Return the values of a hash."""
        return self._read(list(self.data.hashes[key].values()))

    def xrange(self, stream: str, count: int) -> Any:
        """Return the first entries of a stream."""
        return self._read([(entry.id, entry.fields) for entry in self.data.streams[stream][:count]])

    def scan_iter(self, match: str, count: int) -> Any:
        """Return the hashes whose names begin with a pattern's fixed part."""
        prefix = match.replace("\\[", "[").removesuffix("*")
        names = [key for key, fields in self.data.hashes.items() if fields and key.startswith(prefix)]
        return self._read(iter([name.encode() for name in sorted(names)]))

    def hset(
        self, key: str, field: str = "", value: str | int = "", items: Sequence[str | int] | None = None
    ) -> None:
        """Write a field of a hash, or some."""
        self.execute_command("HSET", key, *([field, value] if items is None else items))

    def hdel(self, key: str, *fields: str) -> None:
        """Remove fields of a hash."""
        self.execute_command("HDEL", key, *fields)

    def execute_command(self, *command: Any) -> Any:
        """Execute one command."""
        self._edge()
        reply = self.data.run(*command)
        self._edge()
        return reply

    def transact(self, commands: Sequence[tuple[Any, ...]]) -> None:
        """Execute commands together."""
        self._edge()
        for command in commands:
            self.data.run(*command)
        self._edge()

    def _read(self, reply: Any) -> Any:
        self._edge()
        return reply


class Connection:
    """A new connection of a process, before its first command. Nobody dies on the way."""

    def __init__(self, data: RedisData) -> None:
        self._data = data
        self._reply: Any = None

    def on_connect(self) -> None:
        """Do nothing: there is no handshake."""

    def disconnect(self) -> None:
        """Do nothing: nobody uses it again."""

    def send_command(self, *command: Any) -> None:
        """Execute a command."""
        self._reply = self._data.run(*command)

    def read_response(self) -> Any:
        """Return its reply."""
        return self._reply


class Pipeline:
    """Commands that are executed together; nothing happens between them."""

    def __init__(self, data: RedisData, edge: Edge) -> None:
        self._data, self._edge = data, edge
        self._waiting: list[Callable[[], Any]] = []
        self._watched: dict[str, tuple[int, int]] = {}
        """Key -> the redis-server, and how often the key was changed when the watch began."""
        self._at_once = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def watch(self, key: str) -> None:
        """Execute what is added from now on at once, and later nothing if the key has changed."""
        self._edge()
        self._watched[key] = (self._data.run_id, self._data.changes[key])
        self._at_once = True

    def multi(self) -> None:
        """Execute what is added from now on together."""
        self._at_once = False

    def hget(self, key: str, field: str) -> Any:
        """Return a field of a hash that is watched."""
        return self._data.hashes[key].get(field.encode())

    def execute_command(self, *command: Any) -> None:
        """Add a command that writes."""
        self._waiting.append(lambda: self._data.run(*command))

    def hset(self, key: str, field: str, value: str | bytes) -> None:
        """Add the writing of a field."""
        self.execute_command("HSET", key, field, value)

    def hincrby(self, key: str, field: str, number: int) -> None:
        """Add the counting of a field."""
        self.execute_command("HINCRBY", key, field, number)

    def hdel(self, key: str, *fields: str) -> None:
        """Add the removal of fields."""
        self.execute_command("HDEL", key, *fields)

    def hmget(self, key: str, fields: list[str]) -> Any:
        """Add a question for some fields of a hash; return them if it is watched."""
        if self._at_once:
            return [self._data.hashes[key].get(field.encode()) for field in fields]
        return self._waiting.append(lambda: [self._data.hashes[key].get(field.encode()) for field in fields])

    def time(self) -> None:
        """Add a question for the time."""
        self._waiting.append(lambda: (self._data.now_ms // 1000, self._data.now_ms % 1000 * 1000))

    def hgetall(self, key: str) -> None:
        """Add a question for a hash."""
        self._waiting.append(lambda: dict(self._data.hashes[key]))

    def xrevrange(self, stream: str, count: int) -> None:
        """Add a question for the newest entries of a stream."""
        self._waiting.append(
            lambda: [(entry.id, entry.fields) for entry in self._data.streams[stream][: -count - 1 : -1]]
        )

    def execute(self) -> list[Any]:
        """Execute all of it; return the replies.

        Raises:
            redis.WatchError: if a key that is watched has changed.
        """
        self._edge()
        held = {key: (self._data.run_id, self._data.changes[key]) for key in self._watched}
        if held != self._watched:
            raise redis.WatchError
        replies = [act() for act in self._waiting]
        self._waiting = []
        self._edge()
        return replies


def position_of(text: bytes | None) -> int | None:
    """Return the position that a field holds, None for none."""
    return enc(text) if text else None


def _bytes(value: str | bytes | float) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
