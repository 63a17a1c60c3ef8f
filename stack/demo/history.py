"""A year of the members' listening, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from stack.demo.sessions import day_of_member, members
from stack.demo.wire import events_of

DAYS: Final = 365
DAY_MS: Final = 86_400_000


def history(seed: int, until: int, days: int = DAYS) -> Iterator[dict[str, Any]]:
    """Return the events of the days before a moment (epoch ms), oldest day first.

    A day gives the same events whenever it is asked for; the running one those that have happened by then.
    """
    today = until // DAY_MS
    for day in range(today - days, today + 2):  # a member east of UTC is already a day ahead
        for member in members():
            for session in day_of_member(seed, member, day):
                for due in events_of(session, live=False):
                    if due.at <= until and due.event["timestamp"] >= (today - days) * DAY_MS:
                        yield due.event
