"""The questions of history that a creator's dashboard is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from streakline.history.asked import Filter
from streakline.history.dimensions import BUCKET, DIMENSIONS
from streakline.history.metrics import METRICS
from streakline.history.query import Query
from streakline.history.ranges import Range
from streakline.zones import zone as zone_of

UTC: Final = "UTC"


def question(
    creator: str,
    metrics: Sequence[str],
    of: Range,
    *,
    by: str = "",
    type_: str = "",
    contents: Sequence[str] = (),
    limit: int = 1,
    zone: ZoneInfo | None = None,
) -> Query:
    """Return a question about the contents of a creator.

    Args:
        creator: whose they are now.
        metrics: names of metrics; the first one orders the rows, most first, unless they are times.
        of: the range.
        by: the name of the dimension that rows are told apart by; one row without it.
        type_: of the contents; "" for all of them.
        contents: those alone; without them all of the creator.
        limit: rows at most.
        zone: whose days count, UTC if it is not given.
    """
    dimensions = (DIMENSIONS[by],) if by else ()
    filters = [Filter("creator", "is", (creator,))]
    if type_:
        filters.append(Filter("contentType", "is", (type_,)))
    if contents:
        filters.append(Filter("content", "is", tuple(contents)))
    timed = any(one.kind == BUCKET for one in dimensions)
    orders = [] if timed or not by else [(metrics[0], True)]
    return Query(
        metrics=tuple(METRICS[name] for name in metrics),
        dimensions=dimensions,
        filters=tuple(filters),
        of=of,
        as_of=of.end,
        zone=zone or zone_of(UTC),
        compare="",
        orders=(*orders, *((one.name, False) for one in dimensions)),
        limit=limit,
        after=None,
        number=0,
        is_now=False,
    )
