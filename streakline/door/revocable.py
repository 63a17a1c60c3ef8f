"""What can be revoked: how what several keepers know of it is put together.

What is kept never changes and a revocation is never taken back, so what two keepers know is put together by union, in
any order and as often as one likes: that is what lets a revocation outlive a store that went back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, NamedTuple, Protocol, Self, TypeVar


class Revocable(Protocol):
    """What has an id that names it in lists and is no secret."""

    @property
    def id(self) -> str:
        """It."""


T = TypeVar("T", bound=Revocable)


class Known(NamedTuple, Generic[T]):
    """What one keeper knows: what is kept, by its id, and of what was revoked when, in ms."""

    kept: Mapping[str, T] = {}
    revoked: Mapping[str, int] = {}

    def __bool__(self) -> bool:
        """Tell whether anything is known."""
        return bool(self.kept or self.revoked)

    def joined(self, other: Self) -> Self:
        """Return what both know together; of two moments of a revocation the earlier one stands."""
        revoked = {**self.revoked, **other.revoked}
        for id_ in self.revoked.keys() & other.revoked.keys():
            revoked[id_] = min(self.revoked[id_], other.revoked[id_])
        return self._replace(kept={**other.kept, **self.kept}, revoked=revoked)

    def missing_in(self, other: Self) -> Self:
        """Return what is known here and not there."""
        return self._replace(
            kept={id_: one for id_, one in self.kept.items() if id_ not in other.kept},
            revoked={id_: at for id_, at in self.revoked.items() if id_ not in other.revoked},
        )
