"""Verification: every number of history counted again, by plain SQL of its own, and compared.

raw -> quarter hours -> days -> lifetime base, and, where nothing moves, open buckets and live windows too.
It knows ClickHouse and takes what Redis holds as arguments, so that the comparison itself can be tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from clickhouse_connect.driver.client import Client

import sql
from streakline.history.totals import DROP_OFF_SECONDS
from streakline.kinds import NAMES
from streakline.live_windows import WINDOWED
from streakline.measures import BREAKDOWN_DIMENSIONS, BREAKDOWNS, MEASURES, Counts
from streakline.times import DAY_MS, QUARTER_MS, iso

SKETCH_ERROR: Final = 0.02
"""How far a merged number of uniques may be from the exact one; measured errors are below 0.006."""
ROWS_AT_ONCE: Final = 2_000_000
"""Rows of `events` that one comparison reads; it holds one group for each identity in memory."""
NAMED: Final = 20
"""Keys that a check names; the rest are counted."""

NameOfCode = Callable[[str, int], str]
Cells = Mapping[str, int]


class Check(NamedTuple):
    """The outcome of one comparison, on one shard or (None) on all."""

    name: str
    shard: int | None
    compared: int
    differing: int
    named: tuple[str, ...] = ()
    """Keys that differ, at most `NAMED`, each with what raw (or the finer grain) has more."""
    error: float = 0.0
    """The largest error of a merged number of uniques."""


def quarters(client: Client, shard: int, upto: int) -> Check:
    """Compare closed quarter hours (start <= `upto`, ms) with a count of `events`."""
    spans = _spans(client, shard, upto)
    return _summed(
        "quarter hours", shard, (_compared(client, "verify/quarters", shard, *s, upto) for s in spans)
    )


def days(client: Client, shard: int, upto: int) -> Check:
    """Compare closed days with the sums of their quarter hours."""
    end = datetime.fromtimestamp((upto + QUARTER_MS) // DAY_MS * DAY_MS / 1000, UTC)
    spans = ((first, min(last, end)) for first, last in _spans(client, shard, upto) if first < end)
    return _summed("days", shard, (_compared(client, "verify/days", shard, *s, upto) for s in spans))


def site(client: Client, shard: int, upto: int) -> Check:
    """Compare the site's closed quarter hours and days with the sums of their contents."""
    spans = _spans(client, shard, upto)
    return _summed("site", shard, (_compared(client, "verify/site", shard, *s, upto) for s in spans))


def stops(client: Client, shard: int, upto: int) -> Check:
    """Compare where starts stopped, by closed quarter hour and content, with a count of `events`."""
    return _of_keys(client, "drop-off", "verify/stops", shard, upto, seconds=list(DROP_OFF_SECONDS))


def people(client: Client, shard: int, upto: int) -> Check:
    """Compare what persons played, by closed quarter hour and content, with a count of `events`."""
    return _of_keys(client, "people", "verify/people", shard, upto)


def _of_keys(client: Client, name: str, query: str, shard: int, upto: int, **more: Any) -> Check:
    """Return a comparison whose query answers keys, those that differ, and some: bucket, names, wanted, found."""
    compared, differing, named = 0, 0, list[str]()
    for first, end in _spans(client, shard, upto):
        parameters = {"shard": shard, "first": first, "end": end, "upto": _at(upto), **more}
        keys, wrong, examples = client.query(sql.query(query), parameters).result_rows[0]
        compared, differing = compared + keys, differing + wrong
        named += [
            f"{iso(at * 1000)} {' '.join(names)}: {found} instead of {wanted}"
            for at, *names, wanted, found in examples
        ]
    return Check(name, shard, compared, differing, tuple(named[:NAMED]))


