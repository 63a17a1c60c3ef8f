"""Where the live row of a person stands."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

SLOTS: Final = 256
"""Hashes a part: each grows by itself, so that none stands still for long while it makes room."""


class Place(NamedTuple):
    """The part of the persons, its slot, and the field of the person there."""

    part: int
    slot: int
    field: bytes


def place_of(person: int, parts: int) -> Place:
    """Return where the row of a person (hash of his id) stands in an installation of so many parts."""
    return Place(person % parts, person // parts % SLOTS, person.to_bytes(8, "little"))


def slots_of(persons: npt.NDArray[np.uint64], parts: int) -> npt.NDArray[np.uint64]:
    """Return the slots of persons in an installation of so many parts."""
    return persons // np.uint64(parts) % np.uint64(SLOTS)
