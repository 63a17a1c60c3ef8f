"""Stamping: from accepted events to their hot records and cold rows.

Here every rule that reads one event is applied, once. Who counts later only copies what stands in the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from struct import Struct
from typing import Final

from xxhash import xxh3_64_intdigest

from streakline import counting_profiles, kinds
from streakline.ingest.events import Event, Number, Rejected
from streakline.ingest.personal.fields import personal_text
from streakline.ingest.platforms.metrics import metric_text
from streakline.ingest.robots import Rules, is_uncalled
from streakline.ingest.rules import (
    CONTENT,
    MAX_SECONDS,
    kind_of,
    milliseconds,
    played,
    properties_of,
    times_of,
)
from streakline.ingest.rules import Refused as Refused
from streakline.ingest.senders import Sender as Sender
from streakline.ingest.senders import Senders as Senders
from streakline.ingest.shapes import MAX_TEXT, Shapes
from streakline.streams import records
from streakline.streams.dictionary import Dictionary
from streakline.streams.entries import ColdRow
from streakline.times import AHEAD_MS, EARLIEST_MS

LENGTHS_KEPT: Final = 20_000
"""Lengths of contents that are remembered, some 150 bytes each."""

PACK: Final = Struct("<4Q2q2Ih4BH").pack
"""`records.PACK` with the four codes as one number."""


class Sheaves:
    """Stamped events, tied up by shard in order of acceptance, and what was not stamped."""

    __slots__ = ("bots", "cold", "hot", "missing", "rejected")

    def __init__(self, shards: int) -> None:
        self.hot: list[list[bytes]] = [[] for _ in range(shards)]
        """By shard the records ..."""
        self.cold: list[list[ColdRow]] = [[] for _ in range(shards)]
        """... and the cold rows."""
        self.rejected: list[Rejected] = []
        self.missing: list[tuple[str, str]] = []
        """(dimension, value) pairs that should have got their code first: until then they count as `other`."""
        self.bots = 0
        """Events that are flagged as a robot's."""

    def accepted(self) -> int:
        """Return the number of stamped events."""
        return sum(map(len, self.hot))


