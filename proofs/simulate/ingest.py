"""What the server does to the streams: it accepts events, ticks, and trims. With the real stamping and trimming."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NamedTuple

import zstandard

from proofs.running.stamping import stamp
from proofs.simulate.failures import Broken
from proofs.simulate.stand_ins.redis_data import RedisData
from proofs.simulate.stories.said import Accepted, Said
from proofs.simulate.stories.story import ARCHIVE, CONTENT, VIEWERS
from streakline.ingest.events import Event
from streakline.ingest.stamping import Refused, Sender, Stamper
from streakline.streams import keys, rollback, trims
from streakline.streams.dictionary import FIRST, Dictionary
from streakline.streams.entries import TICK, Cold, pack_cold, pack_control
from streakline.times import SEQ_BITS, dec, enc

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

    number: int
    """Of the shard, or of the part of the persons."""
    stream: str
    readers: tuple[str, ...]
    last: int
    """Position of the last entry that is gone."""


class Ingest:
    """Writes the streams of some shards, and trims those of the parts of the persons too."""

    def __init__(self, redis: RedisData, shards: int, parts: int) -> None:
        self._redis, self._shards, self._parts = redis, range(shards), range(parts)
        self.log: list[Accepted] = []
        """Everything acknowledged, in order of acceptance, but for what was rollback."""
        self.streamed: list[Accepted] = []
        """What of it was ever in the streams that Redis knows of."""
        self.ever: list[Accepted] = []
        """Everything acknowledged, also what was rollback."""
        self._given: dict[int, int] = {}
        """Shard -> the highest position that a sender got, whatever Redis knows of it."""
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

    def post(self, events: tuple[Said, ...], skew: int = 0) -> None:
        """Accept a request: one entry a shard. What is refused was never said.

        `skew` is how far the server's wall clock is from Redis' clock, ms.

        Raises:
            Broken: if a sender gets a position that is not above all that were ever given.
        """
        now = self._redis.now_ms
        batches: dict[int, list[tuple[bytes, Cold, Said]]] = {}
        for said in events:
            try:
                sender = Sender(trusted=said.personal, bot_reason="robot" if said.bot else "")
                stamped = stamp(self._stamper, _event(said), sender, now + skew)
            except Refused:
                continue
            batches.setdefault(stamped.shard, []).append((stamped.record, stamped.cold, said))
        position = {}
        for shard, batch in sorted(batches.items()):
            hot, cold = b"".join(row[0] for row in batch), pack_cold([row[1] for row in batch])
            fields = {b"v": b"1", b"n": b"%d" % len(batch), b"h": hot, b"d": self._pack.compress(cold)}
            position[shard] = self._redis.add(keys.events(shard), fields)
            self._must_be_new(shard, position[shard])
            accepted = [Accepted(said, shard, position[shard], now) for *_, said in batch]
            for kept in (self.log, self.streamed, self.ever):
                kept.extend(accepted)
        if position:
            self.positions.append(position)

    def lose(self, newest: Mapping[str, int], stands: Callable[[Accepted], bool]) -> None:
        """Forget what came after the newest positions of streams, but what stands in history."""
        self.streamed = [e for e in self.streamed if e.position <= newest.get(keys.events(e.shard), 0)]
        self.recall(stands)

    def recall(self, stands: Callable[[Accepted], bool]) -> None:
        """Take up what was lost and stands in history: also what archive held in its hands when Redis went back."""
        kept = set(self.streamed)
        self.log = [event for event in self.ever if event in kept or stands(event)]

    def _must_be_new(self, shard: int, position: int) -> None:
        given = self._given.get(shard, 0)
        if position <= given:
            raise Broken("no id is given twice", f"{dec(position)} of shard {shard} after {dec(given)}")
        self._given[shard] = position

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
        streams = [make(s) for s in self._shards for make in (keys.events, keys.out)]
        streams += map(keys.candidates, self._parts)
        highest, found = ({s: dec(at.get(s, 0)) for s in streams} for at in (known, self._redis.newest))
        for stream, least in rollback.raised(highest, found).items():
            self._redis.newest[stream] = enc(least)

    def trim(self, *, roomy: bool) -> Iterator[Cut]:
        """Cut the streams as the ticker does; tell what went."""
        for number in range(max(len(self._shards), len(self._parts))):
            progress = self._redis.hashes[keys.progress(number)]
            for kind, (notes, readers) in READERS.items():
                if number not in (self._parts if kind == "cand" else self._shards):
                    continue
                stream = f"sl:{{{number}}}:{kind}"
                two_ago = [progress.get(note.encode(), b"").decode() or None for note in notes]
                until = trims.trim_to(two_ago, self._redis.now_ms, roomy=roomy)
                removed = [] if until is None else self._redis.trim(stream, enc(until))
                if removed:
                    note = {"events": keys.trimmed, "cand": keys.trimmed_candidates}.get(kind)
                    if note is not None:
                        self._redis.run("SET", note(number), until)
                    yield Cut(number, stream, readers, removed[-1].position)


def _event(said: Said) -> Event:
    event = Event(
        id=said.id, type=said.type, timestamp=_moment(said), contentId=said.content or None,
        userId=said.listener if said.named else None, anonymousId=None if said.named else said.listener,
        sessionId="s-" + said.listener, platform=said.platform or None, source=said.source or None,
    )  # fmt: skip
    if not said.content and not said.personal:
        event.creatorId = "creator"
    if said.type in {"unlike", "unsave"}:
        event.type, event.action = said.type.removeprefix("un"), said.type
    if said.plays:
        event.playId, event.startedAt, event.duration = said.id, said.start, said.seconds
        event.contentDuration, event.replayed = said.length, said.replayed or None
    return event


def _moment(said: Said) -> int | str:
    """Return the timestamp of an event as its sender writes it: in ms, or as a text that tells the zone."""
    if said.zone is None:
        return said.at
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=said.at)
    return at.astimezone(timezone(timedelta(minutes=15 * said.zone))).isoformat()


def _encoded(fields: dict[str, bytes]) -> dict[bytes, bytes]:
    return {name.encode(): value for name, value in fields.items()}
