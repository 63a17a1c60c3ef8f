"""A hash index over 64-bit keys in numpy: open addressing, linear probing, whole arrays at a time.

Keys get positions 0, 1, 2, ... in order of insertion; whatever belongs to a key lives in arrays by position.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

EMPTY: Final = -1
_AT_ONCE: Final = 1 << 13
_GOLD: Final = np.uint64(0x9E3779B97F4A7C15)


class HashIndex:
    """Distinct u64 keys and their positions. Memory: 8 bytes a key and 8 to 16 a slot pair of the table."""

    def __init__(self, room: int = 256) -> None:
        self.size = 0
        """Number of keys."""
        self._keys: U64 = np.empty(room, np.uint64)
        self._table: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self._shift = np.uint64(0)
        self._rehash(max(room * 2, 16))

    @property
    def keys(self) -> U64:
        """Return the keys by position, as a view."""
        return self._keys[: self.size]

    @property
    def room(self) -> int:
        """Return how many keys fit before the arrays grow."""
        return len(self._keys)

    def find(self, keys: U64) -> Positions:
        """Return the position of each key, `EMPTY` for those that are not held. Keys may repeat."""
        return self._probe(keys)[0]

    def insert(self, keys: U64) -> Positions:
        """Add distinct keys that are not held and return their positions, in the order given."""
        first = self.size
        positions = np.arange(first, first + len(keys), dtype=np.int64)
        self.reserve(first + len(keys))
        self._keys[first : first + len(keys)] = keys
        self.size += len(keys)
        self._place(keys, positions)
        return positions

    def find_or_insert(self, keys: U64) -> Positions:
        """Return the position of each key, adding those not held. Keys may repeat."""
        found, slots = self._probe(keys)
        absent = np.flatnonzero(found < 0)
        if not absent.size:
            return found
        missing = keys.take(absent)
        if self.size + absent.size > len(self._keys):
            # Repeats must not make the arrays grow: only here, where they are about to, is it worth a sort.
            missing.sort()
            distinct = np.count_nonzero(missing[1:] != missing[:-1]) + 1
            self.reserve(self.size + int(distinct))
            missing = keys.take(absent)
            slots = self._slots(missing)
        else:
            slots = slots.take(absent)
        found[absent] = self._claim(missing, slots)
        return found

    def reserve(self, number: int) -> None:
        """Make room for so many keys, before they are inserted."""
        if number > len(self._keys):
            keys = np.empty(max(number, 2 * len(self._keys)), np.uint64)
            keys[: self.size] = self.keys
            self._keys = keys
            self._rehash(2 * len(keys))

    def _probe(self, keys: U64) -> tuple[Positions, Positions]:
        """Return the position of each key, and the slot where it is, or would be if it were held."""
        slots = self._slots(keys)
        # Nearly all keys are decided by their first slot, so that one is looked at without any bookkeeping.
        found = self._table.take(slots).astype(np.int64)
        pending = np.flatnonzero((found >= 0) & (self._keys.take(found) != keys))
        if not pending.size:
            return found, slots
        mask = len(self._table) - 1
        wanted, at = keys.take(pending), slots.take(pending)
        while pending.size:
            at = (at + 1) & mask
            occupant = self._table.take(at)
            decided = (occupant < 0) | (self._keys.take(occupant) == wanted)
            done = pending[decided]
            found[done], slots[done] = occupant[decided], at[decided]
            on = np.flatnonzero(~decided)
            pending, wanted, at = pending.take(on), wanted.take(on), at.take(on)
        return found, slots

    def _claim(self, keys: U64, slots: Positions) -> Positions:
        """Add keys that were not held and return their positions. Keys may repeat: equals get one position."""
        positions = np.empty(len(keys), np.int64)
        pending = np.arange(len(keys))
        mask = len(self._table) - 1
        while pending.size:
            free = np.flatnonzero(self._table.take(slots) < 0)
            claims = slots.take(free)
            # Of several that claim one slot the last writer stands; the others find its key there.
            self._table[claims] = free
            won = free[self._table.take(claims) == free]
            first, last = self.size, self.size + won.size
            self._keys[first:last] = keys.take(pending.take(won))
            self._table[slots.take(won)] = np.arange(first, last, dtype=np.int32)
            self.size = last
            occupant = self._table.take(slots)
            decided = self._keys.take(occupant) == keys.take(pending)
            positions[pending[decided]] = occupant[decided]
            on = np.flatnonzero(~decided)
            pending, slots = pending.take(on), (slots.take(on) + 1) & mask
        return positions

    def _slots(self, keys: U64) -> Positions:
        # Fibonacci hashing: the upper bits of the product are well mixed even for keys that count up.
        return ((keys * _GOLD) >> self._shift).view(np.int64)

    def _rehash(self, slots: int) -> None:
        bits = max(4, int(slots - 1).bit_length())
        self._table = np.full(1 << bits, EMPTY, np.int32)
        self._shift = np.uint64(64 - bits)
        for first in range(0, self.size, _AT_ONCE):  # temporaries that fit the cache
            last = min(first + _AT_ONCE, self.size)
            self._place(self._keys[first:last], np.arange(first, last, dtype=np.int64))

    def _place(self, keys: U64, positions: Positions) -> None:
        slots = self._slots(keys)
        mask = len(self._table) - 1
        while len(positions):
            free = self._table.take(slots) < 0
            # Of several that claim one slot the last writer stands; the others see it taken and go on.
            self._table[slots[free]] = positions[free]
            lost = self._table.take(slots) != positions
            positions = positions[lost]
            slots = (slots[lost] + 1) & mask


class Recent:
    """Some of the keys that came lately, at a place each: it forgets, but never tells a key that was not kept."""

    def __init__(self, bits: int) -> None:
        self._shift = np.uint64(64 - bits)
        self.held: U64 = np.zeros(1 << bits, np.uint64)
        self.held[0] = 1  # the place of key 0 must not say that 0 is kept; that of key 1 is another

    def places(self, keys: U64) -> Positions:
        """Return the only place where each key can be."""
        return ((keys * _GOLD) >> self._shift).view(np.int64)

    def misses(self, keys: U64) -> Positions:
        """Return which of the keys (their numbers in the array) are not known to be kept."""
        return np.flatnonzero(self.held.take(self.places(keys)) != keys)

    def keep(self, keys: U64) -> None:
        """Keep keys; each may drive out another."""
        self.held[self.places(keys)] = keys