class Stamper:
    """Applies the counting profile, hashes and codes to events of one installation."""

    def __init__(
        self,
        seed: int,
        shards: int,
        dictionary: Dictionary,
        profile: str = counting_profiles.DEFAULT,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        self.seed = seed
        self.shards = shards
        self._dictionary = dictionary
        self.shapes = Shapes(dictionary)
        self.lengths: dict[Number | None, int] = {None: 0}
        self.profile = counting_profiles.PROFILES[profile]
        self.uncalled: Rules = ()
        """What is flagged for a reason and matches one of these is no robot's after all."""
        self._overrides = {s: counting_profiles.PROFILES[name] for s, name in (overrides or {}).items()}
        self.simple = not (self._overrides or self.profile.halves or self.profile.shortest)
        """Whether a play of so many seconds, or a whole one, counts wherever it came from."""

    def forget_codes(self) -> None:
        """Forget every code of a dimension value: Redis no longer knows all of them."""
        self.shapes.forget()

    def stamp_all(self, events: Sequence[tuple[int, Event]], senders: Senders, accepted_ms: int) -> Sheaves:
        """Return events, given with their indexes in the request, stamped for their shards.

        A refused event is named in `rejected`. Where codes are `missing`, give them and stamp again.
        """
        sheaves = Sheaves(self.shards)
        self.stamp_into(events, senders.request, accepted_ms, sheaves, senders)
        return sheaves

    def length(self, seconds: Number) -> int:
        """Return how long a content lasts in ms, and remember it: it will be told again."""
        length = milliseconds(seconds, "contentDuration")
        if len(self.lengths) >= LENGTHS_KEPT:
            self.lengths = {None: 0}
        self.lengths[seconds] = length
        return length

    def stamp_into(  # noqa: C901, PLR0912, PLR0915 - half of what ingest costs: a call an event and rule would double it
        self,
        events: Iterable[tuple[int, Event]],
        sender: Sender,
        accepted_ms: int,
        sheaves: Sheaves,
        senders: Senders | None,
    ) -> None:
        """Stamp events of one sender. What is rare goes to the functions of `rules`, which know every case.

        Events that bring a sender of their own are his; without `senders` none does.
        """
        user_id, trusted, admin, country, device, browser, system, user_agent, referrer, reason, nameless = (
            sender
        )
        user_agent, referrer = user_agent[:MAX_TEXT], referrer[:MAX_TEXT]
        seed, shards, hots, colds = self.seed, self.shards, sheaves.hot, sheaves.cold
        profile, overrides, lengths = self.profile, self._overrides, self.lengths
        latest = accepted_ms + AHEAD_MS
        # Bound here, a name costs a tenth of what it costs as another module's.
        play_kind, last_play_kind, timed, ended = kinds.PLAY, kinds.HEARTBEAT, records.TIMED, records.ENDED
        unknown, no_offset, digest, pack = (
            records.UNKNOWN_COMPLETION,
            records.NO_OFFSET,
            xxh3_64_intdigest,
            PACK,
        )
        named, on_device = records.NAMED, records.DEVICE
        shapes, own, personal = self.shapes.of(trusted, country, device), user_id is not None, kinds.PERSONAL
        simple, needed, uncalled = self.simple, profile.seconds * 1000, self.uncalled
        for index, event in events:
            if senders is not None and (
                event.userAgent is not None or (admin and (event.country or event.bot is not None))
            ):
                self.stamp_into([(index, event)], senders.of(event), accepted_ms, sheaves, None)
                continue
            try:
                type_, action, source, platform = event.type, event.action, event.source, event.platform
                content, content_type = event.contentId, event.contentType
                shape = shapes.get((type_, action, content_type, source, platform))
                if shape is None:
                    shape = self.shapes.learn(event, trusted, country, device, sheaves.missing, own)
                (
                    kind, content_code, content_type, dims, counted_source, counted_platform, counted_country,
                    counted_device, sent, action_properties,
                ) = shape  # fmt: skip
                if not content:
                    kind, content = kind_of(event, trusted=trusted, own=own), ""

                at: int | float | str = event.timestamp
                start: int | float | str | None
                identity, offset = event.id, no_offset
                if kind > last_play_kind:
                    start, plain = at, True
                else:
                    start, play_id = event.startedAt, event.playId
                    if kind == play_kind:
                        start = at if start is None else start
                        plain = start == at
                    else:
                        plain = play_id is not None
                    identity = play_id or identity
                if (
                    not plain
                    or type(at) is not int
                    or type(start) is not int
                    or not EARLIEST_MS <= start <= at <= latest
                    or event.tz is not None
                ):
                    at, start, offset = times_of(event, kind, accepted_ms)

                user = user_id or event.userId or ""
                anonymous, session = event.anonymousId or "", event.sessionId or ""
                listener = user or anonymous or session
                if not listener:
                    msg = "userId, anonymousId and sessionId are all missing; send at least one"
                    raise Refused(msg)
                listener64 = digest(listener.encode(), seed)
                content64 = placed64 = digest(content.encode(), seed)
                creator = event.creatorId
                if not content:
                    # It is placed by its creator, else its listener: one shard must not get all of these.
                    placed64 = digest(creator.encode(), seed) if creator else listener64

                if overrides:
                    profile = overrides.get(source or "", self.profile)
                lasts, seconds = event.contentDuration, event.duration
                length = lengths.get(lasts)
                if length is None:
                    assert lasts is not None  # it is known
                    length = self.length(lasts)
                if kind > last_play_kind:
                    duration, completion, flags = 0, unknown, 0
                    if kind == CONTENT and seconds is not None:
                        length = milliseconds(seconds, "duration") or length
                elif (
                    simple
                    and seconds is not None
                    and 0 <= seconds <= MAX_SECONDS
                    and event.completionRate is None
                ):
                    duration = round(seconds * 1000)
                    flags = timed | ended if kind == play_kind else timed
                    completion = unknown
                    if length:
                        completion = 1000 if duration >= length else duration * 1000 // length
                    if duration >= needed or (length and duration >= length):
                        flags |= _FINISHED if completion >= counting_profiles.FINISHED_PM else records.COUNTED
                    if event.replayed:
                        flags |= records.REPLAYED
                else:
                    duration, completion, flags = played(event, kind, length, profile)
                robot = (
                    reason
                    and kind not in personal  # who may send it vouches for it
                    and not (
                        uncalled
                        and is_uncalled(uncalled, reason, user_agent, sent.get("source", counted_source))
                    )
                )
                if robot:
                    flags |= records.BOT
                if user:
                    if nameless:
                        raise Refused(NAMELESS)
                    flags |= named
                elif anonymous:
                    flags |= on_device

                referred, genre = event.referrer, event.genre
                title, position = event.title, event.position
                if (
                    action_properties is not None
                    and event.properties is None
                    and event.skipped is None
                    and event.autoplay is None
                    and event.rating is None
                    and event.name is None
                    and event.value is None
                    and event.createdAt is None
                ):
                    properties = action_properties
                elif kind in personal:
                    properties = personal_text(event, user, at)
                else:
                    properties = metric_text(event, user) if kind == kinds.METRIC else properties_of(event)
                row = (
                    content, identity, type_, content_type,
                    event.parentId or "", creator or "", user, anonymous, session,
                    counted_source, counted_platform, counted_country, counted_device, sent, browser, system,
                    event.tz or "", event.playlistId or "",
                    referred[:MAX_TEXT] if referred else referrer, user_agent, reason,
                    genre[:MAX_TEXT] if genre else "", title[:MAX_TEXT] if title else "",
                    None if position is None else _position(position), properties,
                )  # fmt: skip
                record = pack(
                    digest(f"{content}\0{start}\0{identity}".encode(), seed),
                    content64, listener64, dims, at, start, duration, length, offset, kind, flags, profile.code,
                    content_code, completion,
                )  # fmt: skip
            except Refused as error:
                sheaves.rejected.append(Rejected(index, event.id, str(error)))
                continue
            shard = placed64 % shards
            hots[shard].append(record)
            colds[shard].append(row)
            if robot:
                sheaves.bots += 1


NAMELESS: Final = (
    "userId needs a token or key with the scope write:self or write here; send one, or leave userId out"
)
_FINISHED: Final = records.COUNTED | records.FINISHED


def _position(seconds: Number) -> float:
    try:
        return float(seconds)
    except OverflowError:
        msg = "position is too large a number; send seconds"
        raise Refused(msg) from None
