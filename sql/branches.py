"""The rows that a plan reads, of each part of its range: from sums of the site, from counts by content, from events."""

from __future__ import annotations

from collections.abc import Sequence

from sql.fragments import (
    CLOSED_TAIL_ROWS,
    CYCLES,
    DAY_ROWS,
    ENDS,
    EVENT_COLUMNS,
    EVENT_MAPS,
    EVENT_SKETCHES,
    HEAD_ROWS,
    LOCAL,
    OF_CREATORS,
    ONE_OF,
    OPEN,
    OPEN_ROWS,
    SPLIT,
    TAIL_ROWS,
)
from streakline.history.dimensions import BUCKET, CATALOGUE, CONTENT, CYCLE, VALUE, Dimension
from streakline.history.plan import Plan


def branches(plan: Plan) -> list[str]:
    """Return the statements whose rows answer for the parts of a plan's range; a part that is empty has none."""
    divided = plan.divided
    found = _of_site(plan) if plan.of_site else _of_contents(plan)
    if plan.sketches and divided.has_open:
        found.append(_events(plan, OPEN, (), ()))
    if divided.has_ends or not found:  # nothing of nothing, for a range that is empty
        found.append(_events(plan, ENDS, plan.columns, plan.maps))
    return found


def _of_site(plan: Plan) -> list[str]:
    """Return the counts of all contents together: what is open was not added up."""
    divided, found = plan.divided, list[str]()
    quarters = _either([*_heads(plan), CLOSED_TAIL_ROWS])
    if divided.has_days:
        both = f"(grain = 'quarter' and {quarters} or grain = 'day' and {_days(plan)})"
        found.append(_counts(plan, "site_counts", [both]))
    elif divided.quarters < divided.closed_end:
        found.append(_counts(plan, "site_counts", ["grain = 'quarter'", quarters]))
    if divided.has_open:
        found.append(_counts(plan, "rollup", ["grain = 'quarter'", OPEN_ROWS]))
    return found


def _of_contents(plan: Plan) -> list[str]:
    """Return the counts by content, of some contents from the tables that have these side by side."""
    divided, own, found = plan.divided, _contents(plan), list[str]()
    if divided.has_quarters or plan.split:
        table, which = ("content_quarters", own) if own else ("rollup", ["grain = 'quarter'"])
        found.append(_counts(plan, table, [*which, _either([*_heads(plan), TAIL_ROWS])]))
    if divided.has_days:
        table, which = ("content_days", own) if own else ("rollup", ["grain = 'day'"])
        found.append(_counts(plan, table, [*which, _days(plan)]))
    return found


def _heads(plan: Plan) -> list[str]:
    """Return the quarter hours before the days, and those of the days that an edge divides."""
    heads = [HEAD_ROWS] if plan.divided.has_days else []
    return [*heads, f"{DAY_ROWS} and {SPLIT}"] if plan.split else heads


def _days(plan: Plan) -> str:
    return f"{DAY_ROWS} and not ({SPLIT})" if plan.split else DAY_ROWS


def _either(conditions: Sequence[str]) -> str:
    return "(" + " or ".join(f"({one})" for one in conditions) + ")"


def _counts(plan: Plan, table: str, conditions: Sequence[str]) -> str:
    """Return the counts of days or quarter hours of a table."""
    value = plan.value
    source = f"{table} final"
    if value is None:
        numbers = [f"toInt64({column}) as c_{column}" for column in plan.columns]
    else:
        source += f" array join {_cells(value, plan.columns)} as cell"
        numbers = [f"if(cell.1 = '', 'unknown', cell.1) as d_{value.name}"]
        numbers += [f"cell.{place} as c_{column}" for place, column in enumerate(plan.columns, start=2)]
    numbers += [f"mapApply((k, v) -> (k, toInt64(v)), {one}) as b_{one}" for one in plan.maps]
    numbers += [f"{sketch} as s_{sketch}" for sketch in plan.sketches]
    shown = [*_keys(plan, at="at", ms="toUnixTimestamp(at)) * 1000"), *numbers]
    return _select(shown, source, conditions)


def _events(plan: Plan, span: str, columns: Sequence[str], maps: Sequence[str]) -> str:
    """Return what single events count; columns and breakdowns that are not asked of them are empty."""
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
    nothing = "cast(map(), 'Map(String, Int64)')"
    numbers += [f"{EVENT_MAPS[one] if one in maps else nothing} as b_{one}" for one in plan.maps]
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
    lines = [f"select {', '.join(shown)}", f"from {source}", *where(conditions)]
    return "\n".join([*lines, *([f"group by {', '.join(keys)}"] if keys else [])])


def where(conditions: Sequence[str]) -> list[str]:
    """Return the line of conditions that all hold, none without any."""
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
