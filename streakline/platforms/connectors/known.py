"""What is known of connections, and how what several keepers know of them is put together.

A connection never changes; what it is let in by does, and of two grants the later generation stands. That one was
removed is never taken back. So a store that went back revives neither a removed connection nor a refresh token that was
used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

MOST: Final = 10_000
"""Connections of one installation at a time."""
MOST_OF_ONE: Final = 100
"""Of one person."""


class Connection(msgspec.Struct, frozen=True):
    """An account of a person at a platform.

    Attributes:
        id: names it here.
        owner: the person whose account it is: a `userId`.
        platform: the name of its connector.
        account: the platform's id of the account.
        name: what people called it when it was connected.
        created: when that was, ms.
    """

    id: str
    owner: str
    platform: str
    account: str
    name: str
    created: int


class Grant(msgspec.Struct, frozen=True):
    """What an account is asked with.

    Attributes:
        id: of its connection.
        generation: counts the tokens; of two the greater stands.
        sealed: the tokens, which only the key opens; "" once the grant is lost.
        at: since when, ms.
        why: it was lost, in words; "" of one that holds.
    """

    id: str
    generation: int
    sealed: str
    at: int
    why: str = ""


class Known(NamedTuple):
    """What one keeper knows: connections and grants by their id, and when connections were removed, ms."""

    connections: Mapping[str, Connection] = {}
    grants: Mapping[str, Grant] = {}
    removed: Mapping[str, int] = {}

    def __bool__(self) -> bool:
        """Tell whether anything is known."""
        return any(self)

    def joined(self, other: Known) -> Known:
        """Return what both know together."""
        removed = {**other.removed, **self.removed}
        both = {
            id_: min(self.removed[id_], other.removed[id_]) for id_ in self.removed if id_ in other.removed
        }
        return Known(
            _without({**other.connections, **self.connections}, removed),
            _without(_latest(self.grants, other.grants), removed),
            {**removed, **both},
        )

    def missing_in(self, other: Known) -> Known:
        """Return what is known here and not there."""
        gone = other.removed
        return Known(
            {
                id_: one
                for id_, one in self.connections.items()
                if id_ not in other.connections and id_ not in gone
            },
            {
                id_: one
                for id_, one in self.grants.items()
                if id_ not in gone and (id_ not in other.grants or is_later(one, other.grants[id_]))
            },
            {id_: at for id_, at in self.removed.items() if id_ not in gone or id_ in other.connections},
        )

    def of(self, owner: str) -> list[Connection]:
        """Return the connections of a person, in the order in which they were made."""
        own = (one for one in self.connections.values() if one.owner == owner)
        return sorted(own, key=lambda one: (one.created, one.id))


def is_later(one: Grant, other: Grant) -> bool:
    """Tell whether a grant stands against another."""
    return (one.generation, one.at, one.sealed) > (other.generation, other.at, other.sealed)


def _latest(one: Mapping[str, Grant], other: Mapping[str, Grant]) -> dict[str, Grant]:
    both = dict(other)
    for id_, grant in one.items():
        if id_ not in both or is_later(grant, both[id_]):
            both[id_] = grant
    return both


def _without(all_: Mapping[str, object], gone: Mapping[str, int]) -> dict:  # type: ignore[type-arg]
    return {id_: one for id_, one in all_.items() if id_ not in gone}
