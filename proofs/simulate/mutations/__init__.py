"""Known faults of the product, each of which must turn a simulation red."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest.mock import patch

from proofs.simulate.mutations import owners, persons, processes, rollback
from proofs.simulate.mutations.fault import FAULTS

__all__ = ["NAMES", "explained", "mutated", "owners", "persons", "processes", "rollback"]
NAMES: Final = tuple(FAULTS)


def explained(name: str) -> str:
    """Return what a fault does, as a sentence."""
    return FAULTS[name].explained


@contextmanager
def mutated(name: str | None) -> Iterator[None]:
    """Put a known fault into the product, None for none."""
    if name is None:
        yield
        return
    owner, attribute, instead, _ = FAULTS[name]
    with patch.object(owner, attribute, instead):
        yield
