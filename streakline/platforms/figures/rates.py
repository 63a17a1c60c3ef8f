"""Rates: engagement, and how much of it there is to a hundred views.

What a platform does not tell is absent and never 0: engagement adds up what is known, and is unknown where nothing is.
"""

from __future__ import annotations

from collections.abc import Mapping

from streakline.history.totals import hundredths
from streakline.platforms.figures.series import OF_ENGAGEMENT, Number

MOST = 100.0
"""Per cent above which no engagement rate is told."""


def engagement_of(values: Mapping[str, Number]) -> int | None:
    """Return likes, comments and shares together; None where none of them is known.

    Args:
        values: name -> what stands, of a post or of many.
    """
    known = [int(values[name]) for name in OF_ENGAGEMENT if name in values]
    return sum(known) if known else None


def engagement_rate(
    engagement: Number | None, views: Number | None, reach: Number | None = None
) -> float | None:
    """Return how much engagement there is to a hundred views, from 0 to 100 with two decimals.

    To a hundred accounts reached, where no views are told; None without either.

    Args:
        engagement: `engagement_of` what is asked about.
        views: of the same.
        reach: of the same.
    """
    seen = views if views is not None else reach
    if engagement is None or seen is None:
        return None
    rate = hundredths(max(0, int(engagement)) * 100, int(seen))
    return None if rate is None else min(MOST, rate)


def rate_of(values: Mapping[str, Number]) -> float | None:
    """Return the engagement rate of a post."""
    return engagement_rate(engagement_of(values), values.get("views"), values.get("reach"))
