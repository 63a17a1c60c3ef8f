"""A look at an account: what it found, what it could not, and what the next look has to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from streakline.platforms.connectors.faults import Fault
from streakline.platforms.observations import Observation, Post

LONGEST_TITLE: Final = 200


class Look:
    """One look at an account, filled by a connector as it goes; what it held when it was cut short is good.

    Attributes:
        owner: the person whose account it is.
        platform: its name.
        account: the platform's id of it.
        now: when it began, ms.
        scopes: what the grant allows; empty: nobody told.
        notes: what connectors keep from one look to the next: small, JSON, and nothing secret.
        found: observations.
        posts: what was told of posts.
        faults: (part, fault) of what could not be asked.
        unknown: names of numbers that nobody here knows yet -> how often they came.
    """

    def __init__(
        self, owner: str, platform: str, account: str, now: int, scopes: frozenset[str], notes: dict[str, Any]
    ) -> None:
        self.owner, self.platform, self.account, self.now = owner, platform, account, now
        self.scopes, self.notes = scopes, notes
        self.found: list[Observation] = []
        self.posts: list[Post] = []
        self.faults: list[tuple[str, Fault]] = []
        self.unknown: dict[str, int] = {}

    def add(
        self,
        post: str,
        values: Mapping[str, int | float | None],
        at: int,
        source: tuple[str, str],
        observed_at: int | None = None,
        currency: str = "",
    ) -> None:
        """Add what was told of a post, or of the account where `post` is empty; what is None was not told.

        Args:
            post: the platform's id.
            values: by their names here.
            at: when it was fetched, ms.
            source: the interface and its version.
            observed_at: the moment that the numbers are of, ms; None: that of the fetch.
            currency: of money.
        """
        observed = at if observed_at is None else observed_at
        whose = (self.owner, self.platform, self.account, post)
        self.found += [
            Observation(*whose, name, value, observed, at, *source, currency)
            for name, value in values.items()
            if value is not None
        ]

    def tell(self, post: str, type_: str, title: str, published_at: int, at: int) -> None:
        """Add what was told of a post beside numbers."""
        whose = (self.owner, self.platform, self.account, post)
        self.posts.append(Post(*whose, type_, title[:LONGEST_TITLE], published_at, at))

    def fault(self, part: str, fault: Fault) -> None:
        """Say that a part could not be asked."""
        self.faults.append((part, fault))

    def strange(self, name: str) -> None:
        """Say that a number came whose name is not known here."""
        self.unknown[name] = self.unknown.get(name, 0) + 1
