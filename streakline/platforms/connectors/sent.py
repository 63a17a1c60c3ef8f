"""What of a look is sent on: what differs from what was acknowledged last.

A total or gauge that stands still is told again after `STILL`, so that every day has a value. Numbers of one day are
remembered by their day; those that lie further back than any platform corrects are forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from streakline.platforms.names import METRICS
from streakline.platforms.observations import Observation, Post, event_of, post_event_of
from streakline.times import DAY_MS, HOUR_MS

STILL: Final = 6 * HOUR_MS
"""After which a number that did not change is told again."""
FORGOTTEN: Final = 60 * DAY_MS
"""After which a number of one day is not remembered any more."""


class Held(msgspec.Struct, frozen=True, array_like=True):
    """What was acknowledged last: the moment that it is of, and the value."""

    observed_at: int
    value: int | float | str


class News(NamedTuple):
    """What has to be sent.

    Attributes:
        events: as intake takes them.
        held: key -> what is remembered once they are acknowledged.
    """

    events: list[dict[str, Any]]
    held: dict[str, Held]


def key_of(observation: Observation) -> str:
    """Return under which key an observation is remembered."""
    daily = METRICS[observation.name].kind == "daily"
    when = (str(observation.observed_at),) if daily else ()
    return "|".join((observation.name, observation.post, *when))


def news_of(found: Iterable[Observation], posts: Iterable[Post], held: Mapping[str, Held]) -> News:
    """Return what of a look differs from what is held; nothing is told that is older than that."""
    events: list[dict[str, Any]] = []
    new: dict[str, Held] = {}
    for one in found:
        key = key_of(one)
        last = new.get(key) or held.get(key)
        if last is None or _differs(one, last):
            events.append(event_of(one))
            new[key] = Held(one.observed_at, one.value)
    for post in posts:
        key, told = f"post|{post.post}", f"{post.published_at} {post.title}"
        last = held.get(key)
        if last is None or last.value != told:
            events.append(post_event_of(post))
            new[key] = Held(post.fetched_at, told)
    return News(events, new)


def _differs(one: Observation, last: Held) -> bool:
    if one.observed_at < last.observed_at:
        return False
    return one.value != last.value or one.observed_at - last.observed_at >= STILL


def forgotten(held: Mapping[str, Held], now: int) -> list[str]:
    """Return the keys of numbers of one day that need not be remembered any more."""
    return [key for key, last in held.items() if now - last.observed_at > FORGOTTEN and _is_daily(key)]


def _is_daily(key: str) -> bool:
    metric = METRICS.get(key.partition("|")[0])
    return metric is not None and metric.kind == "daily"
