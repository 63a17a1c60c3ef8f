"""The jobs: name, when, what. One file a job; each may be run again at any time, and is after a death amid it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, NamedTuple

from aiohttp import web

from server.jobs.check_history import check_history
from server.jobs.people.nightly import nightly_statistics
from server.jobs.people.yearly import year_in_review
from server.jobs.platforms import EVERY, NAME, SECONDS, platforms


class Job(NamedTuple):
    """A job.

    Attributes:
        name: of its metrics, of its log and on the System page; never changed.
        when: a length of time, or minute, hour, day of month, month and day of week in UTC as cron has them.
        seconds: after which a run is given up.
        run: what is done; an error that it raises is the run's.
    """

    name: str
    when: timedelta | str
    seconds: float
    run: Callable[[web.Application], Awaitable[None]]


HOUR: Final = 3_600.0
JOBS: Final = (
    Job("check-history", timedelta(minutes=1), 30.0, check_history),
    Job("nightly-statistics", "20 3 * * *", 20 * HOUR, nightly_statistics),
    Job("year-in-review", timedelta(hours=1), 20 * HOUR, year_in_review),
    Job(NAME, EVERY, SECONDS, platforms),
)
