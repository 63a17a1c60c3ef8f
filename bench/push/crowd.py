"""A crowd: the handle of one process of listeners, and what it saw."""

from __future__ import annotations

import json
from typing import NamedTuple

from proofs.running.child import Child


class Seen(NamedTuple):
    """What listeners saw since `begin`."""

    messages: int
    bytes: int
    closed: int
    """Connections that ended since the beginning of all."""
    ages: dict[int, int]
    """Age of a message when it was read, in ms -> how many."""

    def quantile(self, share: float) -> int:
        """Return the age in ms that `share` of the messages do not exceed."""
        wanted = share * sum(self.ages.values())
        for age in sorted(self.ages):
            wanted -= self.ages[age]
            if wanted <= 0:
                return age
        return 0


class Crowd(Child):
    """Listeners of one path, in a process of their own. Leaving the block ends it, and all its connections."""

    def __init__(
        self,
        port: int,
        request: str,
        number: int,
        *,
        kind: str = "websocket",
        say: str = "",
        receive_buffer: int = 0,
    ) -> None:
        self.number = number
        asked = {"port": port, "request": request, "number": number, "kind": kind, "say": say}
        super().__init__("bench.push.listeners", json.dumps({**asked, "receive_buffer": receive_buffer}))
        self.answer()

    def begin(self) -> None:
        """Count from here."""
        self.ask(b"begin")

    def stall(self) -> None:
        """Stop reading, for good."""
        self.ask(b"stall")

    def seen(self) -> Seen:
        """Return what was seen since `begin`."""
        report = json.loads(self.ask(b"report"))
        ages = {int(age): number for age, number in report["ages"].items()}
        return Seen(report["messages"], report["bytes"], report["closed"], ages)
