"""Clocks that disagree: what follows for live numbers, what people are told, and when nothing may be taken.

Entry ids come of Redis' clock and never go back. A clock set forward makes ids of the future: quarter hours close
early, what comes then is late and counted by recount. Set back, ids stand still until the clock has caught up.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streakline.streams.records import CLOCK_SLACK_MS
from streakline.times import AHEAD_MS, MINUTE_MS, SECOND_MS, iso

TOLD_MS: Final = MINUTE_MS
"""Clocks that differ by no more are not spoken of."""


LOOK_MS: Final = SECOND_MS
"""Two clocks are not known to differ by less: so long may asking for the other take."""


class Clocks(NamedTuple):
    """One look at all clocks, in ms."""

    wall: int
    """This server's."""
    store: int
    """Redis'."""
    stream: int
    """The newest id of any events stream, 0 for none."""

    @property
    def skew(self) -> int:
        """By how much Redis' clock is ahead of this server's."""
        return self.store - self.wall

    @property
    def ahead(self) -> int:
        """By how much the streams are ahead of this server's clock, 0 if they are not."""
        return max(0, self.stream - self.wall)


def correction(clocks: Clocks) -> int:
    """Return how many ms to add to this server's clock, so that all servers accept by one clock, Redis'.

    Beyond what an event may lie ahead nobody knows which of the two is wrong: then the later one decides, so that
    nothing is refused that is right by either. What a look at Redis itself may take is no difference of clocks.
    """
    if abs(clocks.skew) <= LOOK_MS:
        return 0
    return clocks.skew if abs(clocks.skew) <= AHEAD_MS else max(0, clocks.skew)


def incomplete(clocks: Clocks) -> bool:
    """Tell whether live windows miss what happens now: their clock is another one than the listeners'."""
    return clocks.ahead > TOLD_MS or clocks.skew < -TOLD_MS


def refusal(clocks: Clocks) -> str | None:
    """Return why nothing may be taken: readers would take an event so far ahead of its entry for broken."""
    behind = clocks.wall - max(clocks.store, clocks.stream)
    if behind <= CLOCK_SLACK_MS - MINUTE_MS:
        return None
    return f"redis' clock is {_seconds(behind)} behind this server's ({iso(clocks.wall)}); set the wrong one right"


def warnings(clocks: Clocks) -> list[str]:
    """Return what people are to be told of the clocks."""
    warned = []
    if abs(clocks.skew) > TOLD_MS:
        side = "ahead of" if clocks.skew > 0 else "behind"
        warned.append(
            f"clock_skewed: redis' clock ({iso(clocks.store)}) is {_seconds(abs(clocks.skew))} {side} this "
            f"server's ({iso(clocks.wall)}); set the wrong one right"
        )
    if clocks.ahead > TOLD_MS:
        warned.append(
            f"stream_ahead: entry ids have come to {iso(clocks.stream)}, {_seconds(clocks.ahead)} ahead of this "
            "server's clock; live windows are incomplete until it has caught up, history is counted again"
        )
    return warned


def _seconds(ms: int) -> str:
    return f"{ms / SECOND_MS:.0f} s"
