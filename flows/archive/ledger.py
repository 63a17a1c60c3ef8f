"""What archive reads and writes in Redis for one shard. A write is one MULTI, and outlasts the server's absence."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import redis
import structlog
from redis.client import Pipeline

from flows.archive.base import CONTENT, WHOLE, Base, is_sum
from flows.process.faults import report
from flows.streams.connection import Command
from flows.streams.cursors import Cursors, Returned, lost_text
from flows.streams.reader import first_entry, newest_ms
from flows.streams.sink import retry
from streakline.health.faults import WENT_BACK
from streakline.measures import ZERO, unpack_counts
from streakline.streams import keys, progress
from streakline.times import enc, named_position

log = structlog.get_logger()

ASKED_AT_ONCE: Final = 10_000
"""Contents of one question to Redis."""


class Stored(NamedTuple):
    """Where a shard's archive stood when it last wrote."""

    raw: int
    """Position of the raw rows inserted, 0 for none."""
    out: int
    """Position that the outbox had covered, 0 for none."""
    newest: int
    """Position that the newest message of the outbox covers: no provisional row was ever written above it."""
    upto: int | None
    """The newest closed bucket, ms."""
    whole: bool
    """Whether the lifetime base is there."""
    marks: Mapping[bytes, bytes]
    first: int | None
    """Position of the first entry of the stream, None if it is empty."""
    differences: int
    """Recounted keys that differed, so far."""


class HeldBase:
    """The lifetime base of a shard as Redis holds it while it is watched."""

    def __init__(self, pipe: Pipeline, key: str) -> None:
        self._pipe, self._key = pipe, key
        held: Any = pipe.hget(key, "upto")
        self.upto: int | None = None if held is None else int(held)
        """The newest closed bucket, ms."""

    def of(self, contents: Sequence[str]) -> Base:
        """Return the base of some contents, and of the whole shard."""
        whole: Any = self._pipe.hget(self._key, WHOLE)
        held: list[Any] = []
        for begin in range(0, len(contents), ASKED_AT_ONCE):
            fields = [CONTENT + content for content in contents[begin : begin + ASKED_AT_ONCE]]
            found: Any = self._pipe.hmget(self._key, fields)
            held += found
        known = {
            c: unpack_counts(packed) for c, packed in zip(contents, held, strict=True) if packed is not None
        }
        return Base(unpack_counts(whole) if whole else ZERO, known)


class OpenHashes(NamedTuple):
    """Counts of open buckets as content last wrote them."""

    counts: list[dict[bytes, bytes]]
    """Content -> packed counts, a bucket each."""
    covered: int
    """Position of the events that they cover; 0 if no message of the outbox says it."""


