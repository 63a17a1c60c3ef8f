"""Known faults of several: owners of a shard, hosts with clocks of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unittest.mock import patch

from flows import bridge
from flows.archive import raw as archive_raw
from flows.archive.ledger import HeldBase
from flows.archive.recounts import Recounts
from flows.streams.connection import Command
from proofs.simulate.mutations.fault import fault
from streakline.lateness import LATENESS_MS
from streakline.times import QUARTER_MS


@fault(Recounts, "_commit")
def an_older_close_is_said(commit: Any, recounts: Recounts, *arguments: Any) -> None:
    """Archive says a base up to where it has closed itself, though another owner has closed more."""
    rebase = recounts._ledger.rebase

    def own(work: Callable[[HeldBase], Sequence[Command]]) -> None:
        def unaware(held: HeldBase) -> Sequence[Command]:
            held.upto = None if held.upto is None else recounts.closed
            return work(held)

        rebase(unaware)

    with patch.object(recounts._ledger, "rebase", own):
        commit(recounts, *arguments)


@fault(Recounts, "settle")
def owes_nothing_of_what_another_read(
    settle: Any, recounts: Recounts, clock: int, raw: int, now: float, _read: Mapping[str, str]
) -> Any:
    """Archive says what it owes beside how far another owner of the shard is."""
    return settle(recounts, clock, raw, now, {})


@fault(archive_raw, "late_marks")
def late_by_the_hosts_clock(late_marks: Any, *arguments: Any) -> Any:
    """Archive calls an event late by the clock on its wall, not by the entry that it came in."""
    open_from = int(bridge._now() * 1000) - QUARTER_MS - LATENESS_MS
    return {key: position for key, position in late_marks(*arguments).items() if key[0] <= open_from}


@fault(Recounts, "_recount")
def the_site_hears_of_closes_alone(recount: Any, recounts: Recounts, *arguments: Any) -> None:
    """Archive adds up the site when it closes, not when it counts again."""
    with patch.object(recounts._store, "add_up", lambda *_: None):
        recount(recounts, *arguments)
