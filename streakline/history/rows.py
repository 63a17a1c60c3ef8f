"""Rows of an answer: what ClickHouse returned becomes labels and numbers, empty times are filled, pages are cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cmp_to_key
from itertools import product
from typing import Any, Final, Literal, NamedTuple

from streakline.history.buckets import Bucket
from streakline.history.dimensions import BUCKET, CYCLE, Dimension, numbers
from streakline.history.metrics import Metric, Ratio
from streakline.history.pages import Key
from streakline.history.query import Query, Unanswerable
from streakline.history.ranges import ALL
from streakline.history.totals import growth
from streakline.times import iso

MOST: Final = 50_000
"""Rows that an answer has on all its pages where it is divided by time."""


Type = Literal["text", "day", "moment", "whole", "fraction"]
"""Of what a column is: `day` an ISO date, `moment` an ISO instant; numbers may be null."""


class Column(NamedTuple):
    """A member of every row of an answer."""

    name: str
    type: Type


class Group(NamedTuple):
    """A row before it is shown.

    Attributes:
        key: by dimension: the number of a bucket, that of a cycle's part, or a text.
        values: by metric, an integer; of a ratio its hundredths, None where nothing divides.
    """

    key: Key
    values: tuple[int | None, ...]


def groups(rows: Iterable[Mapping[str, Any]], query: Query, edges: Sequence[int]) -> list[Group]:
    """Return rows as groups.

    Args:
        rows: of the statement of `sql.composed`.
        query: that they answer.
        edges: first ms of each bucket; of equal ones the last has what is counted.
    """
    places = {edge: place for place, edge in enumerate(edges)}
    bucket = query.bucket
    found = []
    for row in rows:
        key = tuple(
            places[row[f"d_{one.name}"]] if one is bucket else row[f"d_{one.name}"]
            for one in query.dimensions
        )
        found.append(Group(key, tuple(row[f"m_{metric.name}"] for metric in query.metrics)))
    return found


def filled(found: Sequence[Group], query: Query, buckets: Sequence[Bucket]) -> list[Group]:
    """Return groups with those of nothing: every time for each combination of the other dimensions that there is.

    Of `all` the buckets before the first one with anything are left out.

    Raises:
        Unanswerable: `too-costly` if that would be too many.
    """
    known = {group.key: group for group in found}
    timed = [place for place, one in enumerate(query.dimensions) if one.kind in {BUCKET, CYCLE}]
    others = [place for place in range(len(query.dimensions)) if place not in timed]
    series = {tuple(group.key[place] for place in others) for group in found}
    if not others:
        series = {()}
    times = [_times(query, place, buckets, found) for place in timed]
    total = len(series)
    for every in times:
        total *= len(every)
    if total > MOST:
        detail = f"the answer has {total:,} rows, {MOST:,} are allowed; ask for longer buckets, or filter"
        raise Unanswerable("too-costly", detail)
    nothing = tuple(_nothing(metric) for metric in query.metrics)
    rows = []
    for own in series:
        for at in product(*times):
            key: list[Any] = [None] * len(query.dimensions)
            for place, part in zip((*others, *timed), (*own, *at), strict=True):
                key[place] = part
            rows.append(known.get(tuple(key), Group(tuple(key), nothing)))
    return rows


def _times(query: Query, place: int, buckets: Sequence[Bucket], found: Sequence[Group]) -> range:
    dimension = query.dimensions[place]
    if dimension.kind == CYCLE:
        return numbers(dimension)
    first = 0
    if query.of.name == ALL:
        first = min((int(group.key[place] or 0) for group in found), default=len(buckets))
    return range(first, len(buckets))


def _nothing(metric: Metric) -> int | None:
    return None if isinstance(metric.formula, Ratio) and metric.formula.of else 0


def key_of(group: Group, query: Query) -> Key:
    """Return what a group is ordered by: a metric that is null comes after all in falling order."""
    by_name: dict[str, Any] = {
        metric.name: -1 if value is None else value
        for metric, value in zip(query.metrics, group.values, strict=True)
    }
    by_name |= {one.name: part for one, part in zip(query.dimensions, group.key, strict=True)}
    return tuple(by_name[name] for name, _ in query.orders)


def page_of(found: Iterable[Group], query: Query) -> list[Group]:
    """Return the groups of the page that is wanted, in order, and one more if there is one.

    Raises:
        Unanswerable: `cursor` for one whose key is of other kinds.
    """
    down = [falling for _, falling in query.orders]

    def compared(one: Key, other: Key) -> int:
        for place, falling in enumerate(down):
            mine: Any = one[place]
            its: Any = other[place]
            if mine != its:
                return 1 if (mine > its) != falling else -1
        return 0

    keyed = [(key_of(group, query), group) for group in found]
    if query.after is not None:
        after = query.after
        keyed = [pair for pair in keyed if compared(pair[0], after) > 0]
    order = cmp_to_key(compared)
    keyed.sort(key=lambda pair: order(pair[0]))
    return [group for _, group in keyed[: query.limit + 1]]


def check_after(query: Query) -> None:
    """Refuse a cursor whose key cannot be compared with the rows.

    Raises:
        Unanswerable: `cursor`.
    """
    if query.after is None:
        return
    texts = {one.name for one in query.dimensions if one.kind not in {BUCKET, CYCLE}}
    for (name, _), part in zip(query.orders, query.after, strict=True):
        fits = isinstance(part, str) if name in texts else isinstance(part, int) and abs(part) < 2**63
        if not fits:
            raise Unanswerable("cursor", "cursor is none that was given; leave it out for the first page")


def shown(
    found: Iterable[Group],
    query: Query,
    buckets: Sequence[Bucket],
    compared: Mapping[Key, Group] | None,
) -> list[dict[str, Any]]:
    """Return groups as rows: labels and numbers by name, `start` of a bucket, and what they are compared with."""
    nothing = tuple(_nothing(metric) for metric in query.metrics)
    rows = []
    for group in found:
        row: dict[str, Any] = {}
        for one, part in zip(query.dimensions, group.key, strict=True):
            if one.kind == BUCKET:
                bucket = buckets[int(part or 0)]
                row |= {one.name: bucket.label, "start": iso(bucket.start)}
            else:
                row[one.name] = part
        row |= _numbers(query.metrics, group.values)
        if compared is not None:
            before = compared.get(group.key)
            values = nothing if before is None else before.values
            row["compared"] = _numbers(query.metrics, values)
            row["change"] = {
                metric.name: None if now is None or then is None else growth(now, then)
                for metric, now, then in zip(query.metrics, group.values, values, strict=True)
            }
        rows.append(row)
    return rows


def columns(query: Query) -> list[Column]:
    """Return the members of `shown`, in order; those of a member of a member with a dot."""
    besides = [Column(f"compared.{metric.name}", _type(metric)) for metric in query.metrics]
    besides += [Column(f"change.{metric.name}", "fraction") for metric in query.metrics]
    return [
        *(column for one in query.dimensions for column in _labels(one)),
        *(Column(metric.name, _type(metric)) for metric in query.metrics),
        *(besides if query.compare else ()),
    ]


def _labels(dimension: Dimension) -> list[Column]:
    if dimension.kind == CYCLE:
        return [Column(dimension.name, "whole")]
    if dimension.kind != BUCKET:
        return [Column(dimension.name, "text")]
    label: Type = "day" if dimension.name in {"day", "week"} else "text"
    return [Column(dimension.name, label), Column("start", "moment")]


def _type(metric: Metric) -> Type:
    return "fraction" if isinstance(metric.formula, Ratio) else "whole"


def _numbers(metrics: Sequence[Metric], values: Sequence[int | None]) -> dict[str, Any]:
    return {
        metric.name: value / 100 if value is not None and isinstance(metric.formula, Ratio) else value
        for metric, value in zip(metrics, values, strict=True)
    }
