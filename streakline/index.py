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
        found = np.full(len(keys), EMPTY, np.int64)
        if not self.size:
            return found
        slots = self._slots(keys)
        pending = np.arange(len(keys))
        mask = len(self._table) - 1
        while pending.size:
            occupant = self._table[slots]
            held = occupant >= 0
            match = held & (self._keys[occupant] == keys[pending])
            found[pending[match]] = occupant[match]
            on = held & ~match
            pending = pending[on]
            slots = (slots[on] + 1) & mask
        return found

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
        found = self.find(keys)
        absent = found == EMPTY
        if absent.any():
            fresh, inverse = np.unique(keys[absent], return_inverse=True)
            found[absent] = self.insert(fresh)[inverse]
        return found

    def reserve(self, number: int) -> None:
        """Make room for so many keys, before they are inserted."""
        if number > len(self._keys):
            room = max(number, 2 * len(self._keys))
            self._keys = np.resize(self._keys, room)
            self._rehash(2 * room)

    def _slots(self, keys: U64) -> Positions:
        # Fibonacci hashing: the upper bits of the product are well mixed even for keys that count up.
        return ((keys * _GOLD) >> self._shift).astype(np.int64)

    def _rehash(self, slots: int) -> None:
        bits = max(4, int(slots - 1).bit_length())
        self._table = np.full(1 << bits, EMPTY, np.int32)
        self._shift = np.uint64(64 - bits)
        self._place(self.keys, np.arange(self.size, dtype=np.int64))

    def _place(self, keys: U64, positions: Positions) -> None:
        slots = self._slots(keys)
        mask = len(self._table) - 1
        while len(positions):
            free = self._table[slots] == EMPTY
            # Of several that claim one slot the last writer stands; the others see it taken and go on.
            self._table[slots[free]] = positions[free]
            lost = self._table[slots] != positions
            positions = positions[lost]
            slots = (slots[lost] + 1) & mask
