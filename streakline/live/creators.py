"""The topic `creator:ID`: the contents of a creator together, from what the content flow says of them by shard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from streakline.live.overview import last_hour, minute_rows, most
from streakline.live_windows import SHOWN_PLAYING, SHOWN_TOP
from streakline.streams.states import Creator
from streakline.times import minute_of

CREATOR: Final = "creator:"
OF_NO_CONTENT: Final = frozenset({"follows", "unfollows"})
"""Measures that are counted of no content, so that a creator's contents tell nothing of them."""


class Contents(NamedTuple):
    """The contents of a creator.

    Attributes:
        followed: those whose numbers are added up.
        total: how many there are.
    """

    followed: tuple[str, ...]
    total: int


def creator_topic(
    clock: int,
    creator: str,
    contents: Contents | None,
    states: Sequence[Creator],
    titles: Mapping[str, str],
    totals: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Return the data of `creator:ID` at a clock (ms).

    Args:
        clock: of the live numbers.
        creator: whose.
        contents: that are followed; None while they are not known, and then nothing is told of them.
        states: what the content flow says of them, one a shard.
        titles: content -> title.
        totals: content -> lifetime counts by measure; their sum is left out until all are known.
    """
    shown: dict[str, Any] = {"creatorId": creator}
    if contents is None:
        return shown
    last = minute_of(clock)
    playing = most((item for state in states for item in state.playing), SHOWN_PLAYING)
    top = most((item for state in states for item in state.top), SHOWN_TOP)
    shown |= {
        "contents": {"followed": len(contents.followed), "total": contents.total},
        "runningPlays": sum(state.runningPlays for state in states),
        "playingNow": [
            {"contentId": content, "title": titles.get(content, ""), "listeners": number}
            for content, number in playing
        ],
        "top": [
            {"contentId": content, "title": titles.get(content, ""), "plays": number}
            for content, number in top
        ],
        **last_hour(minute_rows((state.minutes for state in states), last), last),
    }
    known = [totals[content] for content in contents.followed if content in totals]
    return shown | {"totals": _summed(known)} if known and len(known) == len(contents.followed) else shown


def _summed(rows: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in rows[0] if name not in OF_NO_CONTENT}
