"""A question of history as it is asked: JSON becomes metrics, dimensions, filters and a range, or is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import xxhash

from streakline import zones
from streakline.history import comparisons, ranges
from streakline.history.asked import LIMIT, MEMBERS, Asked, Filter
from streakline.history.dimensions import BUCKET, CYCLE, DIMENSIONS, FILTERED, Dimension
from streakline.history.metrics import METRICS, Metric
from streakline.history.pages import Cursor, Key, unpacked
from streakline.history.ranges import Range

MOST: Final = 10_000
MOST_VALUES: Final = 500
"""Values of all filters together."""
LONGEST: Final = 500
"""Characters of a value."""
MOST_DIMENSIONS: Final = 4
OPERATORS: Final = ("is", "is_not", "contains")
T = TypeVar("T")


class Unanswerable(ValueError):
    """A question that is not answered.

    Attributes:
        code: what of it, for programs.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Query(msgspec.Struct, frozen=True):
    """A question that can be answered, or is refused for what it would cost.

    Attributes:
        metrics: at least one, each once.
        dimensions: each once, at most one of them a bucket.
        filters: all of them hold for every row.
        of: the range.
        as_of: the moment in ms that is answered for.
        zone: whose days and hours count.
        compare: one of `comparisons.NAMES`, or "".
        orders: what rows are ordered by, the dimensions that are not named last: (name, descending).
        limit: rows of the page.
        after: the key of the row that they come after, by `orders`; None for the first ones.
        number: of the question, without those of the page.
    """

    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...]
    filters: tuple[Filter, ...]
    of: Range
    as_of: int
    zone: ZoneInfo
    compare: str
    orders: tuple[tuple[str, bool], ...]
    limit: int
    after: Key | None
    number: int
    is_now: bool
    """Whether nobody said which moment is answered for."""

    @property
    def is_timed(self) -> bool:
        """Whether rows are told apart by time: all of them are there then, also those of nothing."""
        return any(one.kind in {BUCKET, CYCLE} for one in self.dimensions)

    @property
    def bucket(self) -> Dimension | None:
        """The bucket that is asked for; None without one."""
        return next((one for one in self.dimensions if one.kind == BUCKET), None)


def read(body: bytes, now: int) -> Query:
    """Return the question of a body.

    Args:
        body: JSON.
        now: in ms, what `asOf` is where it is not given.

    Raises:
        Unanswerable: if it cannot be asked.
    """
    asked = _asked(body)
    metrics = _named("metric", asked.metrics, METRICS)
    if not metrics:
        raise Unanswerable("metric", f"metrics is empty; there are {', '.join(METRICS)}")
    dimensions = _named("dimension", asked.dimensions, DIMENSIONS)
    if len(dimensions) > MOST_DIMENSIONS:
        raise Unanswerable(
            "dimension", f"dimensions has {len(dimensions)}; a question has at most {MOST_DIMENSIONS}"
        )
    spans = [one.name for one in dimensions if one.kind == BUCKET]
    if len(spans) > 1:
        raise Unanswerable("dimension", f"dimensions has {' and '.join(spans)}; one of them divides the time")
    number = _number(asked)
    cursor = _read("cursor", "cursor", asked.cursor, lambda text: unpacked(text, number))
    zone = _read("tz", "tz", asked.tz, zones.zone) or zones.zone("UTC")
    as_of = _as_of(asked, cursor, now)
    if not 1 <= asked.limit <= MOST:
        raise Unanswerable("limit", f"limit {asked.limit} is no whole number from 1 to {MOST:,}")
    of = _range(asked, zone, as_of)
    orders = _orders(asked, metrics, dimensions)
    if cursor is not None and len(cursor.after) != len(orders):
        raise Unanswerable("cursor", "cursor belongs to another question; leave it out for the first page")
    return Query(
        metrics=metrics,
        dimensions=dimensions,
        filters=_filters(asked.filters),
        of=of,
        as_of=as_of,
        zone=zone,
        compare=_compare(asked.compare, of),
        orders=orders,
        limit=asked.limit,
        after=None if cursor is None else cursor.after,
        number=number,
        is_now=cursor is None
        and asked.as_of is None
        and (asked.date_range is None or asked.date_range.to is None),
    )


def _asked(body: bytes) -> Asked:
    try:
        decoded = msgspec.json.decode(body)
        if isinstance(decoded, dict):
            for name in decoded:
                if name not in MEMBERS:
                    detail = f"member {name[:40]!r} is not known here; there are {', '.join(MEMBERS)}"
                    raise Unanswerable("parameter", detail + _near(name, MEMBERS))
        return msgspec.convert(decoded, Asked)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unanswerable("query", f"the body is no question: {str(error)[:200]}") from error


def _named(what: str, given: tuple[str, ...], known: dict[str, T]) -> tuple[T, ...]:
    for place, name in enumerate(given):
        if name not in known:
            detail = f"{what} {name[:40]!r} is not known; there are {', '.join(known)}"
            raise Unanswerable(what, detail + _near(name, known))
        if name in given[:place]:
            raise Unanswerable(what, f"{what} {name} is given twice; give it once")
    return tuple(known[name] for name in given)


