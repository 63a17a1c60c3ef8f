"""Feeds one shard's streams with stamped events, counts them with the real tracker, and runs archive over them."""

import threading
from collections.abc import Iterable
from typing import Any

import redis
import zstandard
from clickhouse_connect.driver.client import Client

from flows.archive.codes import Codes
from flows.archive.ledger import Ledger
from flows.archive.shard import ShardArchive
from flows.archive.store import Store
from flows.streams.reader import Item, StreamReader, connect
from proofs.running.stamping import missing, stamp
from real_servers import TestClickHouse, TestRedis
from sql.migrate import migrate
from streakline.counting.tracker import ContentTracker
from streakline.ingest.events import Event
from streakline.ingest.stamping import Sender, Stamper
from streakline.measures import INDEX, unpack_counts
from streakline.streams import keys
from streakline.streams.dictionary import FIRST, Dictionary
from streakline.streams.entries import Cold, Entry, pack_cold, pack_control, read_entry, unpack_cold
from streakline.times import dec

SHARD = 0
NOON = 1_790_000_100_000 // 86_400_000 * 86_400_000 + 12 * 3_600_000
"""Noon of a day, UTC, in ms."""
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ADMIN = Sender(trusted=True, admin=True)


class Feed:
    """Writes entries with given times as ingest does, and the outbox as the content flow does."""

    def __init__(self, client: redis.Redis) -> None:
        """Begin empty streams with a seed."""
        self.redis = client
        self.tracker = ContentTracker(SHARD, 1_000_000)
        self._dictionary = Dictionary()
        self._stamper = Stamper(7, 1, self._dictionary)
        self._pending: list[tuple[int, Entry]] = []
        self._last = 0

    def send(self, at: int, *events: dict[str, Any]) -> str:
        """Accept events at a time in ms as one entry; return its id."""
        stamped = []
        for fields in events:
            event = Event(**{"sessionId": "s", **fields})
            self._assign(missing(self._stamper, event, ADMIN, at))
            stamped.append(stamp(self._stamper, event, ADMIN, at))
        cold = zstandard.ZstdCompressor(level=1).compress(pack_cold([one.cold for one in stamped]))
        hot = b"".join(one.record for one in stamped)
        return self.add(at, {"v": b"1", "n": str(len(stamped)).encode(), "h": hot, "d": cold})

    def tick(self, at: int) -> str:
        """Move the stream's clock."""
        return self.add(at, {"v": b"1"})

    def control(self, at: int, **facts: str | int | None) -> str:
        """Add a control entry."""
        return self.add(at, pack_control(**facts))

    def add(self, at: int, fields: dict[str, bytes]) -> str:
        """Add an entry with any fields; return its id."""
        position = max(at << 22, self._last + 1)
        self._last = position
        self.redis.xadd(keys.events(SHARD), fields, id=dec(position))  # type: ignore[arg-type]
        try:
            entry = read_entry({name.encode(): value for name, value in fields.items()})
        except ValueError:
            entry = Entry()
        self._pending.append((position, entry))
        return dec(position)

    def count(self) -> None:
        """Count what was added, as the content flow does: write the open hashes and tell the outbox."""
        self.tracker.take(self._pending, open_cold, silent=False)
        self._pending = []
        buckets = []
        for written in self.tracker.write_out():
            buckets.append(str(written.bucket))
            self.redis.hset(keys.open_bucket(SHARD, written.bucket), mapping=dict[Any, Any](written.rows))
        covered = dec(self._last)
        self.redis.xadd(keys.out(SHARD), {"s": SHARD, "u": covered, "b": ",".join(buckets)}, id=covered)
        upto = self.redis.hget(keys.base(SHARD), "upto")
        if upto:
            self.tracker.closed(int(upto))

    def _assign(self, pairs: Iterable[tuple[str, str]]) -> None:
        for dimension, value in pairs:
            code = self.redis.hlen(keys.dictionary(dimension)) + FIRST
            self.redis.hset(keys.dictionary(dimension), value, code)
            self._dictionary.learn(dimension, {value: code})


