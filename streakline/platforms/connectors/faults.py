"""Faults: why there is no use in a reply, and what comes of it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Kind = Literal["away", "throttled", "exhausted", "unauthorized", "refused", "lost", "unreadable"]
LATER: Final[frozenset[Kind]] = frozenset({"away", "throttled"})
"""What the same request may not meet again in some seconds."""
UNAVAILABLE: Final[frozenset[Kind]] = frozenset({"away", "throttled", "exhausted"})
"""What is nobody's mistake: the platform does not answer now."""
WHOLE: Final[frozenset[Kind]] = frozenset({"unauthorized", "lost"})
"""What ends all that is asked for an account, not one part of it."""


class Fault(NamedTuple):
    """Why there is no use in a reply.

    Attributes:
        kind: `away`: no answer, or the platform's own failure; `throttled`: asked too fast; `exhausted`: a quota is
            used up until a moment; `unauthorized`: the token does not hold; `refused`: this is never answered;
            `lost`: the grant is gone, and only its person can give another; `unreadable`: not what was to come.
        why: in words, with the platform's own; never with a token or an address.
        until: ms before which there is no use in asking; 0: nobody knows.
        code: the platform's own; "" for none.
    """

    kind: Kind
    why: str
    until: int = 0
    code: str = ""


def kind_of(status: int) -> Kind:
    """Return what a status of HTTP says of a reply that is of no use, where nothing else does."""
    return "throttled" if status == 429 else "away" if status >= 500 else "refused"


class Faulty(Exception):
    """A fault, where somebody waits for a reply."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.why)
        self.fault = fault
