"""Told twice: plays of one request whose playId names two starts, which makes two plays of them (ADR 19)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from streakline import kinds
from streakline.ingest.events import TYPES, Event
from streakline.ingest.plain import Plain
from streakline.times import iso, parse_when

_PLAYS: Final = frozenset(kinds.NAMES[code] for code in kinds.PLAYS)


Told = Event | Plain


class Warned(msgspec.Struct, frozen=True):
    """An event that was accepted and may count otherwise than its sender thinks: its index, its id, and why."""

    index: int
    id: str
    warning: str


def may_begin_twice(events: Iterable[Told]) -> bool:
    """Tell whether a playId comes with two starts, of whatever content and as they are spelled.

    Asked of every request, so it is quick; `second_starts` tells exactly.
    """
    starts: dict[str, int | float | str] = {}
    for event in events:
        play = event.playId
        if play is not None:
            begun: int | float | str | None = event.startedAt
            if begun is None:
                begun = event.timestamp
            if starts.setdefault(play, begun) != begun:
                return True
    return False


def second_starts(events: Iterable[tuple[int, Told]], refused: Collection[int] = ()) -> list[Warned]:
    """Return a warning for every event whose playId has begun at another moment in the same request.

    Args:
        events: the events of a request that can be read, with their indexes.
        refused: indexes of those that were refused all the same.
    """
    starts: dict[tuple[str | None, str], int] = {}
    warned = []
    for index, event in events:
        play = event.playId
        if play is None or index in refused or TYPES.get(event.type, event.type) not in _PLAYS:
            continue
        start = _start(event)
        first = starts.setdefault((event.contentId, play), start)
        if start != first:
            text = (
                f"playId {play[:80]!r} begins at {iso(start)} here and at {iso(first)} before in this request: that "
                "makes two plays; send the same startedAt with every event of a play"
            )
            warned.append(Warned(index, event.id, text))
    return warned


def _start(event: Told) -> int:
    begun = event.startedAt
    return parse_when(event.timestamp if begun is None else begun)[0]
