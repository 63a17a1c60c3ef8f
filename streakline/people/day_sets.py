"""Sets of local days: one bit a day, from the first one on. Twelve years of a person take 550 bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

_HEAD: Final = 4
"""Bytes of the first day's number in a packed set."""


@dataclass(frozen=True, slots=True)
class DaySet:
    """A set of local days as numbers since 1970-01-01; made by `of`, so that equal sets are equal values.

    Attributes:
        first: its first day; 0 of the empty set.
        bits: bit n is set if day `first + n` is in the set.
    """

    first: int = 0
    bits: int = 0

    @staticmethod
    def of(days: Iterable[int] | npt.NDArray[np.int64]) -> DaySet:
        """Return the set of some days, in any order, repeated or not."""
        if isinstance(days, list) and not days:
            return NO_DAYS
        numbers = np.unique(np.fromiter(days, np.int64) if not isinstance(days, np.ndarray) else days)
        if not numbers.size:
            return NO_DAYS
        first = int(numbers[0])
        flags = np.zeros(int(numbers[-1]) - first + 1, np.uint8)
        flags[numbers - first] = 1
        return DaySet(first, int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little"))

    @staticmethod
    def between(first: int, last: int) -> DaySet:
        """Return every day from one to another; none if the last one is before the first."""
        return DaySet(first, (1 << (last - first + 1)) - 1) if first <= last else NO_DAYS

    @property
    def last(self) -> int:
        """Its last day; -1 of the empty set."""
        return self.first + self.bits.bit_length() - 1

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __contains__(self, day: int) -> bool:
        return day >= self.first and bool(self.bits >> (day - self.first) & 1)

    def __iter__(self) -> Iterator[int]:
        """Yield its days in order."""
        size = (self.bits.bit_length() + 7) // 8
        flags = np.unpackbits(np.frombuffer(self.bits.to_bytes(size, "little"), np.uint8), bitorder="little")
        return iter((np.flatnonzero(flags) + self.first).tolist())

    def __or__(self, other: DaySet) -> DaySet:
        if not self.bits or not other.bits:
            return self if self.bits else other
        first = min(self.first, other.first)
        return DaySet(first, self.bits << (self.first - first) | other.bits << (other.first - first))

    def __and__(self, other: DaySet) -> DaySet:
        return self._kept(self.bits & self._aligned(other))

    def __sub__(self, other: DaySet) -> DaySet:
        return self._kept(self.bits & ~self._aligned(other))

    def packed(self) -> bytes:
        """Return the set as bytes; equal sets have equal ones."""
        size = (self.bits.bit_length() + 7) // 8
        return self.first.to_bytes(_HEAD, "little", signed=True) + self.bits.to_bytes(size, "little")

    @staticmethod
    def unpacked(packed: bytes) -> DaySet:
        """Return the set of `packed`.

        Raises:
            ValueError: if it is none.
        """
        first, bits = (
            int.from_bytes(packed[:_HEAD], "little", signed=True),
            int.from_bytes(packed[_HEAD:], "little"),
        )
        if len(packed) < _HEAD or (not bits & 1 if bits else first):
            msg = f"{packed[:20]!r} is no set of days"
            raise ValueError(msg)
        return DaySet(first, bits)

    def _aligned(self, other: DaySet) -> int:
        """Return the bits of another set, counted from the first day of this one."""
        shift = other.first - self.first
        return other.bits << shift if shift >= 0 else other.bits >> -shift

    def _kept(self, bits: int) -> DaySet:
        if not bits:
            return NO_DAYS
        gone = (bits & -bits).bit_length() - 1
        return DaySet(self.first + gone, bits >> gone)


NO_DAYS: Final = DaySet()
"""The empty set."""