def _near(name: str, known: Iterable[str]) -> str:
    by_lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name[:40].lower().replace("_", ""), by_lower, n=1, cutoff=0.7)
    return f"; did you mean {by_lower[near[0]]}?" if near else ""


def _read(member: str, code: str, value: Any, read_value: Any) -> Any:
    if value is None:
        return None
    try:
        return read_value(value)
    except (ValueError, OverflowError) as error:
        raise Unanswerable(code, f"{member} {error}") from error


def _as_of(asked: Asked, cursor: Cursor | None, now: int) -> int:
    given = _read("asOf", "time-range", asked.as_of, lambda value: ranges.moment(_text(value)))
    if cursor is None:
        return now if given is None else int(given)
    if given not in {None, cursor.as_of}:
        raise Unanswerable("cursor", "cursor belongs to another asOf; ask with that of the first page")
    return cursor.as_of


def _range(asked: Asked, zone: ZoneInfo, as_of: int) -> Range:
    given = asked.date_range
    if given is None:
        name = ranges.DEFAULT if asked.time_range is None else asked.time_range
        found: Range = _read("timeRange", "time-range", name, lambda text: ranges.named(text, as_of))
        if found.length <= 0:
            raise Unanswerable("time-range", "nothing lies before asOf; ask as of a later moment")
        return found
    if asked.time_range is not None:
        raise Unanswerable("time-range", "timeRange and dateRange are both given; give one of them")
    if given.to is not None and asked.as_of is not None:
        raise Unanswerable("time-range", "dateRange.to and asOf are both given; from ends at one of them")
    start = _read("from", "time-range", given.start, lambda value: ranges.start_of(_text(value), zone))
    end = _read("to", "time-range", given.to, lambda value: ranges.end_of(_text(value), zone))
    both = (start, as_of if end is None else end)
    ranged: Range = _read("dateRange", "time-range", both, lambda ends: ranges.between(*ends))
    return ranged


def _text(value: str | int) -> str:
    return value if isinstance(value, str) else str(value)


def _filters(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    usable = {name: one for name, one in DIMENSIONS.items() if one.kind in FILTERED}
    for one in filters:
        if one.dimension not in usable:
            known = f"{one.dimension} is narrowed by the range" if one.dimension in DIMENSIONS else ""
            known = known or f"dimension {one.dimension[:40]!r} is not known{_near(one.dimension, usable)}"
            raise Unanswerable("filter", f"filters: {known}; there are {', '.join(usable)}")
        if one.operator not in OPERATORS:
            raise Unanswerable(
                "filter",
                f"operator {one.operator[:40]!r} of {one.dimension} is not known; there are {', '.join(OPERATORS)}",
            )
        if not one.values:
            raise Unanswerable("filter", f"values of {one.dimension} is empty; give at least one")
        for value in one.values:
            if not 1 <= len(value) <= LONGEST:
                detail = f"value {value[:40]!r} of {one.dimension} has {len(value)} characters; it has 1 to {LONGEST}"
                raise Unanswerable("filter", detail)
    if sum(len(one.values) for one in filters) > MOST_VALUES:
        raise Unanswerable("filter", f"filters have more than {MOST_VALUES} values; ask in several questions")
    return filters


def _compare(name: str | None, of: Range) -> str:
    if name is None:
        return ""
    if name not in comparisons.NAMES:
        known = ", ".join(comparisons.NAMES)
        raise Unanswerable("compare", f"compare {name[:40]!r} is not known; there are {known}")
    if of.name == ranges.ALL:
        raise Unanswerable("compare", f"compare {name} has no range: nothing lies before {ranges.ALL}")
    return name


def _orders(
    asked: Asked, metrics: tuple[Metric, ...], dimensions: tuple[Dimension, ...]
) -> tuple[tuple[str, bool], ...]:
    """Return what rows are ordered by: what is asked, else time, else the first metric; then every dimension."""
    names = [*(one.name for one in metrics), *(one.name for one in dimensions)]
    orders: dict[str, bool] = {}
    for order in asked.order_by:
        if order.by not in names or order.by in orders:
            again = (
                "is there twice" if order.by in orders else "is neither metric nor dimension of the question"
            )
            raise Unanswerable("order", f"orderBy {order.by[:40]!r} {again}; there are {', '.join(names)}")
        orders[order.by] = order.direction == "desc"
    if not orders and not any(one.kind in {BUCKET, CYCLE} for one in dimensions):
        orders[metrics[0].name] = True
    timed = sorted(dimensions, key=lambda one: one.kind != BUCKET)
    return (*orders.items(), *((one.name, False) for one in timed if one.name not in orders))


def _number(asked: Asked) -> int:
    own = msgspec.structs.replace(asked, cursor=None, limit=LIMIT, as_of=None)
    return xxhash.xxh3_64_intdigest(msgspec.json.encode(own))
