"""Robots: which flagged events of the history count, decided again by other rules.

A row keeps the reason why it is flagged, so the flag can be taken and given back. Rows are changed where they stand: a
newer version of them would beat longer events of the same play.
"""

from __future__ import annotations

import structlog

from flows.archive.marks import Key
from flows.archive.moments import ms_of, time_of
from flows.archive.recounts import MANY_MARKS
from flows.archive.store import Store
from flows.streams.sink import Stopped
from streakline.ingest.robots import Rules
from streakline.times import QUARTER_MS

log = structlog.get_logger()


def keys_of(store: Store, shard: int, position: int, rules: Rules, first: int, last: int) -> list[Key]:
    """Return the keys with a flagged event up to a position that a rule matches, whether it counts or not.

    Args:
        store: of the history.
        shard: whose rows.
        position: of the newest entry that is looked at.
        rules: of which one has to match.
        first: the first bucket that is looked at, ms.
        last: the last one, ms.

    Returns:
        At most `MANY_MARKS`, in order of time.
    """
    rows = store.rows(
        "archive/flagged_keys", shard=shard, position=position, first=time_of(first), end=time_of(last + QUARTER_MS),
        most=MANY_MARKS, **_conditions("", rules),
    )  # fmt: skip
    return [(ms_of(at), content) for at, content in rows]


def decide(store: Store, shard: int, position: int, rules: Rules, changed: Rules) -> None:
    """Let the flagged events up to a position that a changed rule matches count where a rule in force matches them.

    It is so when this returns. What they say of contents is known then too, which is not taken from robots.
    """
    about = {"shard": shard, "position": position, **_conditions("changed_", changed)}
    store.run("archive/flag_robots", **about, **_conditions("", rules))
    _wait_for_updates(store)
    store.run("archive/facts_of_uncalled", **about)


def _wait_for_updates(store: Store) -> None:
    """Wait until every change of rows of `events` that was asked for is done.

    Raises:
        Stopped: if the process is asked to stop meanwhile.
    """
    pause, told = 0.02, ""
    while (under_way := store.rows("archive/updates_under_way")[0])[0]:
        if under_way[1] and under_way[1] != told:
            told = under_way[1]
            log.error("update_fails", error=told[:300], what_now="clickhouse tries again")
        if store.stop.wait(pause):
            msg = "stopped while rows were changed; it will be done after the next start"
            raise Stopped(msg)
        pause = min(1.0, pause * 2)


def _conditions(prefix: str, rules: Rules) -> dict[str, list[str]]:
    return {
        f"{prefix}reasons": [rule.reason for rule in rules],
        f"{prefix}agents": [rule.agent for rule in rules],
        f"{prefix}sources": [rule.source for rule in rules],
    }
