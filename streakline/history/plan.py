"""How a question is answered: from days, from quarter hours or from single events, whichever is exact and cheapest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from streakline.history.asked import Filter
from streakline.history.buckets import Bucket
from streakline.history.cover import EPOCH, Cover, all_raw, cover, moments, without_days
from streakline.history.days import DAY, offsets
from streakline.history.dimensions import CATALOGUE, CONTENT, CYCLE, DIMENSIONS, VALUE, Dimension
from streakline.history.query import Query, Unanswerable
from streakline.history.ranges import Range
from streakline.history.totals import UNKNOWN
from streakline.times import DAY_MS, EARLIEST_MS, QUARTER_MS

DAYS, QUARTERS, EVENTS = "days", "quarter hours", "events"
LONGEST: Final = 31 * DAY_MS
"""The longest range that single events are read for."""
_SHORT: Final = frozenset({"quarterHour", "hour"})


class Plan(msgspec.Struct, frozen=True):
    """What is read for a question.

    Attributes:
        grain: `DAYS`, `QUARTERS` or `EVENTS`: the coarsest rows that are read.
        columns: of `rollup` that are summed, sorted.
        sketches: of `rollup` that are merged, sorted.
        dimensions: that rows are told apart by.
        filters: that narrow them.
        by_content: whether some contents alone are read.
        creators: whose contents alone are read; empty where contents are named, or all are read.
        divided: how the range is.
        edges: first ms of each bucket, empty without buckets.
        split: UTC days with an edge inside, which quarter hours answer for.
        maps: breakdowns of `rollup` that are summed, of a plan without dimensions.
    """

    grain: str
    columns: tuple[str, ...]
    sketches: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    filters: tuple[Filter, ...]
    by_content: bool
    divided: Cover
    edges: tuple[int, ...]
    split: tuple[date, ...] = ()
    creators: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[Dimension, ...]:
        """Every dimension that rows must have, each once: not that of the contents, which alone are read."""
        return _used(self.dimensions, self.filters[1:] if self.by_content else self.filters)

    @property
    def of_site(self) -> bool:
        """Whether nothing tells contents apart: sums of the whole site answer."""
        named = self.by_content or self.creators
        return not named and not any(one.kind in {CONTENT, CATALOGUE} for one in self.used)

    @property
    def value(self) -> Dimension | None:
        """The value that counts by value are read for; None where there is none, or events are read."""
        found = [one for one in self.used if one.kind == VALUE]
        return found[0] if found and self.grain != EVENTS else None

    @property
    def contents(self) -> tuple[str, ...]:
        """The contents that alone are read."""
        return next((one.values for one in self.filters if _names_contents(one)), ())


def plan(query: Query, of: Range, buckets: Sequence[Bucket], first_open: int) -> Plan:
    """Return what is read for a range of a question.

    Args:
        query: the question.
        of: its range, or the one that it is compared with.
        buckets: of that range, where the question has buckets.
        first_open: start in ms of the first quarter hour that may be open.

    Raises:
        Unanswerable: `too-costly` where single events of a long range would have to be read.
    """
    columns = frozenset().union(*(metric.columns for metric in query.metrics))
    sketches = frozenset(metric.sketch for metric in query.metrics) - {""}
    edges = tuple(bucket.start for bucket in buckets)
    reason = _reason(query, edges)
    grain = EVENTS if reason else _grain(query)
    if grain == EVENTS and of.length > LONGEST:
        detail = f"{reason} is read from single events, for at most {LONGEST // DAY_MS} days; ask for a shorter range"
        raise Unanswerable("too-costly", detail)
    by_content = any(_names_contents(one) for one in query.filters)
    creators = None if by_content else next((one for one in query.filters if _names_creators(one)), None)
    filters = [one for one in query.filters if one is not creators]
    return Plan(
        grain=grain,
        columns=tuple(sorted(columns)),
        sketches=tuple(sorted(sketches)),
        dimensions=query.dimensions,
        filters=tuple(sorted(filters, key=lambda one: not _names_contents(one))),
        by_content=by_content,
        creators=() if creators is None else creators.values,
        divided=_divided(of, grain, first_open),
        edges=edges,
        split=_split(edges) if grain == DAYS else (),
    )


def plan_of_sums(
    of: Range,
    first_open: int,
    columns: Collection[str],
    *,
    sketches: Collection[str] = (),
    maps: Collection[str] = (),
    content: str | None = None,
    creator: str | None = None,
) -> Plan:
    """Return what is read for sums over a whole range.

    Args:
        of: the range.
        first_open: start in ms of the first quarter hour that may be open.
        columns: of `rollup` that are summed.
        sketches: of it that are merged.
        maps: breakdowns of it that are summed.
        content: that alone is read.
        creator: whose contents alone are read; without either the whole site is.
    """
    filters = () if content is None else (Filter(CONTENT, "is", (content,)),)
    return Plan(
        grain=DAYS,
        columns=tuple(sorted(columns)),
        sketches=tuple(sorted(sketches)),
        dimensions=(),
        filters=filters,
        by_content=content is not None,
        divided=cover(of, first_open),
        edges=(),
        creators=() if creator is None else (creator,),
        maps=tuple(sorted(maps)),
    )


def parameters(made: Plan, zone: ZoneInfo | None = None) -> dict[str, Any]:
    """Return the parameters of a plan's statement, but those of the page and of the shards.

    Args:
        made: the plan.
        zone: of its days; needed where a cycle divides it.
    """
    found: dict[str, Any] = {**moments(made.divided)}
    if made.edges:
        found["edges"] = list(made.edges)
    if made.split:
        found["split"] = list(made.split)
    if zone is not None and any(one.kind == CYCLE for one in made.dimensions):
        found["changes"], found["offsets"] = offsets(zone)
    if made.by_content:
        found["contents"] = list(made.contents)
    if made.creators:
        found["creators"] = list(made.creators)
    filters = enumerate(made.filters[1:], start=1) if made.by_content else enumerate(made.filters)
    return found | {f"f{place}": list(one.values) for place, one in filters}


def _used(dimensions: Sequence[Dimension], filters: Sequence[Filter]) -> tuple[Dimension, ...]:
    names = dict.fromkeys([*(one.name for one in dimensions), *(one.dimension for one in filters)])
    return tuple(DIMENSIONS[name] for name in names)


def _names_contents(one: Filter) -> bool:
    return one.dimension == CONTENT and one.operator == "is"


def _names_creators(one: Filter) -> bool:
    # Contents of no creator are named by no list.
    return one.dimension == "creator" and one.operator == "is" and UNKNOWN not in one.values


def _reason(query: Query, edges: tuple[int, ...]) -> str:
    """Return what of a question only single events can answer; "" where counts do."""
    if query.bucket is not None and query.bucket.name == "minute":
        return "the dimension minute"
    values = [one for one in _used(query.dimensions, query.filters) if one.kind == VALUE]
    if len(values) > 1:
        return " together with ".join(one.name for one in values)
    if values:
        beyond = [
            metric.name
            for metric in query.metrics
            if metric.sketch or not metric.columns <= values[0].maps.keys()
        ]
        if beyond:
            return f"{', '.join(beyond)} by {values[0].name}"
    if any(edge % QUARTER_MS for edge in edges if edge > EARLIEST_MS):
        return "a comparison with buckets that no quarter hour begins"
    return ""


def _grain(query: Query) -> str:
    names = {one.name for one in query.dimensions}
    moving = offsets(query.zone)[1] != [0]
    if names & _SHORT or "hourOfDay" in names or ("weekday" in names and moving):
        return QUARTERS
    return DAYS


def _divided(of: Range, grain: str, first_open: int) -> Cover:
    if grain == EVENTS:
        return all_raw(of)
    found = cover(of, first_open)
    return without_days(found) if grain == QUARTERS else found


def _split(edges: tuple[int, ...]) -> tuple[date, ...]:
    inside = sorted({edge // DAY_MS for edge in edges if edge % DAY_MS})
    return tuple(EPOCH.date() + number * DAY for number in inside)
