"""Intake: from a decoded batch to acknowledged stream entries of the shards that the batch touches."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from server.ingest.codes import Codes
from server.ingest.waves import Waves
from server.metrics import METRICS, Metrics
from server.resources.clock import Clock
from server.resources.pipe import Command, Pipe, PipeFull, RedisAway
from server.resources.redis_client import INSTALLATION, SETTINGS
from server.upkeep.watch import WATCH
from streakline.ingest.events import Batch, Event, Rejected, raw_events
from streakline.ingest.plain import Plain
from streakline.ingest.plain_stamping import stamp_plain
from streakline.ingest.repeated_starts import Warned, may_begin_twice, second_starts
from streakline.ingest.robots import Rules
from streakline.ingest.senders import SentBy
from streakline.ingest.stamping import Sender, Senders, Sheaves, Stamper
from streakline.streams import keys
from streakline.streams.dead_letters import dead_letter, sent_event
from streakline.streams.dictionary import Dictionary
from streakline.streams.entries import pack_control

_FIELDS: Final = frozenset(Event.__struct_encode_fields__)
_WORD: Final = re.compile(r"[A-Za-z_]+")
_ID_OF: Final = attrgetter("id")


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a request's events, as it is documented."""

    accepted: int
    duplicates: int
    rejected: list[Rejected]
    position: str
    warnings: list[Warned] = []


class Prepared(NamedTuple):
    """A batch that only needs writing."""

    sheaves: Sheaves
    duplicates: int


class Intake:
    """Stamps events and has them written."""

    def __init__(
        self,
        pipe: Pipe,
        last_ids: Mapping[int, str],
        clock: Clock,
        stamper: Stamper,
        codes: Codes,
        metrics: Metrics,
    ) -> None:
        """Prepare to write by `pipe`, after the last ids that were given by shard before this began."""
        self._clock = clock
        self._stamper = stamper
        self._codes = codes
        self._metrics = metrics
        self._waves = Waves(pipe, len(last_ids))
        self._waves.acknowledged.take(last_ids)

    async def refusal(self) -> str | None:
        """Return why nothing can be written at this moment, None if it can."""
        try:
            return await self._waves.refusal()
        except (RedisAway, PipeFull) as error:
            return str(error)

    async def accept(self, batch: Batch, body: bytes | None, senders: Senders) -> Receipt:
        """Write the good events of a batch, name the others.

        Args:
            batch: the decoded request.
            body: the request as it came, for the dead letters; None of events that have theirs already.
            senders: who sent the events.

        Raises:
            RedisAway: if nobody can say that all of them are written; sending them again is safe.
            PipeFull: if too much waits already.
        """
        events = first_of_each(batch.events)
        sheaves = self._stamp(events, senders)
        if sheaves.missing:
            await self._codes.assign(sheaves.missing)
            sheaves = self._stamp(events, senders)
        rejected = sorted([*batch.rejected, *sheaves.rejected], key=lambda item: item.index)
        position = await self._written(sheaves, _dead_letters(rejected, body, senders.sent_by))
        warnings: list[Warned] = []
        if may_begin_twice(event for _, event in events):
            warnings = second_starts(events, {item.index for item in rejected})
        return self._receipt(position, sheaves, len(batch.events) - len(events), rejected, warnings)

    def prepared(self, batch: Batch, senders: Senders) -> Prepared | None:
        """Return a batch ready to be written, or None if there is something to refuse, to warn of or to ask for."""
        events = first_of_each(batch.events)
        if batch.rejected or not events or self._waves.full():
            return None
        sheaves = self._stamp(events, senders)
        if sheaves.missing or sheaves.rejected:
            return None
        if may_begin_twice(event for _, event in events) and second_starts(events):
            return None
        return Prepared(sheaves, len(batch.events) - len(events))

    def prepared_plain(self, events: list[Plain], sender: Sender) -> Prepared | None:
        """Return plain events ready to be written, or None where `prepared` may know better."""
        if not events or len(set(map(_ID_OF, events))) < len(events) or self._waves.full():
            return None
        sheaves = stamp_plain(self._stamper, events, sender, self._clock.now_ms())
        if sheaves is None or (may_begin_twice(events) and second_starts(enumerate(events))):
            return None
        return Prepared(sheaves, 0)

    def write(self, prepared: Prepared, done: Callable[[Receipt | RedisAway | PipeFull], None]) -> None:
        """Write what is prepared, in the same turn of the loop, and tell the receipt or what kept it away."""
        sheaves, duplicates = prepared

        def written(outcome: str | RedisAway | PipeFull) -> None:
            done(self._receipt(outcome, sheaves, duplicates, []) if isinstance(outcome, str) else outcome)

        self._waves.join(sheaves, [], written)

    def uncall(self, rules: Rules) -> None:
        """Stamp by these rules for robots from now on."""
        self._stamper.uncalled = rules

    async def control(self, facts: Mapping[str, str]) -> str:
        """Put a control entry into every stream, behind all that is stamped; return the position that covers it.

        Raises:
            RedisAway, PipeFull: if nobody can say that all of them are written; again is safe.
        """
        # What is stamped may still wait in this process: its wave is answered before the entry leaves.
        await self._written(Sheaves(self._stamper.shards), [("PING",)])
        return await self._waves.control(pack_control(**facts))

    def _stamp(self, events: list[tuple[int, Event]], senders: Senders) -> Sheaves:
        return self._stamper.stamp_all(events, senders, self._clock.now_ms())

    async def _written(self, sheaves: Sheaves, letters: list[Command]) -> str:
        """Return the position that covers the sheaves and all that was acknowledged before."""
        if not letters and not any(sheaves.hot):
            return self._waves.acknowledged.position
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def done(outcome: str | RedisAway | PipeFull) -> None:
            if future.done():
                return  # a request that was given up
            if isinstance(outcome, str):
                future.set_result(outcome)
            else:
                future.set_exception(type(outcome)(str(outcome)))  # its own: requests share the outcome

        self._waves.join(sheaves, letters, done)
        return await future

    def _receipt(
        self,
        position: str,
        sheaves: Sheaves,
        duplicates: int,
        rejected: list[Rejected],
        warnings: Sequence[Warned] = (),
    ) -> Receipt:
        """Return the receipt of what is written, and count it."""
        receipt = Receipt(sheaves.accepted(), duplicates, rejected, position, list(warnings))
        metrics = self._metrics
        metrics.accepted.inc(receipt.accepted)
        if duplicates:
            metrics.duplicates.inc(duplicates)
        if warnings:
            metrics.warned.inc(len(warnings))
        if sheaves.bots:
            metrics.bots.inc(sheaves.bots)
        for item in rejected:
            metrics.rejected.labels(_reason(item.error)).inc()
        return receipt


