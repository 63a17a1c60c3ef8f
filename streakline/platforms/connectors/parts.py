"""Parts of a look: one that fails leaves the others alone."""

from __future__ import annotations

from streakline.platforms.connectors.exchange import Asking, Unreadable
from streakline.platforms.connectors.faults import WHOLE, Fault, Faulty
from streakline.platforms.connectors.look import Look


def part(look: Look, name: str, asking: Asking[None]) -> Asking[None]:
    """Ask for a part of what is known of an account; its fault is told, and the next part goes on.

    Raises:
        Faulty: what ends the whole look.
    """
    try:
        yield from asking
    except Faulty as faulty:
        if faulty.fault.kind in WHOLE:
            raise
        look.fault(name, faulty.fault)
    except Unreadable as error:
        look.fault(name, Fault("unreadable", str(error)))
