"""Verification of a running system: fix how far it has applied what it accepted, wait for that, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

import msgspec
import redis
from clickhouse_connect.driver.client import Client

from stack.verify import comparison
from stack.verify.comparison import Check
from streakline.health.settlement import Behind, Progress, behind
from streakline.live_windows import WINDOW_MINUTES
from streakline.measures import ZERO, Counts, unpack_counts
from streakline.streams import keys, progress
from streakline.streams.dictionary import OTHER_NAME, read_codes
from streakline.streams.records import DIMENSIONS
from streakline.streams.states import Content as LiveContent
from streakline.times import MINUTE_MS, QUARTER_MS, SEQ_BITS, dec, enc, minute_of

WANTED_SECONDS: Final = 35
LOOK_SECONDS: Final = 0.1
TRIES: Final = 3
"""What differs is compared again after what came meanwhile has been applied: history moves while we read."""

CONTENT: Final = "c:"
WHOLE: Final = "*"

Position = Mapping[int, int]
"""Shard -> position (`enc`) of the events stream."""


class NotApplied(RuntimeError):
    """The system did not apply what it had accepted within the wait; the message says what is behind."""


class Verifier:
    """Compares one system's history with itself."""

    def __init__(self, client: redis.Redis, clickhouse: Client, shards: int) -> None:
        self._redis, self._clickhouse, self._shards = client, clickhouse, shards
        self._names: dict[str, dict[int, str]] = {}

    def fixed(self) -> Position:
        """Return the position of the newest entry of each shard that has one."""
        newest: dict[int, Any] = {
            shard: self._redis.xrevrange(keys.events(shard), count=1) for shard in range(self._shards)
        }
        return {shard: enc(entries[0][0]) for shard, entries in newest.items() if entries}

    def behind(self, position: Position, *, live: bool = False) -> list[Behind]:
        """Return what has not applied a position; of persons and live numbers only if asked for."""
        pipe = self._redis.pipeline(transaction=False)
        for shard in range(self._shards):
            pipe.hmget(
                keys.progress(shard),
                [
                    progress.CONTENT.field,
                    progress.ARCHIVE.field,
                    progress.ARCHIVE_COVERED,
                    progress.ARCHIVE_OWED,
                ],
            )
            pipe.hget(keys.base(shard), "upto")
            pipe.set(keys.wanted(shard), 1, ex=WANTED_SECONDS)
        replies = pipe.execute()
        by_shard = []
        for (content, raw, out, mark), upto in zip(replies[::3], replies[1::3], strict=True):
            at = [None if entry is None else enc(entry) for entry in (content, raw, out)]
            owed = int(mark) if mark else None
            by_shard.append(Progress(at[0], at[1], at[2], owed, int(upto) if upto else None))
        wanted = {"raw", "provisional", "close", "recount"} | ({"live"} if live else set())
        return [reason for reason in behind(position, by_shard) if reason.part in wanted]

    def wait(self, position: Position, seconds: float) -> None:
        """Wait until a position is applied.

        Raises:
            NotApplied: if it is not within so many seconds.
        """
        deadline = time.monotonic() + seconds
        while reasons := self.behind(position):
            if time.monotonic() >= deadline:
                text = "; ".join(
                    f"{r.part} of shard {r.shard} is at {r.at}, wanted {r.wanted}" for r in reasons[:6]
                )
                msg = f"not applied within {seconds:g} s: {text}"
                raise NotApplied(msg)
            time.sleep(LOOK_SECONDS)

    def checks(self, position: Position, seconds: float) -> Iterator[Check]:
        """Yield every comparison, shard by shard, of what is applied at a position."""
        for shard in sorted(position):
            yield self._tried(
                seconds, self._upto(shard, partial(comparison.quarters, self._clickhouse, shard))
            )
            yield self._tried(seconds, self._upto(shard, partial(comparison.days, self._clickhouse, shard)))
            yield self._tried(seconds, self._upto(shard, partial(comparison.site, self._clickhouse, shard)))
            yield self._tried(seconds, self._upto(shard, partial(comparison.stops, self._clickhouse, shard)))
            yield self._tried(seconds, self._upto(shard, partial(comparison.people, self._clickhouse, shard)))
            yield self._tried(seconds, self._upto(shard, partial(self._lifetime, shard)))
        yield self._tried(seconds, partial(comparison.search_plays, self._clickhouse))
        yield self._tried(seconds, partial(comparison.search_names, self._clickhouse))
        yield self._tried(seconds, partial(comparison.personal_events, self._clickhouse))
        yield self._tried(seconds, partial(comparison.person_ids, self._clickhouse))
        yield self._tried(seconds, partial(comparison.observations, self._clickhouse))
        if self.at_rest(position):
            for shard in sorted(position):
                yield from self._open(shard, position)

    def at_rest(self, position: Position) -> bool:
        """Tell whether nothing came after a position but ticks, and everything has applied it."""
        return all(self._only_ticks(s, p) for s, p in position.items()) and not self.behind(
            position, live=True
        )

    def _only_ticks(self, shard: int, position: int) -> bool:
        newer: Any = self._redis.xrange(keys.events(shard), min=f"({dec(position)}")
        return all(b"h" not in fields and b"c" not in fields for _, fields in newer)

    def _upto(self, shard: int, check: Callable[[int], Check]) -> Callable[[], Check]:
        """Return a check that is made up to where a shard is closed when it is made."""
        return lambda: check(int(self._redis.hget(keys.base(shard), "upto") or 0))

    def _tried(self, seconds: float, check: Callable[[], Check]) -> Check:
        for attempt in range(TRIES):
            found = check()
            if not found.differing or attempt == TRIES - 1:
                return found
            self.wait(self.fixed(), seconds)
        raise AssertionError

    def _lifetime(self, shard: int, upto: int) -> Check:
        pipe = self._redis.pipeline(transaction=True)
        pipe.hgetall(keys.base(shard))
        (fields,) = pipe.execute()
        counts = {name.decode(): value for name, value in fields.items()}
        upto = int(counts.pop("upto", upto))
        whole = unpack_counts(counts.pop(WHOLE)) if WHOLE in counts else ZERO
        base = {name.removeprefix(CONTENT): unpack_counts(packed) for name, packed in counts.items()}
        return comparison.lifetime(self._clickhouse, shard, upto, base, whole, self._name)

    def _open(self, shard: int, position: Position) -> Iterator[Check]:
        upto = int(self._redis.hget(keys.base(shard), "upto") or 0)
        # What stands as it stood, or may be off because Redis went back, is right again at its close.
        fields = [progress.CONTENT_FLOOR, progress.CONTENT_OFF, progress.ARCHIVE_OFF]
        floor, *off = (int(at or 0) for at in self._redis.hmget(keys.progress(shard), fields))
        upto = max(upto, floor - QUARTER_MS, *off)
        held: dict[tuple[int, str], Counts] = {}
        prefix = keys.open_bucket(shard, 0)[:-1]
        for key in self._redis.scan_iter(match=f"{prefix}*", count=1000):
            bucket = int(key.decode().removeprefix(prefix))
            if bucket > upto:
                rows: Any = self._redis.hgetall(key)
                held |= {
                    (bucket, content.decode()): unpack_counts(packed) for content, packed in rows.items()
                }
        yield from comparison.open_buckets(self._clickhouse, shard, upto, held, self._name)
        payload: Any = self._redis.hget(keys.STATE, f"content:{shard}")
        if payload:
            live = msgspec.msgpack.decode(payload, type=LiveContent)
            clock = position[shard] >> SEQ_BITS
            first = max(minute_of(clock) - WINDOW_MINUTES * MINUTE_MS, upto + QUARTER_MS, live.since)
            first = -(-first // MINUTE_MS) * MINUTE_MS
            yield comparison.live_minutes(self._clickhouse, shard, first, live.minutes)

    def _name(self, dimension: str, code: int) -> str:
        if dimension not in self._names:
            for name in DIMENSIONS:
                held: Any = self._redis.hgetall(keys.dictionary(name))
                self._names[name] = {code: value for value, code in read_codes(held.items()).items()}
        return self._names[dimension].get(code, OTHER_NAME)
