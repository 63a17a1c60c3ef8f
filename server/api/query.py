"""The question of history that an analyst puts together: metrics by dimensions over a range."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from aiohttp import web

from server.api.query_answers import (
    Definitions,
    DescribedDimension,
    DescribedMetric,
    Incomplete,
    Meta,
    QueryAnswer,
    Span,
)
from server.api.questions import from_first, planned, titles
from server.door.access import require, require_public_read
from server.door.answers import cached_answer
from server.door.bodies import read_body
from server.door.kept import kept_answer
from server.door.parameters import Parameters
from server.door.rows import FORMS, JSON, accepted_form, rows_answer
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.history import in_parts
from server.resources.kept import Question, opened, read_shards
from server.resources.redis_client import INSTALLATION, REDIS
from sql.composed import Page, statement
from streakline.history import buckets as calendar
from streakline.history.buckets import Bucket, TooManyBuckets
from streakline.history.comparisons import move, moved
from streakline.history.dimensions import DIMENSIONS
from streakline.history.freshness import Shard
from streakline.history.metrics import ERROR, METRICS
from streakline.history.pages import Cursor, Key, packed, unpacked
from streakline.history.plan import Plan, plan
from streakline.history.query import MOST as PAGE
from streakline.history.query import Query, Unanswerable, read
from streakline.history.ranges import Range
from streakline.history.rows import MOST, Group, check_after, columns, filled, groups, key_of, page_of, shown
from streakline.times import iso

DEFINED_SECONDS: Final = 300
"""For how long a cache may give the definitions."""
NAME: Final = "history/query"
"""Under which questions are measured."""


async def post_query(request: web.Request) -> web.StreamResponse:
    """`POST /api/v1/query`: metrics by dimensions over a range.

    Parameter: `format`. Needs the scope `read:admin`. Answer: golden `query`, or every row as a file; 400 for what
    cannot be asked, 422 `too-costly`.
    """
    require(request, "read:admin")
    form = Parameters(request, "format").choice("format", (JSON, *FORMS), accepted_form(request))
    body = await read_body(request)
    try:
        query = read(body, request.app[CLOCK].now_ms())
        check_after(query)
        if form != JSON:
            return await rows_answer(request, form, "query", columns(query), _pages(request.app, query))
        return await _kept(request, body, query)
    except TooManyBuckets as error:
        raise Problem(422, "too-costly", str(error)) from error
    except Unanswerable as error:
        raise Problem(422 if error.code == "too-costly" else 400, error.code, str(error)) from error


async def _kept(request: web.Request, body: bytes, query: Query) -> web.Response:
    async def make(shards: Sequence[Shard]) -> QueryAnswer:
        return await _answer(request.app, query, shards)

    return await kept_answer(request, Question(b"query " + body, query.of.end, query.is_now), make)


async def _pages(app: web.Application, query: Query) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """Return the rows of every page from the one that is asked for on; of one divided by time all at once."""
    query = msgspec.structs.replace(query, limit=MOST if query.is_timed else PAGE)
    while True:
        page = await _answer(app, query, await read_shards(app[REDIS], app[INSTALLATION].shards))
        yield page.rows
        if page.next_cursor is None:
            return
        query = msgspec.structs.replace(query, after=unpacked(page.next_cursor, query.number).after)


async def query_definitions(request: web.Request) -> web.Response:
    """`GET /api/v1/query/definitions`: every metric and dimension in words. Answer: golden `query_definitions`."""
    require_public_read(request)
    Parameters(request)
    return cached_answer(request, _definitions(METRICS, DIMENSIONS), seconds=DEFINED_SECONDS)


def _definitions(metrics: Collection[str], dimensions: Collection[str]) -> Definitions:
    return Definitions(
        metrics={name: DescribedMetric(*METRICS[name].described) for name in metrics},
        dimensions={name: DescribedDimension(*DIMENSIONS[name].described) for name in dimensions},
    )


async def _answer(app: web.Application, query: Query, shards: Sequence[Shard]) -> QueryAnswer:
    if query.bucket is not None:
        query = msgspec.structs.replace(query, of=await from_first(app, query.of))
    buckets = _buckets(query)
    edges = [bucket.start for bucket in buckets]
    first_open = opened(shards)
    made = plan(query, query.of, buckets, first_open)
    before = _compared(query, buckets, first_open)
    found = await _groups(app, query, made, edges)
    if query.is_timed:
        found = page_of(filled(found, query, buckets), query)
    more, found = len(found) > query.limit, found[: query.limit]
    compared: dict[Key, Group] | None = None
    if before is not None:
        other, moved_edges, _ = before
        parts = (
            in_parts(found, lambda group: group.key) if query.dimensions and not query.is_timed else [found]
        )
        compared = {
            one.key: one
            for part in parts
            for one in await _groups(app, query, other, moved_edges, among=part)
        }
    described = _definitions(
        [metric.name for metric in query.metrics], [one.name for one in query.dimensions]
    )
    return QueryAnswer(
        rows=shown(found, query, buckets, compared),
        next_cursor=packed(Cursor(query.number, query.as_of, key_of(found[-1], query))) if more else None,
        meta=Meta(
            time_range=query.of.name,
            range=Span(start=iso(query.of.start), to=iso(query.of.end)),
            as_of=iso(query.as_of),
            tz=query.zone.key,
            read_from=made.grain,
            approximate={metric.name: ERROR for metric in query.metrics if metric.sketch},
            incomplete=_incomplete(app, query, made, shards),
            partial=_partial(query, buckets),
            metrics=described.metrics,
            dimensions=described.dimensions,
            titles=await _titles(app, query, found),
            compared=None if before is None else Span(start=iso(before[2].start), to=iso(before[2].end)),
        ),
    )


def _buckets(query: Query) -> list[Bucket]:
    return [] if query.bucket is None else calendar.buckets(query.bucket.name, query.of, query.zone)


def _partial(query: Query, buckets: Sequence[Bucket]) -> list[str]:
    if query.bucket is None or not buckets:
        return []
    return calendar.cut(buckets, query.of, calendar.end_of(query.bucket.name, buckets[-1], query.zone))


def _compared(
    query: Query, buckets: Sequence[Bucket], first_open: int
) -> tuple[Plan, list[int], Range] | None:
    """Return how the range that is compared with is read, its buckets' first ms, and the range."""
    if not query.compare:
        return None
    by = move(query.compare, query.of, query.zone)
    start, end = moved([query.of.start, query.of.end], by, query.zone)
    edges = moved([bucket.start for bucket in buckets], by, query.zone)
    of = Range(query.of.name, start, end)
    if start >= end:
        raise Unanswerable("compare", f"compare {query.compare} has no range: nothing lies so far back")
    shifted = [Bucket(bucket.label, edge) for bucket, edge in zip(buckets, edges, strict=True)]
    return plan(query, of, shifted, first_open), edges, of


