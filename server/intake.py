"""Intake: from a decoded batch to acknowledged stream entries, one for each shard that the batch touches."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final

import hiredis
import msgspec
import structlog
import zstandard
from aiohttp import web

from server.codes import Codes
from server.metrics import METRICS, Metrics
from server.pipe import Command, Pipe, RedisAway
from server.store import INSTALLATION, SETTINGS
from streakline import keys, records
from streakline.dictionary import Dictionary
from streakline.entries import VERSION, Cold, pack_cold
from streakline.events import Batch, Event, Rejected, mended
from streakline.positions import pack_position
from streakline.stamping import Refused, Sender, Stamped, Stamper

DEAD_KEPT: Final = 10_000
"""Dead letters kept, the newest."""
CODED_KEPT: Final = 50_000
"""Combinations of values known to have their codes, some 200 bytes each."""
BODY_KEPT: Final = 4_096
"""Bytes kept of a refused event."""
_FLAGS: Final = records.RECORD.fields["flags"][1]  # type: ignore[index]  # a structured dtype has fields
_FIELDS: Final = frozenset(Event.__struct_fields__)
_WORD: Final = re.compile(r"[A-Za-z_]+")
_PIECES: Final = msgspec.json.Decoder(list[msgspec.Raw] | dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_log = structlog.get_logger()


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a request's events, as it is documented."""

    accepted: int
    duplicates: int
    rejected: list[Rejected]
    position: str


class Intake:
    """Stamps events and writes them."""

    def __init__(self, pipe: Pipe, stamper: Stamper, codes: Codes, metrics: Metrics) -> None:
        self._pipe = pipe
        self._stamper = stamper
        self._codes = codes
        self._metrics = metrics
        self._coded: set[tuple[str | None, ...]] = set()
        self._zstd = zstandard.ZstdCompressor(level=1)

    async def accept(self, batch: Batch, body: bytes, sender_of: Callable[[Event], Sender]) -> Receipt:
        """Write the good events of a batch, name the others.

        Args:
            batch: the decoded request.
            body: the request as it came, for the dead letters.
            sender_of: says who sent an event (its own user agent may differ from the request's).

        Raises:
            RedisAway: if nobody can say that all of them are written; sending them again is safe.
            PipeFull: if too much waits already.
        """
        events = list(_first_of_each(batch.events))
        senders = [sender_of(event) for _, event in events]
        await self._learn(events, senders)
        stamped, rejected = self._stamp(events, senders)
        rejected = sorted([*batch.rejected, *rejected], key=lambda item: item.index)
        ids = await self._write(stamped, _dead_letters(rejected, body))
        receipt = Receipt(len(stamped), len(batch.events) - len(events), rejected, pack_position(ids))
        self._count(receipt, stamped)
        return receipt

    async def _learn(self, events: list[tuple[int, Event]], senders: list[Sender]) -> None:
        """See to it that every value has its code. Most events' were seen together before: nothing to ask."""
        fresh: dict[tuple[str | None, ...], list[tuple[str, str]]] = {}
        for (_, event), sender in zip(events, senders, strict=True):
            country = event.country if sender.admin else None
            values = (event.source, event.platform, country, sender.country, sender.device)
            if values not in self._coded and values not in fresh:
                fresh[values] = self._stamper.missing(event, sender)
        if not fresh:
            return
        missing = [pair for pairs in fresh.values() for pair in pairs]
        if missing:
            await self._codes.assign(missing)
        if len(self._coded) > CODED_KEPT:
            self._coded.clear()
        self._coded.update(fresh)

    def _stamp(
        self, events: list[tuple[int, Event]], senders: list[Sender]
    ) -> tuple[list[Stamped], list[Rejected]]:
        now = time.time_ns() // 1_000_000
        stamp = self._stamper.stamp
        stamped: list[Stamped] = []
        rejected: list[Rejected] = []
        for (index, event), sender in zip(events, senders, strict=True):
            try:
                stamped.append(stamp(event, sender, now))
            except Refused as error:
                rejected.append(Rejected(index, event.id, str(error)))
        return stamped, rejected

    async def _write(self, stamped: list[Stamped], letters: list[Command]) -> dict[int, str]:
        """Write one entry a shard, and the dead letters; return the entry ids."""
        by_shard: dict[int, tuple[list[bytes], list[Cold]]] = {}
        for shard, record, cold in stamped:
            hot_rows, cold_rows = by_shard.setdefault(shard, ([], []))
            hot_rows.append(record)
            cold_rows.append(cold)
        commands = [self._entry(shard, *rows) for shard, rows in by_shard.items()]
        if not commands and not letters:
            return {}
        replies = await self._pipe.send([*commands, *letters])
        for reply in replies:
            if isinstance(reply, hiredis.ReplyError):
                msg = f"redis refused to write: {reply}"
                raise RedisAway(msg)
        return {shard: reply.decode() for shard, reply in zip(by_shard, replies, strict=False)}

    def _entry(self, shard: int, hot_rows: list[bytes], cold_rows: list[Cold]) -> Command:
        cold = self._zstd.compress(pack_cold(cold_rows))
        head = ("XADD", keys.events(shard), "*", "v", VERSION)
        return (*head, "n", len(hot_rows), "h", b"".join(hot_rows), "d", cold)

    def _count(self, receipt: Receipt, stamped: list[Stamped]) -> None:
        metrics = self._metrics
        metrics.accepted.inc(receipt.accepted)
        metrics.duplicates.inc(receipt.duplicates)
        metrics.bots.inc(sum(1 for item in stamped if item.record[_FLAGS] & records.BOT))
        for item in receipt.rejected:
            metrics.rejected.labels(_reason(item.error)).inc()


def _first_of_each(events: Iterable[tuple[int, Event]]) -> Iterable[tuple[int, Event]]:
    """Leave out what repeats an event of the same request: same id, content, timestamp and duration, as sent.

    Of a play that grew the longest stands, in one request as in several.
    """
    seen: set[tuple[object, ...]] = set()
    for item in events:
        event = item[1]
        key = (event.id, event.contentId, event.timestamp, event.duration)
        if key not in seen:
            seen.add(key)
            yield item


def _dead_letters(rejected: list[Rejected], body: bytes) -> list[Command]:
    if not rejected:
        return []
    whole = _PIECES.decode(mended(body))
    pieces = whole if isinstance(whole, list) else _LIST.decode(whole["events"])
    head: Command = ("XADD", keys.DEAD, "MAXLEN", "~", DEAD_KEPT, "*", "where", "ingest")
    return [
        (*head, "error", item.error, "entry", item.id or "", "body", bytes(pieces[item.index])[:BODY_KEPT])
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
    pipe = Pipe(settings.redis_url)
    dictionary = Dictionary()
    codes = Codes(pipe, dictionary)
    await codes.load()
    stamper = Stamper(
        installation.seed, installation.shards, dictionary, settings.profile, settings.profile_by_source
    )
    app[INTAKE] = Intake(pipe, stamper, codes, app[METRICS])
    yield
    pipe.close()
