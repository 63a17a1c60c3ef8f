"""How a question is answered: from days, from quarter hours or from single events, whichever is exact and cheapest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from streakline.history.asked import Filter
from streakline.history.buckets import Bucket
from streakline.history.cover import EPOCH, Cover, cover, moment_of
from streakline.history.days import DAY, offsets
from streakline.history.dimensions import CONTENT, CYCLE, DIMENSIONS, VALUE, Dimension
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
    """

    grain: str
    columns: tuple[str, ...]
    sketches: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    filters: tuple[Filter, ...]
    by_content: bool
    divided: Cover
    edges: tuple[int, ...]
    split: tuple[date, ...]
    creators: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[Dimension, ...]:
        """Every dimension that rows must have, each once."""
        return _used(self.dimensions, self.filters)

    @property
    def value(self) -> Dimension | None:
        """The value that counts by value are read for; None where there is none, or events are read."""
        found = [one for one in self.used if one.kind == VALUE]
        return found[0] if found and self.grain != EVENTS else None

    @property
    def contents(self) -> tuple[str, ...]:
        """The contents that alone are read."""
        return next((one.values for one in self.filters if _names_contents(one)), ())


def plan(query: Query, of: Range, buckets: Sequence[Bucket]) -> Plan:
    """Return what is read for a range of a question.

    Args:
        query: the question.
        of: its range, or the one that it is compared with.
        buckets: of that range, where the question has buckets.

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
    return Plan(
        grain=grain,
        columns=tuple(sorted(columns)),
        sketches=tuple(sorted(sketches)),
        dimensions=query.dimensions,
        filters=tuple(one for one in query.filters if one is not creators),
        by_content=by_content,
        creators=() if creators is None else creators.values,
        divided=_divided(of, grain),
        edges=edges,
        split=_split(edges) if grain == DAYS else (),
    )


def parameters(made: Plan, query: Query) -> dict[str, Any]:
    """Return the parameters of a plan's statement, but those of the page and of the shards."""
    found: dict[str, Any] = {name: moment_of(getattr(made.divided, name)) for name in Cover.__struct_fields__}
    if made.edges:
        found["edges"] = list(made.edges)
    if made.split:
        found["split"] = list(made.split)
    if any(one.kind == CYCLE for one in made.dimensions):
        found["changes"], found["offsets"] = offsets(query.zone)
    if made.by_content:
        found["contents"] = list(made.contents)
    if made.creators:
        found["creators"] = list(made.creators)
    return found | {f"f{place}": list(one.values) for place, one in enumerate(made.filters)}


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


def _divided(of: Range, grain: str) -> Cover:
    found = cover(of)
    if grain == EVENTS:
        return Cover(of.start, of.start, of.start, of.start, of.start, of.end)
    if grain == QUARTERS:
        return msgspec.structs.replace(found, days=found.quarters, days_end=found.quarters)
    return found


def _split(edges: tuple[int, ...]) -> tuple[date, ...]:
    inside = sorted({edge // DAY_MS for edge in edges if edge % DAY_MS})
    return tuple(EPOCH.date() + number * DAY for number in inside)
