"""Syncs: when an account is looked at next, and how its last look went. Every process sees it; none of it is secret."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from streakline.platforms.connectors.backoff import due_again
from streakline.platforms.connectors.faults import UNAVAILABLE, Fault

Outcome = Literal["never", "done", "partly", "unavailable", "failed", "lost"]
"""`partly`: some parts could not be asked; `lost`: its person has to connect it again."""


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the looks at an account.

    Attributes:
        due: when it is looked at next, ms; 0: at once.
        began: when the last look did, ms; 0: there was none.
        ended: when that ended, ms; less than `began` while it goes on, or if its process died meanwhile.
        outcome: of the last one that ended.
        fault: why it was not `done`.
        failures: how many in a row were not.
        values: events that the last one wrote.
        good: when the last one was good, in whole or in part, ms.
        position: covers all that was ever written of this account.
        notes: of the connector.
        unknown: names of numbers that nobody knew -> how often they came in the last look.
    """

    due: int = 0
    began: int = 0
    ended: int = 0
    outcome: Outcome = "never"
    fault: str = ""
    failures: int = 0
    values: int = 0
    good: int = 0
    position: str = ""
    notes: dict[str, Any] = {}
    unknown: dict[str, int] = {}

    def after(self, faults: list[tuple[str, Fault]], found: int, now: int, pace: int, chance: float) -> Sync:
        """Return what is known after a look that ended now.

        Args:
            faults: (part, fault) of what could not be asked; "" is the whole.
            found: values that it has nevertheless.
            now: ms.
            pace: ms from one good look to the next.
            chance: of [0, 1).
        """
        outcome = outcome_of(faults, found)
        told = "; ".join(f"{part}: {fault.why}" if part else fault.why for part, fault in faults)[:500]
        failures = 0 if outcome == "done" else self.failures + 1
        until = max((fault.until for _, fault in faults), default=0)
        due = now + pace
        if outcome not in {"done", "lost"}:
            due = min(due_again(failures, chance, now, until), max(due, until))
        return msgspec.structs.replace(
            self,
            due=due,
            ended=now,
            outcome=outcome,
            fault=told,
            failures=failures,
            good=now if outcome in {"done", "partly"} else self.good,
        )


def outcome_of(faults: list[tuple[str, Fault]], found: int) -> Outcome:
    """Return how a look went, in a word."""
    if not faults:
        return "done"
    kinds = {fault.kind for _, fault in faults}
    if "lost" in kinds:
        return "lost"
    if found:
        return "partly"
    return "unavailable" if kinds <= UNAVAILABLE else "failed"


_DECODER: Final = msgspec.json.Decoder(Sync)
NEVER: Final = Sync()


def packed(sync: Sync) -> bytes:
    """Return what the field of an account holds."""
    return msgspec.json.encode(sync)


def unpacked(held: bytes | None) -> Sync:
    """Return what is known of an account; of one of whom nothing is known that it is due."""
    return NEVER if held is None else _DECODER.decode(held)
