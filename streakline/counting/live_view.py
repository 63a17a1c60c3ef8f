"""The live view of one shard of contents: what `streakline.live.overview` needs, read from the shard's tracker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from streakline.counting.bucket import MINUTES
from streakline.counting.tracker import ContentTracker
from streakline.hash_index import EMPTY
from streakline.live_windows import TOP, WINDOW_MINUTES
from streakline.streams.states import Content
from streakline.times import MINUTE_MS, minute_of


def live(tracker: ContentTracker, watched: Iterable[int] = ()) -> Content:
    """Return the live state of a shard at its clock; `watched` are content hashes to show singly."""
    playing = _most(tracker.playing.by_content())
    top = _most(_last_hour_plays(tracker))
    names = tracker.names
    shown = {content for content, _ in (*playing, *top)}
    return Content(
        minutes=_minutes(tracker),
        playing=[(_called(tracker, content), n) for content, n in playing],
        runningPlays=len(tracker.playing),
        top=[(_called(tracker, content), n) for content, n in top],
        open=tracker.open(),
        since=tracker.since,
        content={_called(tracker, c): _single(tracker, c) for c in watched if c in names},
        titles={names[c].content: names[c].title for c in shown if c in names},
    )


def _called(tracker: ContentTracker, content64: int) -> str:
    name = tracker.names.get(content64)
    return name.content if name else ""


def _minutes(tracker: ContentTracker) -> dict[int, list[int]]:
    table: dict[int, list[int]] = {}
    for start, bucket in tracker.buckets.items():
        for minute in np.flatnonzero(bucket.minutes.any(axis=1)).tolist():
            table[start + minute * MINUTE_MS] = bucket.minutes[minute].tolist()
    return table


def _last_hour_plays(tracker: ContentTracker) -> dict[int, int]:
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
        return {}
    keys, inverse = np.unique(np.concatenate(contents), return_inverse=True)
    sums = np.bincount(inverse, np.concatenate(plays)).astype(np.int64)
    most = np.argsort(-sums, kind="stable")[: TOP * 2]
    return {int(keys[at]): int(sums[at]) for at in most.tolist() if sums[at]}


def _single(tracker: ContentTracker, content64: int) -> dict[str, Any]:
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
    return {"minutes": minutes, "open": rows, "listeners": tracker.playing.by_content().get(content64, 0)}


def _most(table: dict[int, int]) -> list[tuple[int, int]]:
    return sorted(table.items(), key=lambda item: (-item[1], item[0]))[:TOP]
