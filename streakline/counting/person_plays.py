"""Candidates for streaks and milestones: counted plays of persons that may give them a day or a finish.

Days and finishes are sets: what was sent lately is remembered at a place each, which forgets, and what was forgotten is
sent again. That memory is not part of a snapshot; what was not sent yet is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from streakline.counting.bucket import Bucket
from streakline.hash_index import EMPTY, Recent
from streakline.kinds import CONTENT_TYPE_CODES, HEARTBEAT
from streakline.streams.candidates import MARKED, MOVED, PLAYED, RULED, Marked, Played
from streakline.streams.records import BOT, COUNTED, FINISHED, NAMED, NO_OFFSET, Records
from streakline.times import DAY_MS, QUARTER_MS

_BITS: Final = 18
_G1: Final = np.uint64(0x9E3779B97F4A7C15)
_G2: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_NAMED: Final = np.uint8(NAMED | COUNTED)
_ASKED: Final = np.uint8(NAMED | COUNTED | BOT)
_EPISODE: Final = CONTENT_TYPE_CODES["episode"]

Ints = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Waiting(NamedTuple):
    """Candidates that are not yet sent."""

    played: Played
    marked: Marked


class PersonPlays:
    """Candidates of one shard. Memory: 6 MB, 36 bytes a play and 9 a mark until they are taken."""

    def __init__(self) -> None:
        self._played: list[Played] = []
        self._marked: list[Marked] = []
        self._days = Recent(_BITS)
        self._finishes = Recent(_BITS)
        self._starts: Ints = np.zeros(1 << _BITS, np.int64)
        self._marks = Recent(_BITS - 6)

    def __bool__(self) -> bool:
        return bool(self._played or self._marked)

    def chosen(
        self, events: Records, accepted: Ints, in_time: Mapping[int, Bucket], late: npt.NDArray[np.bool_]
    ) -> Ints:
        """Return the places of events that may give a person something, and take them for sent.

        The persons of those that do not stand are marked.

        Args:
            events: of countable kinds, none of a robot, already counted.
            accepted: when each was accepted, ms: a day is sent by a play ahead and by one that has begun.
            in_time: open quarter hours by start (ms): of a play that is in time only what stands gives anything.
            late: which of the events are late; of those nobody here knows what stands.
        """
        asked = np.flatnonzero((events["flags"] & _ASKED) == _NAMED)
        if not asked.size:
            return asked
        some = events.take(asked) if asked.size < len(events) else events
        days = _day_keys(some, some["start"] > accepted.take(asked))
        finishes = _finish_keys(some)
        fresh = self._fresh(some, days, finishes)
        if not fresh.size:
            return fresh
        asked, some = asked.take(fresh), some.take(fresh)
        stand, unsure = _stand(some, in_time, late.take(asked))
        standing = (some["kind"] <= HEARTBEAT) & stand
        if unsure.any():
            self.mark(some["listener64"][unsure], MOVED)
        if not standing.all():
            # Where batches ended elsewhere before a restart, these may have stood for a while, and were sent.
            self.mark(some["listener64"][~standing], MOVED)
            asked, fresh, some = asked[standing], fresh[standing], some[standing]
        days, finishes = days.take(fresh), finishes.take(fresh)
        chosen = np.union1d(_firsts(days), _earliest(some, finishes))
        self._days.keep(days)
        done = np.flatnonzero(some["flags"] & np.uint8(FINISHED))
        done = done[
            np.argsort(-some["start"].take(done), kind="stable")
        ]  # of equals the earliest is kept last
        places = self._finishes.places(finishes.take(done))
        self._finishes.held[places], self._starts[places] = finishes.take(done), some["start"].take(done)
        return asked.take(chosen)

    def add(self, events: Records, parents: Mapping[int, int]) -> None:
        """Add chosen events; `parents` has the shows of finished episodes, by place in `events`."""
        if not len(events):
            return
        played = np.zeros(len(events), PLAYED)
        played["person"] = events["listener64"]
        for name in ("content64", "start", "off", "ctype"):
            played[name] = events[name]
        played["flags"] = events["flags"] & np.uint8(COUNTED | FINISHED)
        for at, parent in parents.items():
            played["parent64"][at] = parent
        self._played.append(played)

    def mark(self, persons: U64, why: int) -> None:
        """Add marks of persons: those that were not made lately, and every rule, for each may change a streak."""
        apart = np.uint64(why << 56)
        fresh = np.arange(len(persons)) if why == RULED else self._marks.misses(persons ^ apart)
        if not fresh.size:
            return
        persons = np.unique(persons.take(fresh))
        self._marks.keep(persons ^ apart)
        marked = np.empty(len(persons), MARKED)
        marked["person"], marked["why"] = persons, why
        self._marked.append(marked)

    def waiting(self) -> Waiting:
        """Return the candidates not yet sent, and keep them."""
        played = np.concatenate(self._played) if self._played else np.empty(0, PLAYED)
        marked = np.concatenate(self._marked) if self._marked else np.empty(0, MARKED)
        return Waiting(played, marked)

    def taken(self) -> Waiting:
        """Return the candidates not yet sent, and forget them."""
        waiting = self.waiting()
        self._played, self._marked = [], []
        return waiting

    def restore(self, waiting: Waiting) -> None:
        """Take over candidates that a snapshot held."""
        self._played += [waiting.played] if waiting.played.size else []
        self._marked += [waiting.marked] if waiting.marked.size else []

    def _fresh(self, events: Records, days: U64, finishes: U64) -> Ints:
        """Return the places of events whose day, or whose finish at their start or before, was not sent lately."""
        places = self._finishes.places(finishes)
        new = (self._finishes.held.take(places) != finishes) | (self._starts.take(places) > events["start"])
        new &= (events["flags"] & np.uint8(FINISHED)) != 0
        new |= self._days.held.take(self._days.places(days)) != days
        return np.flatnonzero(new)


def finished_episodes(events: Records) -> Ints:
    """Return the places of events that finish an episode."""
    return np.flatnonzero((events["ctype"] == _EPISODE) & ((events["flags"] & np.uint8(FINISHED)) != 0))


def _day_keys(events: Records, ahead: npt.NDArray[np.bool_]) -> U64:
    """Return what is the same for plays of a person that give the same day of the same zone and type.

    Plays that have not begun are apart: until then their day is nobody's.
    """
    off = events["off"].astype(np.int64)
    day = (events["start"] + np.where(off == NO_OFFSET, 0, off) * QUARTER_MS) // DAY_MS
    what = (day << 24) + (off << 8) + events["ctype"] + (ahead.astype(np.int64) << 60)
    keys: U64 = (events["listener64"] ^ (what.view(np.uint64) * _G2)) * _G1
    return keys


def _finish_keys(events: Records) -> U64:
    what = events["content64"] + events["ctype"].astype(np.uint64) * _G2
    keys: U64 = (events["listener64"] + what * _G2) * _G1
    return keys


def _stand(
    events: Records, in_time: Mapping[int, Bucket], late: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell of which events what stands of their play gives the same person the same; late ones all.

    And of which nobody knows, because too many identities are held to keep that of the play.
    """
    stand, unsure = late.copy(), np.zeros(len(late), np.bool_)
    starts = events["start"] // QUARTER_MS * QUARTER_MS
    for start in np.unique(starts[~late]).tolist():
        own = np.flatnonzero((starts == start) & ~late)
        bucket = in_time.get(start)
        if bucket is None:
            stand[own] = True
            continue
        positions = bucket.ids.find(events["id64"].take(own))
        unsure[own] = positions == EMPTY
        stand[own] = _held_as(bucket, events.take(own), positions)
    return stand, unsure


def _held_as(bucket: Bucket, events: Records, positions: Ints) -> npt.NDArray[np.bool_]:
    held = bucket.log.take(np.maximum(positions, 0))
    same: npt.NDArray[np.bool_] = held["listener64"] == events["listener64"]
    same &= held["off"] == events["off"]
    same &= (held["flags"] & _ASKED) == _NAMED
    same &= (events["flags"] & ~held["flags"] & np.uint8(FINISHED)) == 0
    # What nobody knows better gives what it says.
    same |= positions == EMPTY
    return same


def _firsts(keys: U64) -> Ints:
    return np.unique(keys, return_index=True)[1]


def _earliest(events: Records, finishes: U64) -> Ints:
    """Return the places of finished plays, of each person and content the earliest."""
    done = np.flatnonzero(events["flags"] & np.uint8(FINISHED))
    order = done[np.lexsort((events["start"].take(done), finishes.take(done)))]
    return order[_firsts(finishes.take(order))]
