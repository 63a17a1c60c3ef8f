"""Known faults of several: owners of a shard, hosts with clocks of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from unittest.mock import patch

from flows import bridge
from flows.archive import raw as archive_raw
from flows.archive import rows as archive_rows
from flows.archive.ledger import HeldBase
from flows.archive.recounts import Recounts
from flows.streams.connection import Command
from proofs.simulate.mutations.rollback import Replacement
from streakline.lateness import LATENESS_MS
from streakline.times import QUARTER_MS

Work = Callable[[HeldBase], Sequence[Command]]


def _an_older_close_is_said() -> list[Replacement]:
    """Archive says a base up to where it has closed itself, though another owner has closed more."""
    commit = Recounts._commit

    def blind(self: Recounts, upto: int, raw: int, count: Any) -> None:
        rebase = self._ledger.rebase

        def own(work: Work) -> None:
            def unaware(held: HeldBase) -> Sequence[Command]:
                held.upto = None if held.upto is None else self.closed
                return work(held)

            rebase(unaware)

        with patch.object(self._ledger, "rebase", own):
            commit(self, upto, raw, count)

    return [(Recounts, "_commit", blind)]


def _owes_nothing_of_what_another_read() -> list[Replacement]:
    """Archive says what it owes beside how far another owner of the shard is."""
    settle = Recounts.settle

    def apart(self: Recounts, clock: int, raw: int, now: float, _notes: Mapping[str, str]) -> range:
        return settle(self, clock, raw, now, {})

    return [(Recounts, "settle", apart)]


def _late_by_the_hosts_clock() -> list[Replacement]:
    """Archive calls an event late by the clock on its wall, not by the entry that it came in."""
    late_marks = archive_rows.late_marks

    def by_the_wall(*arguments: Any) -> Any:
        now = int(bridge._now() * 1000)
        return {
            key: position
            for key, position in late_marks(*arguments).items()
            if now >= key[0] + QUARTER_MS + LATENESS_MS
        }

    return [(archive_raw, "late_marks", by_the_wall)]


FAULTS: Final[tuple[Callable[[], list[Replacement]], ...]] = (
    _an_older_close_is_said, _owes_nothing_of_what_another_read, _late_by_the_hosts_clock,
)  # fmt: skip