def lifetime(
    client: Client, shard: int, upto: int, base: Mapping[str, Counts], whole: Counts, names: NameOfCode
) -> Check:
    """Compare the lifetime base of a shard (content -> counts, and all) with the sum of quarter hours."""
    rows = client.query(sql.query("verify/lifetime"), {"shard": shard, "upto": _at(upto)}).result_rows
    wanted = {content: (list(measures), dict(cells)) for content, measures, cells in rows}
    found = {content: _plain(counts, names) for content, counts in base.items()}
    total = [sum(column) for column in zip(*(m for m, _ in wanted.values()), strict=True)] or [0] * len(
        MEASURES
    )
    return _of_mappings("lifetime", shard, {**wanted, "(all)": (total, None)},
                        {**found, "(all)": (list(whole.measures), None)})  # fmt: skip


def search_plays(client: Client) -> Check:
    """Compare the plays by which a search orders contents, of all shards, with their closed quarter hours."""
    compared, differing, examples = client.query(sql.query("verify/search_plays")).result_rows[0]
    named = [
        f"{content}: {'no row' if found < 0 else f'{found:,} plays'} instead of "
        + ("no row" if wanted < 0 else f"{wanted:,}")
        for content, wanted, found in examples
    ]
    return Check("plays of the search", None, compared, differing, tuple(sorted(named)))


def search_names(client: Client) -> Check:
    """Compare the names that a search finds contents by with the facts of the catalogue."""
    compared, differing, examples = client.query(sql.query("verify/search_names")).result_rows[0]
    named = [
        f"{fact} of {content}: {_shown(found)} instead of {_shown(wanted)}"
        for content, fact, wanted, found in examples
    ]
    return Check("names of the search", None, compared, differing, tuple(sorted(named)))


def personal_events(client: Client) -> Check:
    """Compare freezes, pauses, repairs and settings by person with the events that they are copied of."""
    compared, differing, examples = client.query(sql.query("verify/personal_events")).result_rows[0]
    named = [
        f"{NAMES[kind]} {id_} of {user} at {iso(at)}: {'not copied' if lacks else 'a copy of no event'}"
        for user, kind, id_, at, lacks in examples
    ]
    return Check("personal events", None, compared, differing, tuple(sorted(named)))


def person_ids(client: Client) -> Check:
    """Compare the ids by which domain events find persons with the events that they are copied of."""
    compared, differing, users = client.query(sql.query("verify/person_ids")).result_rows[0]
    return Check(
        "ids of persons", None, compared, differing, tuple(f"{user}: no row" for user in sorted(users))
    )


def observations(client: Client) -> Check:
    """Compare what other platforms measured, by owner, with the events that it is copied of."""
    compared, differing, examples = client.query(sql.query("verify/observations")).result_rows[0]
    named = [
        f"{name} of {owner} on {platform} at {iso(at)}, {id_}: {'not copied' if lacks else 'a copy of no event'}"
        for owner, platform, name, id_, at, lacks in examples
    ]
    return Check("observations", None, compared, differing, tuple(sorted(named)))


def _shown(rows: Sequence[tuple[str, str, int]]) -> str:
    return (
        " and ".join(f"{title!r} (as {folded!r}, {version})" for title, folded, version in rows) or "no row"
    )


def open_buckets(
    client: Client, shard: int, upto: int, held: Mapping[tuple[int, str], Counts], names: NameOfCode
) -> list[Check]:
    """Compare open buckets, (bucket in ms, content) -> counts, and provisional rows with `events`."""
    wanted, provisional = (
        _by_bucket(client, name, shard, upto) for name in ("verify/open", "verify/provisional")
    )
    found = {f"{iso(bucket)} {content}": _plain(counts, names) for (bucket, content), counts in held.items()}
    return [
        _of_mappings("open buckets", shard, wanted, found),
        _of_mappings("provisional rows", shard, wanted, provisional),
    ]


def _by_bucket(
    client: Client, name: str, shard: int, upto: int
) -> dict[str, tuple[list[int], dict[str, int]]]:
    rows = client.query(sql.query(name), {"shard": shard, "first": _at(upto + QUARTER_MS)}).result_rows
    return {f"{iso(b * 1000)} {content}": (list(m), dict(cells)) for b, content, m, cells in rows}


