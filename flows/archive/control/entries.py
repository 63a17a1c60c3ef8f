"""Control entries, one shard: a recount of a range, and a changed rule for robots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from flows.archive.control import robots, search
from flows.archive.ledger import Ledger
from flows.archive.recounts import MANY_MARKS, Recounts
from flows.archive.store import Store
from streakline.ingest.robots import CONTROL as ROBOTS
from streakline.ingest.robots import rules_of
from streakline.streams import keys, progress
from streakline.times import AHEAD_MS, EARLIEST_MS, QUARTER_MS, SEQ_BITS, bucket_of

log = structlog.get_logger()

RECOUNT: Final = "recount"
_FIRST: Final = bucket_of(EARLIEST_MS)


class ControlEntries:
    """Does what control entries of a shard say. A repeat changes nothing, also of one that broke off."""

    def __init__(self, ledger: Ledger, store: Store) -> None:
        """Prepare to write to the store and to what Redis keeps of the shard."""
        self._ledger, self._store, self._shard = ledger, store, ledger.shard

    def apply(self, recounts: Recounts, control: Mapping[str, Any], position: int) -> dict[str, int]:
        """Do what a control entry at a position says; return the fields of `marks` that are still to be written.

        What came before the entry must be in `events`.

        Raises:
            ValueError: if archive knows no such entry; nothing is done.
        """
        try:
            if control.get("kind") == RECOUNT:
                return self._recount(recounts, control, position)
            if control.get("kind") == ROBOTS:
                return self._robots(recounts, control, position)
        except ValueError as error:
            msg = f"control entry {dict(control)!r} is none that archive knows: {error}"
            raise ValueError(msg) from error
        msg = f"control entry {dict(control)!r} is none that archive knows"
        raise ValueError(msg)

    def _recount(self, recounts: Recounts, control: Mapping[str, Any], position: int) -> dict[str, int]:
        first, last = control.get("from"), control.get("to")
        if not (isinstance(first, int | None) and isinstance(last, int | None)):
            msg = "from and to are moments in ms"
            raise ValueError(msg)  # noqa: TRY004 - a value of the entry, not an argument
        begin = bucket_of(EARLIEST_MS if first is None else max(first, EARLIEST_MS))
        # What is not closed yet will be counted at its close.
        end = recounts.closed if last is None else min(recounts.closed, bucket_of(last))
        log.info("recount_asked", shard=self._shard, first=begin, last=end)
        if first is None and last is None and self._shard == 0:
            search.restore(self._store, position)
            self._store.run("archive/copy_personal_events")
            self._store.run("archive/copy_person_ids")
            self._store.run("archive/copy_observations")
        return recounts.marks.add_range(begin, end, position) if begin <= end else {}

    def _robots(self, recounts: Recounts, control: Mapping[str, Any], position: int) -> dict[str, int]:
        """Decide again which flagged events count, and mark every key that has one that a changed rule matches.

        The marks come first, and of all such keys, whether their rows change or not: where this broke off before, rows
        may have changed already, and a recount of a mark may have come before that.
        """
        rules, changed = rules_of(control.get("rules")), rules_of(control.get("changed"))
        if not changed:
            return {}
        closed, last = recounts.closed, bucket_of((position >> SEQ_BITS) + AHEAD_MS)
        ended = robots.keys_of(self._store, self._shard, position, changed, _FIRST, closed)
        running = robots.keys_of(self._store, self._shard, position, changed, closed + QUARTER_MS, last)
        marks = dict.fromkeys(running, position)
        if len(ended) < MANY_MARKS:
            marks |= dict.fromkeys(ended, position)
        fields = list(recounts.marks.add(marks).items())
        if len(ended) >= MANY_MARKS:  # their range is shorter to write, and to hold
            fields += recounts.marks.add_range(ended[0][0], closed, position).items()
        recounts.write(fields)
        if running:
            # Their open counts were made by the older rules, and stay so until their close.
            newest = running[-1][0] if len(running) < MANY_MARKS else last
            off = max(newest, self._ledger.off_until())
            self._ledger.write([("HSET", keys.progress(self._shard), progress.ARCHIVE_OFF, off)])
        log.info("robots_decided_again", shard=self._shard, keys=len(ended) + len(running))
        if ended or running:
            robots.decide(self._store, self._shard, position, rules, changed)
        return {}
