"""Live numbers: how the partial states of the shards become what a page shows.

The content flow publishes one absolute state a shard, viewers one a part of the persons, archive the lifetime
base. Contents and persons are disjoint by shard, so everything here is a plain sum. The clock of live numbers is
the minute `m` of the greatest position that any part has covered: the streams' own clock, which ticks move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from streakline.live_windows import ACTIVE_MINUTES, SHOWN_PLAYING, SHOWN_TOP, WINDOW_MINUTES, WINDOWED
from streakline.measures import INDEX, MEASURES
from streakline.streams.states import Base, Content, Viewers
from streakline.times import MINUTE_MS, minute_of

DEFINITIONS: Final[dict[str, str]] = {
    "activeUsers": (
        "Listeners with an event whose own time lies in the running minute or the five whole minutes before it. "
        "A listener is a user, else an anonymous id, else a session. Robots are left out."
    ),
    "playingNow": (
        "Plays with a start or heartbeat in the last 30 seconds and no end since, by content; "
        "each listener once a content."
    ),
    "runningPlays": (
        "Plays with a start or heartbeat in the last 30 seconds and no end since. "
        "A person who plays two things at once is two plays."
    ),
    "listenersLastHour": (
        "Different listeners with an event in the running minute or the 60 whole minutes before it, each once."
    ),
    "lastHour": (
        "Events in the running minute and the 60 whole minutes before it. A play counts from 20 seconds, or when "
        "the whole content was heard if that is shorter, in the minute it began. Likes and saves are gross."
    ),
    "perMinute": "Counted plays by the minute in which they began; the running minute is still growing.",
    "totals": (
        "Everything counted since the beginning, of the site or of one content: closed quarter hours from history and "
        "the open ones."
    ),
    "top": "Contents with the most counted plays in the running minute and the 60 whole minutes before it.",
}
"""Name of a number -> what it counts, for people."""


def overview(
    clock: int,
    contents: Mapping[int, Content],
    viewers: Mapping[int, Viewers],
    bases: Mapping[int, Base],
    *,
    generated: bool = False,
    incomplete: bool = False,
) -> dict[str, Any]:
    """Return the data of the topic `overview` at a clock (ms): member -> value, as documented in the protocol.

    While they are `incomplete`, because clocks are wrong, windows are complete since no moment before the clock.
    """
    minute = minute_of(clock)
    first = minute - WINDOW_MINUTES * MINUTE_MS
    rows = minute_rows((part.minutes for part in contents.values()), minute)
    titles = _titles(contents.values())
    begun = [part.since for part in contents.values()] + [part.since for part in viewers.values()]
    since = max((at for at in (*begun, minute if incomplete else 0) if at > first), default=0)
    playing = most((item for part in contents.values() for item in part.playing), SHOWN_PLAYING)
    return {
        "activeUsers": sum(p.distinct(minute, ACTIVE_MINUTES, p.active) for p in viewers.values()),
        "listenersLastHour": sum(p.distinct(minute, WINDOW_MINUTES, p.hour) for p in viewers.values()),
        "playingNow": [
            {"contentId": content, "title": titles.get(content, ""), "listeners": listeners}
            for content, listeners in playing
        ],
        "runningPlays": sum(part.runningPlays for part in contents.values()),
        **last_hour(rows, minute),
        "totals": totals(contents, bases),
        "since": since,
        "generated": generated,
    }


def top_plays(contents: Mapping[int, Content]) -> dict[str, Any]:
    """Return the data of the topic `top:plays`."""
    titles = _titles(contents.values())
    top = most((item for part in contents.values() for item in part.top), SHOWN_TOP)
    items = [{"contentId": content, "title": titles.get(content, ""), "plays": n} for content, n in top]
    return {"range": "lastHour", "items": items}


def totals(contents: Mapping[int, Content], bases: Mapping[int, Base]) -> dict[str, int]:
    """Return the lifetime counts: base, and the open buckets after `upto`, shard by shard."""
    sums = [0] * len(MEASURES)
    for shard in {*contents, *bases}:
        base = bases.get(shard) or Base()
        part = contents.get(shard) or Content()
        rows = [row for bucket, row in part.open.items() if bucket > base.upto]
        if base.base:
            rows.append(base.base)
        for row in rows:
            sums = [a + b for a, b in zip(sums, row, strict=True)]
    return _named(sums)


def content_totals(
    upto: int, base: Sequence[int] | None, rows: Mapping[int, Sequence[int]]
) -> dict[str, int]:
    """Return the lifetime counts of one content, by the same rule: its base, and its open buckets after `upto`.

    Args:
        upto: the newest closed bucket of its shard, ms.
        base: its `MEASURES` up to and including that, None if there is nothing.
        rows: start of a bucket in ms -> its `MEASURES` there, read in one moment with the others.
    """
    counted = [row for bucket, row in rows.items() if bucket > upto]
    zero = [0] * len(MEASURES)
    return _named([sum(column) for column in zip(zero, base or zero, *counted, strict=True)])


def _named(sums: Sequence[int]) -> dict[str, int]:
    named = dict(zip(MEASURES, sums, strict=True))
    named["skips"] = sums[INDEX["starts"]] - sums[INDEX["plays"]]
    return named


def minute_rows(tables: Iterable[Mapping[int, Sequence[int]]], last: int) -> dict[int, list[int]]:
    """Return the sums of tables (start of a minute in ms -> `WINDOWED` counts), of the hour that ends with a minute."""
    rows: dict[int, list[int]] = {}
    for table in tables:
        for at, counts in table.items():
            if last - WINDOW_MINUTES * MINUTE_MS <= at <= last:
                row = rows.setdefault(at, [0] * len(WINDOWED))
                for position, count in enumerate(counts):
                    row[position] += count
    return rows


def last_hour(rows: Mapping[int, Sequence[int]], last: int) -> dict[str, Any]:
    """Return the members `lastHour` and `perMinute` of the hour that ends with a minute (its start in ms)."""
    plays = WINDOWED.index("plays")
    first = last - WINDOW_MINUTES * MINUTE_MS
    return {
        "lastHour": {name: sum(row[at] for row in rows.values()) for at, name in enumerate(WINDOWED)},
        "perMinute": [
            {"at": at, "plays": rows[at][plays] if at in rows else 0}
            for at in range(first, last + MINUTE_MS, MINUTE_MS)
        ],
    }


def most(items: Iterable[tuple[str, int]], number: int) -> list[tuple[str, int]]:
    """Return the items with the greatest values above 0, equal ones by name."""
    return sorted(((c, n) for c, n in items if n > 0), key=lambda item: (-item[1], item[0]))[:number]


def _titles(parts: Iterable[Content]) -> dict[str, str]:
    return {content: title for part in parts for content, title in part.titles.items()}
