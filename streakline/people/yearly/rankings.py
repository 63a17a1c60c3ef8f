"""Rankings: what a person played most, with ties reported."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Ranked(msgspec.Struct, frozen=True):
    """A place in a ranking.

    Attributes:
        rank: from 1; equal numbers have the same rank, and the ranks after them are left out.
        id: of what is ranked.
        name: for people; the id where nobody named it.
        plays: counted plays.
    """

    rank: int
    id: str
    name: str
    plays: int


class Ranking(msgspec.Struct, frozen=True):
    """The first places of a ranking, and how many more have as many plays as the last of them."""

    first: tuple[Ranked, ...]
    tied: int

    @property
    def leaders(self) -> tuple[Ranked, ...]:
        """Those of rank 1; empty where more of them are tied than are listed."""
        found = tuple(one for one in self.first if one.rank == 1)
        return () if len(found) == len(self.first) and self.tied else found


def ranking(plays: Mapping[str, int], names: Mapping[str, str], most: int) -> Ranking:
    """Return the first places by plays, equal ones by id.

    Args:
        plays: id -> counted plays; of 0 is left out.
        names: id -> name for people.
        most: how many places.
    """
    ordered = sorted(
        ((id_, count) for id_, count in plays.items() if count), key=lambda one: (-one[1], one[0])
    )
    first: list[Ranked] = []
    for place, (id_, count) in enumerate(ordered[:most], 1):
        rank = first[-1].rank if first and first[-1].plays == count else place
        first.append(Ranked(rank, id_, names.get(id_) or id_, count))
    tied = sum(count == first[-1].plays for _, count in ordered[most:]) if first else 0
    return Ranking(tuple(first), tied)