class Ledger:
    """The keys of one shard."""

    def __init__(
        self,
        shard: int,
        client: redis.Redis,
        stop: threading.Event,
        two_ago: Callable[[str], str | None] = lambda _: None,
        cursors: Cursors | None = None,
    ) -> None:
        """Prepare the ledger of a shard.

        Args:
            shard: its number.
            client: of Redis.
            stop: set when the process shall end.
            two_ago: answers the id that a stream was at two snapshots ago.
            cursors: of this process in its streams.
        """
        self.shard = shard
        self._redis, self._stop, self._two_ago = client, stop, two_ago
        self._cursors = cursors or Cursors({})

    def stored(self) -> Stored:
        """Return where the shard stood."""
        return retry("progress", self._stop, self._stored)

    def open_hashes(self, buckets: Sequence[int]) -> OpenHashes:
        """Return the counts of some open buckets, and of which position they are."""
        if not buckets:
            return OpenHashes([], 0)
        return retry("open buckets", self._stop, lambda: self._hashes(buckets))

    def rebase(self, work: Callable[[HeldBase], Sequence[Command]]) -> None:
        """Execute in one MULTI the commands that `work` makes of the base, if nobody has changed it meanwhile.

        Else, and when Redis was away, all of it is done again: what another owner of the shard wrote is read first.
        """
        while True:
            try:
                retry(f"base of shard {self.shard}", self._stop, lambda: self._rebase(work))
            except redis.WatchError as error:  # redis-py says so too where the connection broke meanwhile
                log.warning("base_said_again", shard=self.shard, why=str(error))
            else:
                return

    def base_is_sum(self) -> bool:
        """Tell whether the whole of the base is the sum of its contents."""
        held: Any = retry("base", self._stop, lambda: self._redis.hgetall(keys.base(self.shard)))
        return is_sum(held)

    def wanted(self) -> bool:
        """Tell whether somebody waits for this shard to settle."""
        return bool(retry("wanted", self._stop, lambda: self._redis.exists(keys.wanted(self.shard))))

    def newest_ms(self) -> int:
        """Return the ms of the newest entry of the events stream, 0 if it is empty."""
        stream = keys.events(self.shard)
        return retry("newest entry", self._stop, lambda: newest_ms(self._redis, stream))

    def went_back(self) -> Returned | None:
        """Return how far back the shard's streams went under this process; None if they did not."""
        returned = self._cursors.returned
        found = [returned[s] for s in (keys.events(self.shard), keys.out(self.shard)) if s in returned]
        return min(found, key=lambda one: one.restored, default=None)

    def report(self, returned: Returned) -> None:
        """Leave word that Redis went back."""
        report(self._redis, self._stop, WENT_BACK, f"archive {self.shard}", lost_text(returned))

    def server(self) -> bytes:
        """Return what names the redis-server that the process speaks with, empty before the first connection."""
        return self._cursors.server

    def uncertain(self) -> bool:
        """Tell whether raw rows may be there of which Redis holds no mark, though nothing else says so."""
        return self.shard in self._cursors.uncertain

    def certain(self) -> None:
        """Take note that such raw rows have their marks."""
        self._cursors.certain(self.shard)

    def off_until(self) -> int:
        """Return the start of the last bucket (ms) whose open counts may be off because Redis went back, or 0."""
        fields = [progress.CONTENT_OFF, progress.ARCHIVE_OFF]
        held: Any = retry("off", self._stop, lambda: self._redis.hmget(keys.progress(self.shard), fields))
        return max(int(off or 0) for off in held)

    def left_alone_before(self) -> int:
        """Return the start of the first bucket (ms) that the content flow has counted whole, 0 for all.

        It lost its state once; what stands of the buckets before is what stood then.
        """
        progress_key = keys.progress(self.shard)
        floor = retry(
            "left alone", self._stop, lambda: self._redis.hget(progress_key, progress.CONTENT_FLOOR)
        )
        return int(floor or 0)

    def write(self, commands: Sequence[Command]) -> None:
        """Execute commands in one MULTI."""
        retry(f"shard {self.shard}", self._stop, lambda: self._execute(commands))

    def changed(self, *, closed: bool) -> Command:
        """Return the command that tells readers that rows have changed, also of what is closed or the catalogue.

        A word of chance, not a counter: where Redis went back, a counter would come to the same number again.
        """
        word = secrets.token_hex(8)
        fields = [keys.HISTORY_OPEN, *([keys.HISTORY_CLOSED] if closed else [])]
        return ("HSET", keys.history(self.shard), *(part for field in fields for part in (field, word)))

    def marked(self, fields: Mapping[str, int]) -> list[Command]:
        """Return the command that keeps marks."""
        return [("HSET", keys.marks(self.shard), *_flat(fields))] if fields else []

    def progress(self, fields: Mapping[str, str], field: str, stream: str) -> Command:
        """Return the command that writes how far archive is, and for trimming where it was two snapshots ago."""
        two_ago = self._two_ago(stream)
        both = dict(fields) if two_ago is None else {**fields, field: two_ago}
        return ("HSET", keys.progress(self.shard), *_flat(both))

    def _stored(self) -> Stored:
        pipe = self._redis.pipeline(transaction=True)
        pipe.hmget(
            keys.progress(self.shard),
            [
                progress.ARCHIVE.field,
                progress.ARCHIVE_COVERED,
                progress.ARCHIVE_DIFFERENCES,
            ],
        )
        pipe.hmget(keys.base(self.shard), ["upto", WHOLE])
        pipe.hgetall(keys.marks(self.shard))
        pipe.xrevrange(keys.out(self.shard), count=1)
        held, (upto, whole), marks, newest = pipe.execute()
        *positions, differences = held
        raw, out = (enc(entry_id) if entry_id else 0 for entry_id in positions)
        newest_covered = max([out, *(_covered(fields) for _, fields in newest)])
        first = first_entry(self._redis, keys.events(self.shard))
        upto = None if upto is None else int(upto)
        return Stored(
            raw, out, newest_covered, upto, None not in (upto, whole), marks, first, int(differences or 0)
        )

    def _hashes(self, buckets: Sequence[int]) -> OpenHashes:
        pipe = self._redis.pipeline(transaction=True)
        for bucket in buckets:
            pipe.hgetall(keys.open_bucket(self.shard, bucket))
        # Content writes hashes and message in one MULTI: what is read with its newest message is of its position.
        pipe.xrevrange(keys.out(self.shard), count=1)
        *hashes, newest = pipe.execute()
        return OpenHashes(hashes, max((self._named(*message) for message in newest), default=0))

    def _named(self, message_id: bytes, fields: Mapping[bytes, bytes]) -> int:
        try:
            return named_position(fields[b"u"], message_id, self.newest_ms)
        except (KeyError, ValueError):  # no message of ours; whoever reads it says so
            return 0

    def _rebase(self, work: Callable[[HeldBase], Sequence[Command]]) -> None:
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.watch(keys.base(self.shard))  # type: ignore[no-untyped-call]
            commands = work(HeldBase(pipe, keys.base(self.shard)))
            pipe.multi()
            for command in commands:
                pipe.execute_command(*command)  # type: ignore[no-untyped-call]
            pipe.execute()
        self._cursors.wrote(commands)

    def _execute(self, commands: Sequence[Command]) -> None:
        pipe = self._redis.pipeline(transaction=True)
        for command in commands:
            pipe.execute_command(*command)  # type: ignore[no-untyped-call]
        pipe.execute()
        self._cursors.wrote(commands)


def _covered(fields: Mapping[bytes, bytes]) -> int:
    try:
        return enc(fields[b"u"])
    except (KeyError, ValueError):  # no message of ours; whoever reads it says so
        return 0


def _flat(fields: Mapping[str, Any]) -> list[Any]:
    return [text for item in fields.items() for text in item]
