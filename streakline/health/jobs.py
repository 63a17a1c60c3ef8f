"""Jobs: what is left word of each, for every process to see: when it runs next, and how its last run went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a job; moments in ms since 1970, None where there was none.

    Attributes:
        when: its schedule in words.
        next: when it is due.
        started: when its last run began.
        ended: when that ended; None while it runs, and if its process died meanwhile.
        error: why that failed; None if it did not.
    """

    when: str
    next: int | None = None
    started: int | None = None
    ended: int | None = None
    error: str | None = None

    @property
    def cut_short(self) -> bool:
        """Whether the last run began and has not ended: of a job that nobody runs now."""
        return self.started is not None and self.ended is None


_DECODER: Final = msgspec.json.Decoder(JobState)


def packed(state: JobState) -> bytes:
    """Return what the field of a job holds."""
    return msgspec.json.encode(state)


def unpacked(held: Mapping[bytes, bytes]) -> dict[str, JobState]:
    """Return the jobs of a hash by name, in its order; what no process of ours wrote is left out."""
    states = {}
    for name, value in sorted(held.items()):
        try:
            states[name.decode()] = _DECODER.decode(value)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
    return states
