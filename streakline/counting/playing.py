"""What plays now: plays with a start or heartbeat in the last 30 seconds and no end since."""

from __future__ import annotations

from heapq import heappop, heappush, heapreplace
from typing import Final

import numpy as np
import numpy.typing as npt

from streakline import kinds
from streakline.live_windows import PLAYING_MS
from streakline.streams.records import ENDED, Records

_SLOTS: Final = 1 << 17


class Playing:
    """Running plays of one shard and their listeners by content.

    Ended plays are remembered in a direct-mapped table of 2**17 places: a heartbeat that overtook its play's end
    does not bring the play back. A collision forgets one, which could then show for 30 seconds more.
    Memory: 1 MB, and about 400 bytes a running play.
    """

    def __init__(self) -> None:
        self._plays: dict[int, tuple[int, int, int]] = {}  # id64 -> content64, listener64, last beat in ms
        self._beats: list[tuple[int, int]] = []  # heap of (one of its beats in ms, id64), one or more a play
        self._listeners: dict[int, dict[int, int]] = {}  # content64 -> listener64 -> running plays
        self._ended: npt.NDArray[np.uint64] = np.zeros(_SLOTS, np.uint64)
        self._begun: npt.NDArray[np.bool_] = np.zeros(
            _SLOTS, np.bool_
        )  # where a running play may be: a filter
        self._marked = 0

    def __len__(self) -> int:
        return len(self._plays)

    def add(self, events: Records, accepted: npt.NDArray[np.int64]) -> None:
        """Take over starts, heartbeats and ends; `accepted` is the ms of acceptance of each."""
        kind, ids = events["kind"].copy(), events["id64"]
        ended = ids.take(np.flatnonzero((kind == kinds.PLAY) & ((events["flags"] & ENDED) != 0)))
        if ended.size:
            slots = _slots(ended)
            self._ended[slots] = ended
            for play in ended.take(np.flatnonzero(self._begun.take(slots))).tolist():
                self._remove(play)
        running = np.flatnonzero((kind == kinds.PLAY_START) | (kind == kinds.HEARTBEAT))
        if running.size:
            slots = _slots(ids.take(running))
            running = running.take(np.flatnonzero(self._ended.take(slots) != ids.take(running)))
            self._begun[slots] = True
            self._marked += len(slots)
            at = np.minimum(events["at"], accepted)
            columns = (ids, events["content64"], events["listener64"], at)
            for play, content, listener, beat in zip(
                *(c.take(running).tolist() for c in columns), strict=True
            ):
                self._beat(play, content, listener, beat)

    def expire(self, clock: int) -> None:
        """Forget plays whose last beat is 30 seconds or more before a clock in ms."""
        gone = clock - PLAYING_MS
        beats = self._beats
        while beats and beats[0][0] <= gone:
            play = beats[0][1]
            held = self._plays.get(play)
            if held is None or held[2] <= gone:
                heappop(beats)
                self._remove(play)
            else:
                heapreplace(beats, (held[2], play))
        if self._marked > _SLOTS // 8:
            self._mark_anew()

    def by_content(self) -> dict[int, int]:
        """Return content64 -> different listeners."""
        return {content: len(listeners) for content, listeners in self._listeners.items()}

    def plays_of(self, content64: int) -> int:
        """Return the running plays of a content: one listener may have several."""
        return sum(self._listeners.get(content64, {}).values())

    def freeze(self) -> list[tuple[int, int, int, int]]:
        """Return the running plays as plain rows: id64, content64, listener64, last beat in ms.

        Which plays have ended is not kept: after a restart a heartbeat that its end overtook may show for the
        rest of its 30 seconds.
        """
        return [(play, *held) for play, held in self._plays.items()]

    def thaw(self, rows: list[tuple[int, int, int, int]]) -> None:
        """Take over the rows of `freeze`."""
        for row in rows:
            self._beat(*row)
        self._mark_anew()

    def _mark_anew(self) -> None:
        self._begun[:] = False
        self._begun[_slots(np.fromiter(self._plays, np.uint64, len(self._plays)))] = True
        self._marked = 0

    def _beat(self, play: int, content: int, listener: int, beat: int) -> None:
        held = self._plays.get(play)
        if held is None:
            heappush(self._beats, (beat, play))
        elif held[2] >= beat:
            return
        if held is None or held[:2] != (content, listener):  # its listener may sign in under way
            self._remove(play)
            listeners = self._listeners.setdefault(content, {})
            listeners[listener] = listeners.get(listener, 0) + 1
        self._plays[play] = (content, listener, beat)

    def _remove(self, play: int) -> None:
        held = self._plays.pop(play, None)
        if held is None:
            return
        content, listener, _ = held
        listeners = self._listeners[content]
        listeners[listener] -= 1
        if not listeners[listener]:
            del listeners[listener]
            if not listeners:
                del self._listeners[content]


def _slots(ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return (ids & np.uint64(_SLOTS - 1)).view(np.int64)