def open_cold(entry: Entry) -> list[Cold]:
    """Return the cold rows of an entry."""
    return unpack_cold(zstandard.ZstdDecompressor().decompress(entry.cold))


class Archive:
    """Archive over the streams of a feed, without Bytewax: `run` reads to the end; a new one is a restart."""

    def __init__(
        self,
        redis_url: str,
        client: Any,
        clickhouse: Client,
        *,
        position: dict[str, str] | None = None,
        watched: bool = False,
    ):
        """Start at a position of the streams, or at their beginning; `watched` connections look at the server."""
        self.stop = threading.Event()
        self.reader = StreamReader(redis_url, [keys.events(SHARD), keys.out(SHARD)])
        self.reader.resume(position)
        store = Store(lambda _: clickhouse, self.stop)
        cursors = self.reader.cursors if watched else None
        client = connect(redis_url, cursors) if watched else client
        codes = Codes(client, self.stop)
        ledger = Ledger(SHARD, client, self.stop, self.reader.two_ago, cursors)
        self.shard = ShardArchive(ledger, store, codes)
        self.now = 0.0

    def run(self, *, waits: float = 60.0) -> None:
        """Take all there is, then let `waits` seconds pass and settle."""
        while True:
            items, _ = self.reader.read()
            if not items:
                break
            for item in items:
                self.take(item)
        self.now += waits
        self.shard.settle(self.now)

    def recounted_now(self) -> None:
        """Pretend that marks have just been recounted."""
        recounts = self.shard._opened()
        assert recounts is not None
        recounts._recounted_at = self.now

    def take(self, item: Item) -> None:
        """Take one item, as the sink does."""
        if item.stream == keys.events(SHARD):
            self.shard.take_events(item.entries)
        else:
            self.shard.take_outbox(item.entries)
        self.shard.settle(self.now)


class Case:
    """One shard from its streams to ClickHouse and back."""

    def __init__(
        self, redis_server: TestRedis, clickhouse_server: TestClickHouse, *, watched: bool = False
    ) -> None:
        """Migrate and begin."""
        self.redis_server, self._watched = redis_server, watched
        migrate(clickhouse_server.url)
        self.redis = redis_server.client()
        self.clickhouse = clickhouse_server.client()
        self.feed = Feed(self.redis)
        self.archive = self.started()

    def started(self) -> Archive:
        return Archive(self.redis_server.url, self.redis, self.clickhouse, watched=self._watched)

    def settle(self) -> None:
        """Let content count and archive run until nothing is left to do."""
        self.feed.count()
        self.archive.run()

    def close_all(self, at: int) -> None:
        self.feed.tick(at)
        self.settle()

    def rows(self, query: str, **parameters: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.clickhouse.query(query, parameters=parameters).result_rows]

    def counts(self, grain: str, column: str = "plays") -> list[tuple[Any, ...]]:
        return self.rows(
            f"select contentId, toUnixTimestamp(at), {column}, version >= pow(2, 63) from rollup final"
            f" where grain = '{grain}' order by at, contentId"
        )

    def progress(self) -> dict[str, str]:
        held: Any = self.redis.hgetall(keys.progress(SHARD))
        return {k.decode(): v.decode() for k, v in held.items()}

    def base(self, field: str = "*", measure: str = "plays") -> int:
        packed: Any = self.redis.hget(keys.base(SHARD), field)
        return 0 if packed is None else unpack_counts(packed).measures[INDEX[measure]]


def play(
    content: str, at: int, identity: str, duration: float | None = 100, **more: object
) -> dict[str, Any]:
    fields = {"id": identity, "type": "play", "contentId": content, "timestamp": at, "contentType": "track"}
    return fields | ({} if duration is None else {"duration": duration}) | more
