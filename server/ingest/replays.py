"""Replaying dead letters: their events go the way of all others, and each letter is told how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import zstandard

from server.ingest.admission import senders_by
from server.ingest.intake import Intake, Receipt, as_one
from streakline.ingest.events import Batch, Event
from streakline.ingest.replays import Letter, NotReplayable, StillRefused, replay_of
from streakline.ingest.senders import SentBy
from streakline.settings import Settings
from streakline.streams import entries
from streakline.streams.entries import Cold, Entry

MAX_COLD: Final = 1_000_000
"""Bytes of unpacked rows of a letter: packed they have at most 8 KB."""
How = Literal["replayed", "refused", "not-replayable", "unknown"]


class Outcome(NamedTuple):
    """How a letter fared.

    Attributes:
        id: its own.
        how: in a word.
        reason: why it was not replayed, None if it was.
        position: that covers its events, None if it was not replayed.
    """

    id: str
    how: How
    reason: str | None = None
    position: str | None = None


async def replay(intake: Intake, letters: Sequence[Letter], settings: Settings) -> list[Outcome]:
    """Write the events of letters, each as its sender's; return how each fared, in their order.

    Raises:
        RedisAway: if nobody can say that all of them are written; replaying them again is safe.
        PipeFull: if too much waits already.
    """
    outcomes: dict[int, Outcome] = {}
    batches: dict[SentBy, list[tuple[int, Event]]] = {}
    for index, letter in enumerate(letters):
        try:
            events, sent_by = replay_of(letter, open_cold)
        except NotReplayable as error:
            outcomes[index] = Outcome(letter.id, "not-replayable", str(error))
        except StillRefused as error:
            outcomes[index] = Outcome(letter.id, "refused", str(error))
        else:
            batches.setdefault(sent_by, []).extend((index, event) for event in events)
    senders = [senders_by(sent_by, settings) for sent_by in batches]
    accepting = [
        intake.accept(Batch(events, [], None), None, by)
        for events, by in zip(batches.values(), senders, strict=True)
    ]
    # All are awaited before any is told of: what one could not write says nothing of the others.
    receipts = await asyncio.gather(*accepting, return_exceptions=True)
    for batch, receipt in zip(batches.values(), receipts, strict=True):
        if isinstance(receipt, BaseException):
            raise receipt
        outcomes |= _told(letters, batch, receipt)
    return [outcomes[index] for index in range(len(letters))]


def _told(
    letters: Sequence[Letter], events: Sequence[tuple[int, Event]], receipt: Receipt
) -> dict[int, Outcome]:
    refused = {item.index: item.error for item in receipt.rejected}
    firsts: dict[tuple[object, ...], int] = {}
    for index, event in events:
        first = firsts.setdefault(as_one(event), index)
        if first in refused:  # what repeats it was not even looked at
            refused.setdefault(index, refused[first])
    return {
        index: Outcome(letters[index].id, "refused", refused[index])
        if index in refused
        else Outcome(letters[index].id, "replayed", position=receipt.position)
        for index in dict.fromkeys(index for index, _ in events)
    }


def open_cold(entry: Entry) -> list[Cold]:
    """Return the cold rows of an entry of a letter, one a record.

    Raises:
        Poison: if they cannot be read, are too large, or are not as many as the records.
    """
    return entries.open_cold(entry, zstandard.ZstdDecompressor(), MAX_COLD)
