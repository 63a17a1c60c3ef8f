"""The performance score: where a post stands among its account's own posts at the same age.

A post is compared at the greatest age of `AGES` at which it was observed, with the account's other posts observed at
that age. Its score is the mid-rank percentile of its views (weight 0.6) and of its engagement rate (0.4); where it has
no rate, that of its views alone. Fewer than ten others say nothing: there is no score.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from streakline.history.totals import hundredths
from streakline.platforms.figures.rates import rate_of
from streakline.platforms.figures.series import Number, Subject
from streakline.times import DAY_MS, HOUR_MS

AGES: Final = (HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS)
"""Ages of a post in ms. An observation is of the first of them that it is not beyond."""
PEERS: Final = 10
OF_VIEWS: Final = 60
"""Per cent of the score that is of views; the rest is of the engagement rate."""


class Aged(NamedTuple):
    """What stood of a post at one age: the last observation up to it and after the age before."""

    of: Subject
    age: int
    """Index into `AGES`."""
    values: Mapping[str, Number]
    """Name -> value."""


def scores(observed: Iterable[Aged]) -> dict[Subject, float]:
    """Return the scores of posts, from 0 to 100 with two decimals; who has none is left out.

    Args:
        observed: posts at every age at which they were observed, of one or several accounts.
    """
    newest: dict[Subject, Aged] = {}
    views: defaultdict[tuple[str, str, int], list[Number]] = defaultdict(list)
    rates: defaultdict[tuple[str, str, int], list[Number]] = defaultdict(list)
    for one in observed:
        if "views" not in one.values:
            continue
        if one.of not in newest or newest[one.of].age < one.age:
            newest[one.of] = one
        peers = (one.of.platform, one.of.account, one.age)
        views[peers].append(one.values["views"])
        if (rate := rate_of(one.values)) is not None:
            rates[peers].append(rate)
    for ranked in (*views.values(), *rates.values()):
        ranked.sort()
    found = {}
    for of, one in newest.items():
        peers = (of.platform, of.account, one.age)
        by_views, rate = _rank(views[peers], one.values["views"]), rate_of(one.values)
        by_rate = None if rate is None else _rank(rates[peers], rate)
        if by_views is not None:
            found[of] = _score(by_views, by_views if by_rate is None else by_rate)
    return found


def _rank(ranked: Sequence[Number], own: Number) -> tuple[int, int] | None:
    """Return the mid-rank percentile of a value among the others as a fraction; None where they are too few."""
    others = len(ranked) - 1
    if others < PEERS:
        return None
    below, equal = bisect_left(ranked, own), bisect_right(ranked, own) - bisect_left(ranked, own) - 1
    return 2 * below + equal, 2 * others


def _score(views: tuple[int, int], rate: tuple[int, int]) -> float:
    part = OF_VIEWS * views[0] * rate[1] + (100 - OF_VIEWS) * rate[0] * views[1]
    return hundredths(part, views[1] * rate[1]) or 0.0
