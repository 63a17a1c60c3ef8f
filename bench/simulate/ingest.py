"""What the server does to the streams: it accepts events, ticks, and trims. With the real stamping and trimming."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import zstandard

from bench.simulate.plain import Accepted, Said
from bench.simulate.redis_stand_in import RedisData
from bench.simulate.story import ARCHIVE, CONTENT, VIEWERS
from server.watch import MARGIN_MS
from streakline import keys, trims
from streakline.dictionary import FIRST, Dictionary
from streakline.entries import TICK, Cold, pack_cold, pack_control
from streakline.events import Event
from streakline.stamping import Refused, Sender, Stamper
from streakline.times import SEQ_BITS, enc

SEED: Final = 7
CODED: Final = {"platform": ("web", "ios", "tv"), "source": ("feed", "search")}
"""The values that have a code, in the order of their codes."""
SILENT_MS: Final = 5_000
READERS: Final = {
    "events": (("content:two", "archive:two"), (CONTENT, ARCHIVE)),
    "out": (("archive:out:two",), (ARCHIVE,)),
    "cand": (("viewers:cand:two",), (VIEWERS,)),
}
"""Kind of stream -> what its fixed readers note for trimming, and who they are."""


class Cut(NamedTuple):
    """What trimming took away."""

    shard: int
    stream: str
    readers: tuple[str, ...]
    last: int
    """Position of the last entry that is gone."""


class Ingest:
    """Writes the streams of some shards."""

    def __init__(self, redis: RedisData, shards: int) -> None:
        self._redis, self._shards = redis, range(shards)
        self.log: list[Accepted] = []
        """Everything acknowledged, in order of acceptance."""
        self.positions: list[dict[int, int]] = []
        """What `position` the senders got, one a request."""
        dictionary = Dictionary()
        for dimension, values in CODED.items():
            codes = {value: FIRST + number for number, value in enumerate(values)}
            dictionary.learn(dimension, codes)
            redis.run("HSET", keys.dictionary(dimension), *(part for pair in codes.items() for part in pair))
        redis.run("SET", keys.SEED, SEED)
        self._stamper = Stamper(SEED, shards, dictionary)
        self._pack = zstandard.ZstdCompressor(level=1)

    def post(self, events: tuple[Said, ...]) -> None:
        """Accept a request: one entry a shard. What is refused was never said."""
        now = self._redis.now_ms
        batches: dict[int, list[tuple[bytes, Cold, Said]]] = {}
        for said in events:
            try:
                sender = Sender(bot_reason="robot" if said.bot else "")
                stamped = self._stamper.stamp(_event(said), sender, now)
            except Refused:
                continue
            batches.setdefault(stamped.shard, []).append((stamped.record, stamped.cold, said))
        position = {}
        for shard, batch in sorted(batches.items()):
            hot, cold = b"".join(row[0] for row in batch), pack_cold([row[1] for row in batch])
            fields = {b"v": b"1", b"n": b"%d" % len(batch), b"h": hot, b"d": self._pack.compress(cold)}
            position[shard] = self._redis.add(keys.events(shard), fields)
            self.log += (Accepted(said, shard, position[shard], now) for *_, said in batch)
        if position:
            self.positions.append(position)

    def recount(self, first: int | None, last: int | None) -> None:
        """Put a control entry into every stream."""
        for shard in self._shards:
            entry = pack_control(kind="recount", **{"from": first, "to": last})
            self._redis.add(keys.events(shard), _encoded(entry))

    def tick(self) -> None:
        """Append a tick to every stream that was silent for five seconds."""
        for shard in self._shards:
            if self._redis.now_ms - (self._redis.newest[keys.events(shard)] >> SEQ_BITS) >= SILENT_MS:
                self._redis.add(keys.events(shard), _encoded(TICK))

    def raise_ids(self, known: Mapping[str, int]) -> None:
        """Raise streams that went back above the highest positions known, as the watch of ingest does first of all."""
        for shard in self._shards:
            for stream in (keys.events(shard), keys.out(shard), keys.candidates(shard)):
                if self._redis.newest[stream] < known[stream]:
                    self._redis.newest[stream] = known[stream] + (MARGIN_MS << SEQ_BITS)

    def trim(self, *, roomy: bool) -> Iterator[Cut]:
        """Cut the streams as the ticker does; tell what went."""
        for shard in self._shards:
            progress = self._redis.hashes[keys.progress(shard)]
            for kind, (notes, readers) in READERS.items():
                stream = f"sl:{{{shard}}}:{kind}"
                two_ago = [progress.get(note.encode(), b"").decode() or None for note in notes]
                until = trims.trim_to(two_ago, self._redis.now_ms, roomy=roomy)
                removed = [] if until is None else self._redis.trim(stream, enc(until))
                if removed:
                    note = {"events": keys.trimmed, "cand": keys.trimmed_candidates}.get(kind)
                    if note is not None:
                        self._redis.run("SET", note(shard), until)
                    yield Cut(shard, stream, readers, removed[-1].position)


def _event(said: Said) -> Event:
    event = Event(
        id=said.id, type=said.type, timestamp=said.at, contentId=said.content or None, userId=said.listener,
        sessionId="s-" + said.listener, platform=said.platform or None, source=said.source or None,
    )  # fmt: skip
    if not said.content:
        event.creatorId = "creator"
    if said.type in {"unlike", "unsave"}:
        event.type, event.action = said.type.removeprefix("un"), said.type
    if said.plays:
        event.playId, event.startedAt, event.duration = said.id, said.start, said.seconds
        event.contentDuration, event.replayed = said.length, said.replayed or None
    return event


def _encoded(fields: dict[str, bytes]) -> dict[bytes, bytes]:
    return {name.encode(): value for name, value in fields.items()}
