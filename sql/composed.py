"""The statement of a question: composed of our own fragments, which rows of our own tables choose.

Nothing of what is asked becomes text: names are those of `streakline.history.metrics` and `dimensions`, values go as
native `{name:Type}` parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

from sql.fragments import (
    CLOSED,
    CYCLES,
    DAY_ROWS,
    ENDS,
    EVENT_COLUMNS,
    EVENT_SKETCHES,
    FACT_JOINS,
    FACTS,
    LOCAL,
    OF_CREATORS,
    ONE_OF,
    OPEN,
    OPERATORS,
    QUARTER_ROWS,
    SETTINGS,
    SPLIT,
    SPLIT_ROWS,
)
from streakline.history.dimensions import BUCKET, CATALOGUE, CONTENT, CYCLE, VALUE, Dimension
from streakline.history.metrics import METRICS, Different, Metric, Ratio, Sum
from streakline.history.plan import DAYS, EVENTS, Plan


class Page:
    """Which rows of a statement are wanted.

    Attributes:
        orders: (name of a metric or dimension, descending).
        limit: rows at most, by the parameter `limit`; without it all.
        after: whether those alone that come after the key in the parameters `a0`, `a1` …
        among: whether those alone whose dimensions are in the parameters `k0`, `k1` …
    """

    def __init__(
        self,
        orders: Sequence[tuple[str, bool]] = (),
        *,
        limit: bool = False,
        after: bool = False,
        among: bool = False,
    ) -> None:
        self.orders, self.limit, self.after, self.among = orders, limit, after, among


def statement(plan: Plan, metrics: Sequence[Metric], page: Page) -> str:
    """Return the statement that answers a plan: a row for each group that has any of the metrics.

    Its columns are `d_` and `m_` with the names of dimensions and metrics; a bucket is its first ms, a ratio its
    hundredths or null.
    """
    keys = [f"d_{one.name}" for one in plan.dimensions]
    sums = [f"sum(c_{column}) as {column}" for column in plan.columns]
    sums += [f"toInt64(uniqCombined64Merge(s_{sketch})) as {sketch}" for sketch in plan.sketches]
    grouped = "\n".join(
        [
            f"select {', '.join(keys + sums)}",
            f"from (\n{_rows(plan)}\n)",
            *_where(_filters(plan)),
            *([f"group by {', '.join(keys)}"] if keys else []),
        ]
    )
    shown = [f"d_{one.name}" for one in plan.dimensions]
    shown += [f"{_value(metric)} as m_{metric.name}" for metric in metrics]
    limits = _limits(plan, metrics, page)
    ordered = [f"{_key(name)} {'desc' if down else 'asc'}" for name, down in page.orders]
    return "\n".join(
        [
            CLOSED,
            f"select {', '.join(shown)}",
            f"from (\n{grouped}\n)",
            *_where(limits),
            *([f"order by {', '.join(ordered)}"] if ordered else []),
            *(["limit {limit:UInt32}"] if page.limit else []),
            SETTINGS,
        ]
    )


def _limits(plan: Plan, metrics: Sequence[Metric], page: Page) -> list[str]:
    limits = []
    if plan.dimensions:
        limits.append(f"({' or '.join(_is_there(metric) for metric in metrics)})")
    if page.after:
        limits.append(_after(page.orders))
    if page.among:
        keys = ", ".join(f"d_{one.name}" for one in plan.dimensions)
        values = ", ".join(f"{{k{place}:Array(String)}}" for place in range(len(plan.dimensions)))
        limits.append(
            f"({keys}) in arrayZip({values})" if len(plan.dimensions) > 1 else f"{keys} in {values}"
        )
    return limits


def _after(orders: Sequence[tuple[str, bool]]) -> str:
    """Return whether a row comes after a key: by the first part that differs."""
    condition = "false"
    for place, (name, down) in reversed(list(enumerate(orders))):
        key = _key(name)
        at = f"{{a{place}:{'Int64' if name in METRICS else 'String'}}}"
        condition = f"({key} {'<' if down else '>'} {at} or {key} = {at} and {condition})"
    return condition


def _key(name: str) -> str:
    """Return what rows are ordered by: of a metric its integer, -1 for null."""
    return f"ifNull(m_{name}, -1)" if name in METRICS else f"d_{name}"


def _value(metric: Metric) -> str:
    match metric.formula:
        case Sum() as total:
            return _sum(total)
        case Different(sketch):
            return sketch
        case Ratio(part, of, times, by):
            over = f"{of} * {by}" if of else f"toInt64({by})"
            return f"if({over} = 0, null, intDiv({_sum(part)} * {times * 200} + {over}, {over} * 2))"


def _is_there(metric: Metric) -> str:
    """Return whether a group has a metric: a ratio of 0 is one."""
    formula = metric.formula
    if isinstance(formula, Ratio) and formula.of:
        return f"m_{metric.name} is not null"
    return f"m_{metric.name} != 0"


def _sum(of: Sum) -> str:
    return f"({' - '.join([' + '.join(of.plus), *of.minus])})"


def _filters(plan: Plan) -> list[str]:
    found = [
        OPERATORS[one.operator].format(key=f"d_{one.dimension}", name=f"f{place}")
        for place, one in enumerate(plan.filters)
    ]
    if any(one.name == "app" for one in plan.used):
        found.append("d_contentType = 'app'")
    return found


def _rows(plan: Plan) -> str:
    """Return the rows of all branches, with what the catalogue knows of their contents."""
    union = "\nunion all\n".join(_branches(plan))
    facts = dict.fromkeys(FACTS[one.name] for one in plan.used if one.kind == CATALOGUE)
    if not facts:
        return union
    shown = ["counts.*", *(FACT_JOINS[fact][0] for fact in facts)]
    joins = [FACT_JOINS[fact][1] for fact in facts]
    if any(one.name == "app" for one in plan.used):
        shown.append("d_content as d_app")
    return "\n".join([f"select {', '.join(shown)}", f"from (\n{union}\n) as counts", *joins])


def _branches(plan: Plan) -> list[str]:
    events = [_events(plan, ENDS, plan.columns)]
    if plan.grain == EVENTS:
        return events
    split = bool(plan.split)
    days = [DAY_ROWS, *([f"not ({SPLIT})"] if split else [])]
    quarters = QUARTER_ROWS + (SPLIT_ROWS if split else "") + ")"
    found = [_counts(plan, "quarter", [quarters])]
    if plan.grain == DAYS:
        found.append(_counts(plan, "day", days))
    if plan.sketches:
        found.append(_events(plan, OPEN, ()))
    return found + events


def _counts(plan: Plan, grain: str, conditions: list[str]) -> str:
    """Return the counts of days or quarter hours."""
    value = plan.value
    own = _contents(plan)
    table = f"content_{grain}s" if own else "rollup"
    source = f"{table} final"
    if value is None:
        numbers = [f"toInt64({column}) as c_{column}" for column in plan.columns]
    else:
        source += f" array join {_cells(value, plan.columns)} as cell"
        numbers = [f"if(cell.1 = '', 'unknown', cell.1) as d_{value.name}"]
        numbers += [f"cell.{place} as c_{column}" for place, column in enumerate(plan.columns, start=2)]
    numbers += [f"{sketch} as s_{sketch}" for sketch in plan.sketches]
    own = own or [f"grain = '{grain}'"]
    shown = [*_keys(plan, at="at", ms="toUnixTimestamp(at)) * 1000"), *numbers]
    return _select(shown, source, [*own, *conditions])


def _events(plan: Plan, span: str, columns: Sequence[str]) -> str:
    """Return what single events count; columns that are not asked of them are 0."""
    keys = _keys(plan, at="toStartOfFifteenMinutes(ts)", ms="toUnixTimestamp64Milli(ts))")
    keys += [
        f"if({one.name} = '', 'unknown', toString({one.name})) as d_{one.name}"
        for one in plan.used
        if one.kind == VALUE
    ]
    numbers = [
        f"sum(toInt64({EVENT_COLUMNS[column]})) as c_{column}"
        if column in columns
        else f"toInt64(0) as c_{column}"
        for column in plan.columns
    ]
    numbers += [f"{EVENT_SKETCHES[sketch]} as s_{sketch}" for sketch in plan.sketches]
    own = _contents(plan)
    names = [key.rpartition(" as ")[2] for key in keys]
    return _select([*keys, *numbers], "events final", [*own, "countable", span], names)


def _contents(plan: Plan) -> list[str]:
    """Return which contents alone are read; nothing where all are."""
    if plan.by_content:
        return [ONE_OF]
    return [OF_CREATORS] if plan.creators else []


def _select(shown: Sequence[str], source: str, conditions: Sequence[str], keys: Sequence[str] = ()) -> str:
    lines = [f"select {', '.join(shown)}", f"from {source}", *_where(conditions)]
    return "\n".join([*lines, *([f"group by {', '.join(keys)}"] if keys else [])])


def _where(conditions: Sequence[str]) -> list[str]:
    return ["where " + "\n    and ".join(conditions)] if conditions else []


def _keys(plan: Plan, *, at: str, ms: str) -> list[str]:
    """Return the keys that time and content give.

    Args:
        plan: that is answered.
        at: the quarter hour of a row.
        ms: its moment, with the bracket that closes a conversion to a whole number.
    """
    local = LOCAL.format(at=at)
    found = []
    for one in plan.dimensions:
        if one.kind == BUCKET:
            found.append(f"roundDown(toInt64({ms}, {{edges:Array(Int64)}}) as d_{one.name}")
        elif one.kind == CYCLE:
            found.append(f"{CYCLES[one.name].format(local=local)} as d_{one.name}")
    if any(one.kind in {CONTENT, CATALOGUE} for one in plan.used):
        found.append("contentId as d_content")
    return found


def _cells(value: Dimension, columns: Sequence[str]) -> str:
    """Return of a row the counts by value, as tuples of a value and the columns; what names none is ''."""
    names, counts = [], {column: list[str]() for column in columns}
    for column in columns:
        by_value = value.maps[column]
        names.append(f"arrayPushBack(mapKeys({by_value}), '')")
        own = f"arrayMap(count -> toInt64(count), mapValues({by_value}))"
        rest = f"toInt64({column}) - toInt64(arraySum(mapValues({by_value})))"
        for other in columns:
            zeros = f"arrayWithConstant(length({by_value}) + 1, toInt64(0))"
            counts[other].append(f"arrayPushBack({own}, {rest})" if other == column else zeros)
    parts = [names, *(counts[column] for column in columns)]
    joined = [part[0] if len(part) == 1 else f"arrayConcat({', '.join(part)})" for part in parts]
    return f"arrayZip({', '.join(joined)})"
