"""What history answers of the contents of a creator: the rows of his dashboards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from aiohttp import web

from server.api.questions import planned, titles
from server.resources.history import HISTORY, History
from sql.composed import Page, statement
from streakline.creators.questions import question
from streakline.history import buckets as calendar
from streakline.history.cover import moment_of
from streakline.history.plan import plan
from streakline.history.query import Query
from streakline.history.ranges import Range
from streakline.history.rows import Group, groups

Sums = dict[str, int | None]
"""Metric -> its sum; of a ratio its hundredths, None where nothing divides."""
NAME: Final = "history/creator"
"""Under which these questions are measured."""


class Asking(NamedTuple):
    """Who asks.

    Attributes:
        app: the application.
        first_open: start in ms of the first quarter hour that may be open, as it was before anything is read.
    """

    app: web.Application
    first_open: int

    @property
    def history(self) -> History:
        """The questions of this process."""
        return self.app[HISTORY]


async def groups_of(asking: Asking, query: Query) -> list[Group]:
    """Return the rows that answer a question, those with nothing left out.

    Raises:
        Unanswerable: if single events of a long range would have to be read.
    """
    buckets = [] if query.bucket is None else calendar.buckets(query.bucket.name, query.of, query.zone)
    made = plan(query, query.of, buckets, asking.first_open)
    text = statement(made, query.metrics, Page(query.orders, limit=True))
    rows = await planned(asking.app, NAME, text, made, query.zone, limit=query.limit)
    return groups(rows, query, [bucket.start for bucket in buckets])


async def by_value(
    asking: Asking, creator: str, metric: str, of: Range, dimension: str, limit: int
) -> list[tuple[str, int]]:
    """Return the values of a dimension with a metric of each, most first, `unknown` among them."""
    found = await groups_of(asking, question(creator, (metric,), of, by=dimension, limit=limit))
    return [(str(group.key[0]), group.values[0] or 0) for group in found]


def decimal(hundredths: int | None) -> float | None:
    """Return a ratio of sums as a number."""
    return None if hundredths is None else hundredths / 100


async def sums(asking: Asking, query: Query) -> Sums:
    """Return the sums of a question without dimensions."""
    [row] = await groups_of(asking, query)
    return {metric.name: value for metric, value in zip(query.metrics, row.values, strict=True)}


async def names(asking: Asking, contents: Iterable[str]) -> dict[str, str]:
    """Return content -> title; its id where nobody stated one."""
    wanted = set(contents)
    return {content: content for content in wanted} | await titles(asking.app, wanted)


async def follows(asking: Asking, creator: str, end: int) -> tuple[int, int]:
    """Return how many follow a creator before a moment in ms, and how many creators he follows."""
    [row] = await asking.history.rows("history/follows_of_creator", creator=creator, end=moment_of(end))
    return row["followers"], row["following"]
