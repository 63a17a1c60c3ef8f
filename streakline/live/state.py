"""Standing: the newest state of every part, as it arrives from `sl:updates`, and the topics made of it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import msgspec

from streakline.live.creators import Contents, creator_topic
from streakline.live.overview import last_hour, minute_rows, overview, top_plays
from streakline.live_windows import PLAYING_MS, WINDOW_MINUTES
from streakline.measures import MEASURES
from streakline.streams.entries import Poison
from streakline.streams.states import Base, Content, Single, Viewers
from streakline.times import MINUTE_MS, minute_of, ms_of

OVERVIEW: Final = "overview"
TOP_PLAYS: Final = "top:plays"
PUBLIC: Final = (OVERVIEW, TOP_PLAYS)
"""Topics that always exist."""
CONTENT: Final = "content:"
OPEN: Final = 1_000
"""Open quarter hours of a shard that are added to lifetimes: ten days in which archive closed nothing."""

_CONTENT: Final = msgspec.msgpack.Decoder(Content)
_VIEWERS: Final = msgspec.msgpack.Decoder(Viewers)
_BASE: Final = msgspec.msgpack.Decoder(Base)


class Standing:
    """The parts of the live numbers. Their clock is the greatest position that any part has covered."""

    def __init__(self, *, generated: bool = False) -> None:
        self._generated = generated
        self._contents: dict[int, Content] = {}
        self._viewers: dict[int, Viewers] = {}
        self._bases: dict[int, Base] = {}
        self.clock = 0
        """ms; 0 before the first update."""
        self.incomplete = False
        """Whether the windows miss what happens now, because clocks are wrong."""

    def apply(self, kind: str, part: int, covered: str | bytes, payload: bytes) -> None:
        """Take the state of one part, which replaces the one before.

        Args:
            kind: `content`, `viewers` or `base`.
            part: the shard, or the part of the persons.
            covered: the events id that the state covers, "" where it says nothing of the clock.
            payload: the state as msgpack.

        Raises:
            Poison: if it cannot be read.
        """
        try:
            match kind:
                case "content":
                    content = _CONTENT.decode(payload)
                    for state in content.content.values():
                        msgspec.convert(state, Single)
                    self._contents[part] = content
                case "viewers":
                    self._viewers[part] = viewers = _VIEWERS.decode(payload)
                    self.clock = max(self.clock, viewers.minute)
                case "base":
                    base = _BASE.decode(payload)
                    if len(base.base) not in (0, len(MEASURES)):
                        msg = f"{len(base.base)} measures; there are {len(MEASURES)}"
                        raise ValueError(msg)
                    self._bases[part] = base
                case _:
                    msg = f"update of unknown kind {kind[:40]!r}"
                    raise Poison(msg)
            if covered and kind != "base":
                self.clock = max(self.clock, ms_of(covered))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            msg = f"update of {kind[:40]}:{part} cannot be read: {error}"
            raise Poison(msg) from error

    def pass_time(self, now: int, last: Mapping[int, int]) -> None:
        """Move the clock to a moment (ms) before which nothing more comes, as a tick would.

        `last` is the ms of the last entry of each shard. Plays without a sign of life for 30 s play no more, and
        a list of the last hour is empty when the hour is; in between it stands as it stood.
        """
        self.clock = max(self.clock, now)
        first = minute_of(self.clock) - WINDOW_MINUTES * MINUTE_MS
        for shard, part in self._contents.items():
            if self.clock - last.get(shard, 0) >= PLAYING_MS:
                part.playing, part.runningPlays = [], 0
                part.content = {name: {**state, "listeners": 0} for name, state in part.content.items()}
                for creator in part.creators.values():
                    creator.playing, creator.runningPlays = [], 0
            if all(at < first for at in part.minutes):
                part.top = []
                for creator in part.creators.values():
                    creator.top = []

    def open_buckets(self, shard: int) -> list[int]:
        """Return the starts (ms) of a shard's quarter hours that archive has not closed, at most the newest `OPEN`."""
        base, part = self._bases.get(shard, Base()), self._contents.get(shard, Content())
        return sorted(bucket for bucket in part.open if bucket > base.upto)[-OPEN:]

    def topics(
        self, watched: Iterable[str] = (), totals: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    ) -> dict[str, dict[str, Any]]:
        """Return topic -> data: the public ones, and `content:ID` for the contents that are watched.

        `totals` are the lifetime counts of contents, of those for which they are known.
        """
        topics = {
            OVERVIEW: overview(
                self.clock,
                self._contents,
                self._viewers,
                self._bases,
                generated=self._generated,
                incomplete=self.incomplete,
            ),
            TOP_PLAYS: top_plays(self._contents),
        }
        for content in watched:
            topics[CONTENT + content] = self.content(content, totals.get(content))
        return topics

    def content(self, content: str, totals: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Return the data of `content:ID`; windows are zero until the content flow has heard that it is watched.

        `totals` are its lifetime counts; they are left out until they are known.
        """
        found: Mapping[str, Any] = {}
        title = ""
        for part in self._contents.values():
            found = part.content.get(content, found)
            title = part.titles.get(content, title)
        topic = content_topic(self.clock, content, title, found)
        return topic if totals is None else topic | {"totals": totals}

    def creator(
        self, creator: str, contents: Contents | None, totals: Mapping[str, Mapping[str, int]]
    ) -> dict[str, Any]:
        """Return the data of `creator:ID`; windows are zero until the content flow has heard whose they are.

        Args:
            creator: whose.
            contents: that are followed; None while they are not known.
            totals: lifetime counts of contents, of those for which they are known.
        """
        parts = [part for part in self._contents.values() if creator in part.creators]
        titles = ChainMap(*(part.titles for part in reversed(parts)))
        states = [part.creators[creator] for part in parts]
        return creator_topic(self.clock, creator, contents, states, titles, totals)


def content_topic(clock: int, content: str, title: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of `content:ID` at a clock (ms) from what the content flow says of that content."""
    last = minute_of(clock)
    rows = minute_rows([state.get("minutes", {})], last)
    shown: dict[str, Any] = {
        "contentId": content,
        "title": title,
        "listeners": state.get("listeners", 0),
    }
    return shown | (last_hour(rows, last) if rows else _silent_hour(last))


@lru_cache(maxsize=2)
def _silent_hour(last: int) -> dict[str, Any]:
    """Return an hour in which nothing happened: one for all contents, for anybody may ask for any number of them."""
    return last_hour({}, last)