def live_minutes(client: Client, shard: int, first: int, held: Mapping[int, Sequence[int]]) -> Check:
    """Compare the live windows, minute in ms -> `WINDOWED` counts, with `events` from a minute on."""
    rows = client.query(sql.query("verify/minutes"), {"shard": shard, "first": _at(first)}).result_rows
    wanted = {iso(minute * 1000): (list(counts), None) for minute, counts in rows}
    found = {iso(minute): (list(counts), None) for minute, counts in held.items() if minute >= first}
    return _of_mappings("live minutes", shard, wanted, found, WINDOWED)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _spans(client: Client, shard: int, upto: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield [first, end) spans of whole days with about `ROWS_AT_ONCE` rows each, up to the day of `upto`."""
    rows = client.query(sql.query("verify/raw_days"), {"shard": shard}).result_rows
    first: date | None = None
    last, size = date.min, 0
    for day, number in rows:
        if day > _at(upto).date():
            break
        if first is not None and size + number > ROWS_AT_ONCE:
            yield _midnight(first), _midnight(last + timedelta(days=1))
            first, size = None, 0
        first, last, size = first or day, day, size + number
    if first is not None:
        yield _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _compared(client: Client, name: str, shard: int, first: datetime, end: datetime, upto: int) -> Check:
    parameters = {"shard": shard, "first": first, "end": end, "upto": _at(upto), "error": SKETCH_ERROR}
    compared, differing, examples, error = client.query(sql.query(name), parameters).result_rows[0]
    named = tuple(_worded(*example) for example in examples)
    return Check(name, shard, compared, differing, named, error)


def _worded(at: int, content: str, measures: Sequence[int], cells: Cells, exact: Any, merged: Any) -> str:
    parts = _differences(measures, cells)
    if exact and merged and list(exact) != list(merged):
        parts.append(f"uniques {list(exact)} against {list(merged)}")
    return f"{iso(at * 1000)} {content}: {', '.join(parts)}"


def _differences(measures: Sequence[int], cells: Cells, names: Sequence[str] = MEASURES) -> list[str]:
    parts = [f"{name} {more:+d}" for name, more in zip(names, measures, strict=True) if more]
    return parts + [f"{cell} {more:+d}" for cell, more in sorted(cells.items()) if more]


def _summed(name: str, shard: int, checks: Iterator[Check]) -> Check:
    compared = differing = 0
    named: tuple[str, ...] = ()
    error = 0.0
    for check in checks:
        compared += check.compared
        differing += check.differing
        named += check.named
        error = max(error, check.error)
    return Check(name, shard, compared, differing, named[:NAMED], error)


def _plain(counts: Counts, names: NameOfCode) -> tuple[list[int], dict[str, int]]:
    cells: dict[str, int] = {}
    for (breakdown, code), count in counts.cells.items():
        cell = f"{BREAKDOWNS[breakdown]}={names(BREAKDOWN_DIMENSIONS[breakdown], code)}"
        cells[cell] = cells.get(cell, 0) + count
    return list(counts.measures), cells


def _of_mappings(
    name: str,
    shard: int,
    wanted: Mapping[str, Any],
    found: Mapping[str, Any],
    columns: Sequence[str] = MEASURES,
) -> Check:
    """Compare key -> (numbers, cells or None); a key that one side lacks counts as zeros."""
    nothing: tuple[list[int], dict[str, int]] = ([0] * len(columns), {})
    named = []
    both = wanted.keys() | found.keys()
    for key in sorted(both):
        (a, a_cells), (b, b_cells) = wanted.get(key, nothing), found.get(key, nothing)
        more = [x - y for x, y in zip(a, b, strict=True)]
        one, other = a_cells or {}, b_cells or {}
        cells = {cell: one.get(cell, 0) - other.get(cell, 0) for cell in one.keys() | other.keys()}
        differences = _differences(more, cells, columns)
        if differences:
            named.append(f"{key}: {', '.join(differences)}")
    return Check(name, shard, len(both), len(named), tuple(named[:NAMED]))
