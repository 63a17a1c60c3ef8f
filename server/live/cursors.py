"""Cursors: where somebody stands who follows several topics with one id for all of them.

A browser keeps one last id for a stream of server-sent events. So an id is told only when every topic of its
position is out, and it holds for exactly the topics that were followed: whoever comes back with others, or breaks
off between two topics, is told those again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple, Protocol, TypeVar

import orjson
from xxhash import xxh3_64_hexdigest

from streakline.live.messages import Since

_NOWHERE: Final = Since("", "0-0")
"""A position of no epoch: nothing that came after it can be told."""


class Positioned(Protocol):
    """A message with the position that it leads to."""

    @property
    def after(self) -> int:
        """The position, as `times.enc` packs it."""


Message = TypeVar("Message", bound=Positioned)


class Cursor(NamedTuple):
    """What the id of an event says."""

    since: Since
    followed: str
    """The topics that it holds for, as `followed` names them."""

    def of(self, topics: Iterable[str]) -> Since:
        """Return where knowledge of topics ends; nowhere, if the cursor is one of other topics."""
        return self.since if self.followed == followed(topics) else _NOWHERE


def followed(topics: Iterable[str]) -> str:
    """Return a short name of a set of topics."""
    return xxh3_64_hexdigest(orjson.dumps(sorted(topics)))


def read_cursor(last_id: str) -> Cursor | None:
    """Return the cursor of an id, `EPOCH/SEQ/TOPICS`; None for what cannot be one."""
    epoch, slash, rest = last_id.partition("/")
    seq, _, topics = rest.partition("/")
    return Cursor(Since(epoch, seq), topics) if slash else None


def positions(
    replayed: Mapping[str, Sequence[Message]], whole: Sequence[tuple[str, Message]]
) -> list[list[tuple[str, Message]]]:
    """Return what somebody missed in the order of its positions: one list of (topic, message) for each.

    Args:
        replayed: topic -> its messages, oldest first.
        whole: the topics that have to be told whole, with their newest state. They come last: as long as they are
            not out no position holds for all topics, so everything before them is one position with them.
    """
    recovered = [(name, message) for name, messages in replayed.items() for message in messages]
    recovered.sort(key=lambda item: item[1].after)
    if whole:
        return [[*recovered, *whole]]
    return [list(group) for _, group in groupby(recovered, key=lambda item: item[1].after)]
