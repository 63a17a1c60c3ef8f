"""Columns that lie in memory as they came: texts in the entries' own bytes, numbers that may be missing."""

from __future__ import annotations

from typing import Any, Final, overload

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_HASHED: Final = 64
"""Bytes of the longest text that is hashed word by word."""
_RANDOM: Final = np.random.default_rng()
_SALTS: Final = _RANDOM.integers(0, 1 << 64, _HASHED // 8, np.uint64)
"""Of each word; another one in each process, so that nobody can choose texts that collide."""
_WHOLE: Final = ~np.uint64(0)


class Texts:
    """A column of texts, each where it lies: its length (LEB128), then its bytes (UTF-8)."""

    def __init__(self, data: Bytes, begins: Places, ends: Places) -> None:
        """Take the bytes, and of each text where its length begins and where it ends.

        Eight bytes follow the last text.
        """
        self._data, self._begins, self._ends = data, begins, ends

    def __len__(self) -> int:
        return len(self._begins)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Texts: ...
    def __getitem__(self, place: int | slice) -> str | Texts:
        """Return one text, or those of a slice."""
        if isinstance(place, slice):
            return Texts(self._data, self._begins[place], self._ends[place])
        at, end = int(self._begins[place]), int(self._ends[place])
        while self._data[at] & 128:
            at += 1
        return self._data[at + 1 : end].tobytes().decode()

    def take(self, places: Places) -> Texts:
        """Return the texts of some places."""
        return Texts(self._data, self._begins[places], self._ends[places])

    def tolist(self) -> list[str]:
        """Return all texts."""
        data, longest = memoryview(self._data.data), int((self._ends - self._begins).max(initial=0))
        if longest > 128:  # lengths of several bytes
            return [self[place] for place in range(len(self))]
        places = zip((self._begins + 1).tolist(), self._ends.tolist(), strict=True)
        return [str(data[begin:end], "utf-8") for begin, end in places]

    def native(self) -> bytes:
        """Return the texts one after another, each with its length."""
        sizes = self._ends - self._begins
        least, most = int(sizes.min()), int(sizes.max())
        if most == 1:
            return bytes(len(sizes))
        if least == most:
            return bytes(_windows(self._data, most)[self._begins].tobytes())
        ends = np.cumsum(sizes)
        made = np.empty(int(ends[-1]), np.uint8)
        # A text of 8 to 15 bytes is its first 8 and its last 8: two copies for all texts of about one size.
        for power in range(least.bit_length() - 1, most.bit_length()):
            width = 1 << power
            own: Any = slice(None)
            if least < width or most >= 2 * width:
                own = np.flatnonzero((sizes >= width) & (sizes < 2 * width))
                if not len(own):
                    continue
            begins, lasts = self._begins[own], self._ends[own]
            source, target = _windows(self._data, width), _windows(made, width)
            target[ends[own] - sizes[own]] = source[begins]
            target[ends[own] - width] = source[lasts - width]
        return made.tobytes()

    def hashes(self) -> npt.NDArray[np.uint64]:
        """Return a hash of each text: equal texts have equal ones, others differ but once in 2⁶⁴ pairs."""
        sizes = self._ends - self._begins
        if sizes.max(initial=1) == 1:
            return np.full(len(sizes), mixed(_SALTS[:1]))
        made = np.zeros(len(sizes), np.uint64)
        for word in range((min(int(sizes.max()), _HASHED) + 7) // 8):
            own: Any = slice(None)
            left = sizes - word * 8
            if left.min() <= 0:
                own = np.flatnonzero(left > 0)
                left = left[own]
            found = _windows(self._data, 8)[self._begins[own] + word * 8].view("<u8")
            # Of the last word only the bytes that are the text's.
            found = found & _WHOLE >> ((8 - np.minimum(left, 8)) * 8).astype(np.uint64)
            made[own] += mixed(found ^ _SALTS[word])
        for place in np.flatnonzero(sizes > _HASHED).tolist():
            made[place] = np.uint64(hash(self[place]) & 0xFFFF_FFFF_FFFF_FFFF)
        return made


class Floats:
    """A column of numbers, some of which may be missing."""

    def __init__(self, values: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> None:
        """Take the numbers, 0 where there is none, and where there is none."""
        self._values, self._missing = values, missing

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, place: int) -> float | None: ...
    @overload
    def __getitem__(self, place: slice) -> Floats: ...
    def __getitem__(self, place: int | slice) -> float | Floats | None:
        """Return one number, None if it is missing, or those of a slice."""
        if isinstance(place, slice):
            return Floats(self._values[place], self._missing[place])
        return None if self._missing[place] else float(self._values[place])

    def take(self, places: Places) -> Floats:
        """Return the numbers of some places."""
        return Floats(self._values[places], self._missing[places])

    def native(self) -> bytes:
        """Return which are missing, then the numbers."""
        return self._missing.astype("<u1").tobytes() + self._values.astype("<f8").tobytes()


def mixed(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return words in which every bit of one has a say in every bit: the finalizer of MurmurHash3."""
    made = words ^ words >> np.uint64(33)
    made *= np.uint64(0xFF51AFD7ED558CCD)
    made ^= made >> np.uint64(33)
    made *= np.uint64(0xC4CEB9FE1A85EC53)
    made ^= made >> np.uint64(33)
    return made


def _windows(data: Bytes, width: int) -> npt.NDArray[np.void]:
    """Return the `width` bytes from each place on, as one value each: numpy copies such at once."""
    return np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
