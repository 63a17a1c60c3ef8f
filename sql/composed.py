"""The statement of a question: composed of our own fragments, which rows of our own tables choose.

Nothing of what is asked becomes text: names are those of `streakline.history.metrics` and `dimensions`, values go as
native `{name:Type}` parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

from sql.branches import branches, where
from sql.fragments import FACT_JOINS, FACTS, OPERATORS, SETTINGS
from streakline.history.dimensions import CATALOGUE
from streakline.history.metrics import METRICS, Different, Metric, Ratio, Sum
from streakline.history.plan import Plan


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
            *where(_filters(plan)),
            *([f"group by {', '.join(keys)}"] if keys else []),
        ]
    )
    shown = [f"d_{one.name}" for one in plan.dimensions]
    shown += [f"{_value(metric)} as m_{metric.name}" for metric in metrics]
    limits = _limits(plan, metrics, page)
    ordered = [f"{_key(name)} {'desc' if down else 'asc'}" for name, down in page.orders]
    return "\n".join(
        [
            f"select {', '.join(shown)}",
            f"from (\n{grouped}\n)",
            *where(limits),
            *([f"order by {', '.join(ordered)}"] if ordered else []),
            *(["limit {limit:UInt32}"] if page.limit else []),
            SETTINGS,
        ]
    )


def sums(plan: Plan) -> str:
    """Return the statement of a plan without dimensions: a row of columns, breakdowns and sketches by their names."""
    shown = [f"sum(c_{column}) as {column}" for column in plan.columns]
    shown += [f"sumMap(b_{breakdown}) as {breakdown}" for breakdown in plan.maps]
    shown += [f"toInt64(uniqCombined64Merge(s_{sketch})) as {sketch}" for sketch in plan.sketches]
    return "\n".join([f"select {', '.join(shown)}", f"from (\n{_rows(plan)}\n)", SETTINGS])


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
        if place or not plan.by_content  # the first names the contents that alone are read
    ]
    if any(one.name == "app" for one in plan.used):
        found.append("d_contentType = 'app'")
    return found


def _rows(plan: Plan) -> str:
    """Return the rows of all branches, with what the catalogue knows of their contents."""
    union = "\nunion all\n".join(branches(plan))
    facts = dict.fromkeys(FACTS[one.name] for one in plan.used if one.kind == CATALOGUE)
    if not facts:
        return union
    shown = ["counts.*", *(FACT_JOINS[fact][0] for fact in facts)]
    joins = [FACT_JOINS[fact][1] for fact in facts]
    if any(one.name == "app" for one in plan.used):
        shown.append("d_content as d_app")
    return "\n".join([f"select {', '.join(shown)}", f"from (\n{union}\n) as counts", *joins])