async def _groups(
    app: web.Application,
    query: Query,
    made: Plan,
    edges: Sequence[int],
    among: Sequence[Group] | None = None,
) -> list[Group]:
    """Return the groups of a plan: of one divided by time all of them, else those of the page and one more."""
    given: dict[str, Any] = {}
    if among is not None and query.dimensions and not query.is_timed:
        if not among:
            return []
        page = Page(among=True)
        given |= {
            f"k{place}": list(column)
            for place, column in enumerate(zip(*(g.key for g in among), strict=True))
        }
    elif among is not None or query.is_timed:
        page = Page(limit=True)
        given["limit"] = MOST + 1
    else:
        page = Page(query.orders, limit=True, after=query.after is not None)
        given["limit"] = query.limit + 1
        given |= {f"a{place}": part for place, part in enumerate(query.after or ())}
    rows = await planned(app, NAME, statement(made, query.metrics, page), made, query.zone, **given)
    if query.is_timed and len(rows) > MOST:
        raise Unanswerable(
            "too-costly", f"the answer has more than {MOST:,} rows; filter, or ask for longer buckets"
        )
    return groups(rows, query, edges)


def _incomplete(app: web.Application, query: Query, made: Plan, shards: Sequence[Shard]) -> list[Incomplete]:
    """Return why numbers may change, by what the shards were before the rows were read: what they lack is owed."""
    among = {app[INSTALLATION].shard_of(content) for content in made.contents}
    asked = among if made.by_content else set(range(len(shards)))
    found = []
    first_open = min(shards[number].first_open for number in asked)
    if query.of.end > first_open:
        found.append(Incomplete(reason="open-quarter-hours", start=iso(max(query.of.start, first_open))))
    owed = sorted(number for number in asked if shards[number].owed)
    if owed:
        found.append(Incomplete(reason="recounts-owed", shards=owed))
    return found


async def _titles(app: web.Application, query: Query, found: Sequence[Group]) -> dict[str, str] | None:
    """Return the titles of the contents that an answer names; None where it names none."""
    named = [place for place, one in enumerate(query.dimensions) if one.name in {"content", "app"}]
    if not named:
        return None
    return await titles(app, (str(group.key[place]) for group in found for place in named))
