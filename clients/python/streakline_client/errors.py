"""What can go wrong, from general to special.

StreaklineError
├── Unreachable     no answer within the patience, or only "try later"
├── Refused         the server answered no; asking again will not help
├── Incomplete      an export that broke off; nothing of it was kept
└── NotSettled      the wait ended before the events counted everywhere
"""

from __future__ import annotations

from typing import Any


class StreaklineError(Exception):
    """Any failure of this client that is not the caller's mistake in Python."""


class Unreachable(StreaklineError):
    """No usable answer within the patience; the events may or may not have arrived, and may be sent again."""


class Refused(StreaklineError):
    """An answer that trying again will not change, as RFC 9457 problem."""

    def __init__(self, status: int, url: str, problem: dict[str, Any]) -> None:
        self.status = status
        self.url = url
        self.problem = problem
        """The members of the problem document; `detail` says what was wrong."""
        detail = problem.get("detail") or problem.get("title") or "no reason given"
        super().__init__(f"{url} answered {status}: {detail}")


class Incomplete(StreaklineError):
    """An export that broke off or lacks something; nothing of it was kept, and it may be asked for again."""


class NotSettled(StreaklineError):
    """The wait ended; the events are accepted and still on their way."""

    def __init__(self, waited: float, answer: dict[str, Any]) -> None:
        self.answer = answer
        """The server's last answer; `waitingFor` says which part is behind, and how far."""
        parts = sorted({str(reason.get("part")) for reason in answer.get("waitingFor") or ()})
        super().__init__(f"not settled after {waited:.0f} s; it waits for {', '.join(parts) or answer}")
