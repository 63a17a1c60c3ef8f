"""Rankings: what a person played most, with ties reported."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from streakline.history.totals import most


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


def ranking(plays: Mapping[str, int], names: Mapping[str, str], places: int) -> Ranking:
    """Return the first places by plays, equal ones by id.

    Args:
        plays: id -> counted plays; of 0 is left out.
        names: id -> name for people.
        places: how many.
    """
    ordered = list(most(plays).items())
    first: list[Ranked] = []
    for place, (id_, count) in enumerate(ordered[:places], 1):
        rank = first[-1].rank if first and first[-1].plays == count else place
        first.append(Ranked(rank, id_, names.get(id_) or id_, count))
    tied = sum(count == first[-1].plays for _, count in ordered[places:]) if first else 0
    return Ranking(tuple(first), tied)