def first_of_each(events: list[tuple[int, Event]]) -> list[tuple[int, Event]]:
    """Leave out what repeats an event of the same request."""
    if len({event.id for _, event in events}) == len(events):
        return events
    first: dict[tuple[object, ...], tuple[int, Event]] = {}
    for item in events:
        first.setdefault(as_one(item[1]), item)
    return list(first.values())


def as_one(event: Event) -> tuple[object, ...]:
    """Return what events of one request have in common of which one is enough: id, content, timestamp and duration.

    Of a play that grew the longest stands, in one request as in several.
    """
    return event.id, event.contentId, event.timestamp, event.duration


def _dead_letters(rejected: list[Rejected], body: bytes | None, sent_by: SentBy) -> list[Command]:
    if not rejected or body is None:
        return []
    pieces, sender = raw_events(body), msgspec.json.encode(sent_by)
    return [
        dead_letter("ingest", item.error, item.id or "", sent_event(pieces[item.index]), sender)
        for item in rejected
    ]


def _reason(error: str) -> str:
    """Return the field that an error begins with: few values, so that it may be a label."""
    word = _WORD.match(error)
    return word.group() if word and word.group() in _FIELDS else "other"


INTAKE: Final = web.AppKey("intake", Intake)


async def intake_resource(app: web.Application) -> AsyncIterator[None]:
    """Open the pipe and learn the dictionary."""
    settings, installation = app[SETTINGS], app[INSTALLATION]
    watch = app[WATCH]
    pipe = Pipe(settings.redis_url, trusts=watch.trusts)
    dictionary = Dictionary()
    codes = Codes(pipe, dictionary)
    await codes.load()
    stamper = Stamper(
        installation.seed, installation.shards, dictionary, settings.profile, settings.profile_by_source
    )
    last_ids = {shard: watch.last_ids[keys.events(shard)] for shard in range(installation.shards)}
    app[INTAKE] = Intake(pipe, last_ids, watch.clock, stamper, codes, app[METRICS])
    # Codes that Redis forgot it gives to other values: what this process knows of them may be wrong.
    watch.returned.append(stamper.forget_codes)
    yield
    watch.returned.remove(stamper.forget_codes)
    pipe.close()
