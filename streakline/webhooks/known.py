"""What is known of webhooks, and how what several keepers know of them is put together.

A webhook never changes. That it was removed, or disabled by its receiver, is never taken back. So what two keepers know
is put together by union, in any order: a removed webhook stays removed where a store went back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

MOST: Final = 100
"""Webhooks at one time: each has a queue of its own."""
MOST_EVER: Final = 10_000
"""Webhooks of one installation, those that were removed among them."""


class Webhook(msgspec.Struct, frozen=True):
    """A receiver of domain events.

    Attributes:
        id: names it in lists.
        url: to which events are posted.
        secret: by which they are signed, `whsec_…`.
        events: types that it wants; none: all.
        description: what people call it.
        created: when it was added, ms; events from then on are delivered.
    """

    id: str
    url: str
    secret: str
    events: tuple[str, ...] = ()
    description: str = ""
    created: int = 0

    def wants(self, type_: str) -> bool:
        """Tell whether events of a type are delivered to it."""
        return not self.events or type_ in self.events


class KnownWebhooks(NamedTuple):
    """What one keeper knows: webhooks by their id, and when those that are gone were removed or disabled, in ms.

    Of a removed one nothing is kept but that, so its secret is gone too.
    """

    hooks: Mapping[str, Webhook] = {}
    removed: Mapping[str, int] = {}
    disabled: Mapping[str, int] = {}

    def __bool__(self) -> bool:
        """Tell whether anything is known."""
        return any(self)

    def joined(self, other: KnownWebhooks) -> KnownWebhooks:
        """Return what both know together; of two moments the earlier one stands."""
        removed = _earliest(self.removed, other.removed)
        disabled = _earliest(self.disabled, other.disabled)
        hooks = {**other.hooks, **self.hooks}
        return KnownWebhooks(
            {id_: hook for id_, hook in hooks.items() if id_ not in removed},
            removed,
            {id_: at for id_, at in disabled.items() if id_ not in removed},
        )

    def missing_in(self, other: KnownWebhooks) -> KnownWebhooks:
        """Return what is known here and not there."""
        gone = other.removed
        return KnownWebhooks(
            {id_: hook for id_, hook in self.hooks.items() if id_ not in other.hooks and id_ not in gone},
            {id_: at for id_, at in self.removed.items() if id_ not in gone or id_ in other.hooks},
            {id_: at for id_, at in self.disabled.items() if id_ not in other.disabled and id_ not in gone},
        )

    @property
    def active(self) -> dict[str, Webhook]:
        """Those that events are delivered to."""
        return {id_: hook for id_, hook in self.hooks.items() if id_ not in self.disabled}


def _earliest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    both = {id_: min(one[id_], other[id_]) for id_ in one.keys() & other.keys()}
    return {**one, **other, **both}
