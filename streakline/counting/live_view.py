"""The live view of one shard of contents: what `streakline.live.overview` needs, read from the shard's tracker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streakline.counting.bucket import MINUTES
from streakline.counting.tracker import ContentTracker
from streakline.hash_index import EMPTY
from streakline.live_windows import TOP, WINDOW_MINUTES
from streakline.streams.states import Content, Creator
from streakline.times import MINUTE_MS, minute_of

Ints = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
NOBODY: Mapping[str, U64] = MappingProxyType({})


class _Together(NamedTuple):
    """Some contents of a shard as one, and which of them by their hashes."""

    minutes: dict[int, list[int]]
    playing: list[tuple[int, int]]
    running: int
    top: list[tuple[int, int]]


def live(
    tracker: ContentTracker, watched: Iterable[int] = (), followed: Mapping[str, U64] = NOBODY
) -> Content:
    """Return the live state of a shard at its clock.

    Args:
        tracker: of the shard.
        watched: hashes of contents to show singly.
        followed: creator -> hashes of the contents to show together, also those of other shards.
    """
    listeners = tracker.playing.by_content()
    playing = _most(listeners)
    hour = _last_hour_plays(tracker)
    top = _most_played(*hour)
    names = tracker.names.held
    creators = {creator: _together(tracker, of, hour, listeners) for creator, of in followed.items()}
    shown = {content for content, _ in (*playing, *top)}
    shown.update(content for part in creators.values() for content, _ in (*part.playing, *part.top))
    return Content(
        minutes=_minutes(tracker),
        playing=[(_called(tracker, content), n) for content, n in playing],
        runningPlays=len(tracker.playing),
        top=[(_called(tracker, content), n) for content, n in top],
        open=tracker.open(),
        since=tracker.since,
        creators={creator: _named(tracker, part) for creator, part in creators.items()},
        content={_called(tracker, c): _single(tracker, c, listeners) for c in watched if c in names},
        titles={names[c].content: names[c].title for c in shown if c in names},
    )


def _called(tracker: ContentTracker, content64: int) -> str:
    name = tracker.names.held.get(content64)
    return name.content if name else ""


def _minutes(tracker: ContentTracker) -> dict[int, list[int]]:
    table: dict[int, list[int]] = {}
    for start, bucket in tracker.buckets.items():
        for minute in np.flatnonzero(bucket.minutes.any(axis=1)).tolist():
            table[start + minute * MINUTE_MS] = bucket.minutes[minute].tolist()
    return table


def _last_hour_plays(tracker: ContentTracker) -> tuple[U64, Ints]:
    """Return the contents of the shard and the plays of each in the last hour."""
    last = minute_of(tracker.clock)
    contents, plays = [], []
    for start, bucket in tracker.buckets.items():
        at = start + np.arange(MINUTES) * MINUTE_MS
        inside = (at >= last - WINDOW_MINUTES * MINUTE_MS) & (at <= last)
        if inside.any():
            contents.append(bucket.contents.keys)
            shown = bucket.windows[: bucket.contents.size, inside, 0]
            plays.append(shown.sum(axis=1, dtype=np.int64))
    if not contents:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    keys, inverse = np.unique(np.concatenate(contents), return_inverse=True)
    return keys, np.bincount(inverse, np.concatenate(plays)).astype(np.int64)


def _most_played(keys: U64, sums: Ints) -> list[tuple[int, int]]:
    most = np.argsort(-sums, kind="stable")[: TOP * 2]
    return _most({int(keys[at]): int(sums[at]) for at in most.tolist() if sums[at]})


def _together(
    tracker: ContentTracker, of: U64, hour: tuple[U64, Ints], listeners: Mapping[int, int]
) -> _Together:
    minutes: dict[int, list[int]] = {}
    for start, bucket in tracker.buckets.items():
        rows = bucket.contents.find(of)
        counts = bucket.windows[rows[rows != EMPTY]].sum(axis=0, dtype=np.int64)
        for minute in np.flatnonzero(counts.any(axis=1)).tolist():
            minutes[start + minute * MINUTE_MS] = counts[minute].tolist()
    keys, sums = hour
    at = np.searchsorted(keys, of)  # both are sorted
    known = at < keys.size
    his = at[known][keys[at[known]] == of[known]]
    running = [content for content in of.tolist() if content in listeners]
    return _Together(
        minutes=minutes,
        playing=_most({content: listeners[content] for content in running}),
        running=sum(map(tracker.playing.plays_of, running)),
        top=_most_played(keys[his], sums[his]),
    )


def _named(tracker: ContentTracker, part: _Together) -> Creator:
    return Creator(
        minutes=part.minutes,
        playing=[(_called(tracker, content), n) for content, n in part.playing],
        runningPlays=part.running,
        top=[(_called(tracker, content), n) for content, n in part.top],
    )


def _single(tracker: ContentTracker, content64: int, listeners: Mapping[int, int]) -> dict[str, Any]:
    key = np.array([content64], np.uint64)
    minutes: dict[int, list[int]] = {}
    rows: dict[int, list[int]] = {}
    for start, bucket in tracker.buckets.items():
        row = int(bucket.contents.find(key)[0])
        if row == EMPTY:
            continue
        if bucket.measures[row].any():  # else only robots came
            rows[start] = bucket.measures[row].tolist()
        for minute in np.flatnonzero(bucket.windows[row].any(axis=1)).tolist():
            minutes[start + minute * MINUTE_MS] = bucket.windows[row, minute].tolist()
    return {"minutes": minutes, "open": rows, "listeners": listeners.get(content64, 0)}


def _most(table: dict[int, int]) -> list[tuple[int, int]]:
    return sorted(table.items(), key=lambda item: (-item[1], item[0]))[:TOP]
