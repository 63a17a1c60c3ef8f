"""Redis as the flows use it, in memory: streams, hashes, sets and strings, and a clock that is set."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from streakline.times import SEQ_BITS, dec, enc

Fields = dict[bytes, bytes]
WRITES: Final = frozenset({"HSET", "HDEL", "HINCRBY", "XADD", "SADD", "DEL", "SET"})
"""The commands of the flows that change something."""


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
    sets: dict[str, frozenset[bytes]]
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
        self.sets: defaultdict[str, set[bytes]] = defaultdict(set)
        self.strings: dict[str, bytes] = {}
        self.until: dict[str, int] = {}
        """String -> time in ms from which it is no more."""
        self.changes: defaultdict[str, int] = defaultdict(int)
        """Key -> how often it was written, for who watches it."""
        self.run_id = 0
        """Another one whenever it was started again."""

    def copied(self) -> Held:
        """Return what an append-only file of this moment holds."""
        return Held(
            {stream: list(entries) for stream, entries in self.streams.items()},
            dict(self.newest),
            {key: dict(fields) for key, fields in self.hashes.items()},
            {key: frozenset(members) for key, members in self.sets.items()},
            dict(self.strings),
            dict(self.until),
        )

    def restart(self, held: Held) -> None:
        """Hold what an older file says."""
        self.run_id += 1
        self.streams = defaultdict(list, {stream: list(entries) for stream, entries in held.streams.items()})
        self.newest = defaultdict(int, held.newest)
        self.hashes = defaultdict(dict, {key: dict(fields) for key, fields in held.hashes.items()})
        self.sets = defaultdict(set, {key: set(members) for key, members in held.sets.items()})
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

    def run(self, name: str, key: str = "", *rest: Any) -> Any:  # noqa: C901 - a case a command
        """Execute a command of the flows; return its reply as redis-py gives it.

        Raises:
            ValueError: for a command that the stand-in does not know.
        """
        if name not in WRITES:
            return self._asked(name, key, *rest)
        self.changes[key] += 1
        match name:
            case "HSET":
                self.hashes[key].update(_pairs(rest))
            case "HDEL":
                for field in rest:
                    self.hashes[key].pop(_bytes(field), None)
            case "HINCRBY":
                field, number = _bytes(rest[0]), int(rest[1])
                self.hashes[key][field] = b"%d" % (int(self.hashes[key].get(field, b"0")) + number)
            case "XADD":
                return dec(self.add(key, _pairs(rest[rest.index("*") + 1 :]))).encode()
            case "SADD":
                self.sets[key].update(map(_bytes, rest))
            case "DEL":
                for gone in (key, *rest):
                    self.hashes.pop(gone, None)
                    self.strings.pop(gone, None)
            case "SET":
                self.strings[key] = _bytes(rest[0])
                if rest[1:]:  # EX seconds
                    self.until[key] = self.now_ms + int(rest[2]) * 1000
        return None

    def _asked(self, name: str, key: str, *rest: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - as above
        match name:
            case "PING":
                return True
            case "TIME":
                return self.now_ms // 1000, self.now_ms % 1000 * 1000
            case "INFO":
                return b"# Server\nrun_id:%d\n" % self.run_id
            case "GET":
                return self.strings.get(key)
            case "EXISTS":
                stands = key in self.strings and self.now_ms < self.until.get(key, self.now_ms + 1)
                return int(stands or bool(self.hashes.get(key)))
            case "HGET":
                return self.hashes[key].get(_bytes(rest[0]))
            case "HMGET":
                return [self.hashes[key].get(_bytes(field)) for field in rest]
            case "HGETALL":
                return dict(self.hashes[key])
            case "HVALS":
                return list(self.hashes[key].values())
            case "XRANGE":
                first = 0 if rest[0] == "-" else enc(rest[0])
                found = self.after(key, first - 1, int(rest[3]))
                return [(entry.id, entry.fields) for entry in found if not first or entry.position == first]
            case "XREVRANGE":
                return [(entry.id, entry.fields) for entry in self.streams[key][: -int(rest[3]) - 1 : -1]]
            case "SCAN":  # a cursor, MATCH and a pattern with a star at its end
                prefix = rest[1].replace("\\[", "[").removesuffix("*")
                names = [name for name, fields in self.hashes.items() if fields and name.startswith(prefix)]
                return 0, [name.encode() for name in sorted(names)]
            case _:
                msg = f"command {name!r} is none that the stand-in knows; add it to RedisData.run"
                raise ValueError(msg)


def position_of(text: bytes | None) -> int | None:
    """Return the position that a field holds, None for none."""
    return enc(text) if text else None


def _bytes(value: str | bytes | float) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _pairs(flat: Sequence[Any]) -> Fields:
    values = [_bytes(value) for value in flat]
    return dict(zip(values[::2], values[1::2], strict=True))
