"""Redis as the flows use it, in memory: streams, hashes and strings, and a clock that is told."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import Any, NamedTuple

from streakline.times import SEQ_BITS, dec, enc

Fields = dict[bytes, bytes]


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


def position_of(text: bytes | None) -> int | None:
    """Return the position that a field holds, None for none."""
    return enc(text) if text else None


def _bytes(value: str | bytes | float) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
