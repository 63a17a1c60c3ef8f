"""A connector: what one platform is asked, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from streakline.platforms.connectors.exchange import Ask, Asking, Reply
from streakline.platforms.connectors.faults import Fault
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import EARLY_MS, ClientApp, Tokens
from streakline.platforms.connectors.quotas import Quota


class Account(NamedTuple):
    """An account as its platform names it: by its id for ever, and by what people call it now."""

    id: str
    name: str


class Resource(NamedTuple):
    """What a platform charges for, once a day of UTC: its name, and the price in millionths of a dollar."""

    name: str
    price: int


class Defaults:
    """What most platforms have in common."""

    early: int = EARLY_MS

    def closed_until(self, reply: Reply, now: int) -> int:
        """Return 0: nothing is said of a quota but by refusals."""
        return 0

    def resources(self, ask: Ask, reply: Reply) -> Sequence[Resource]:
        """Return nothing: reading costs nothing."""
        return ()


class Connector(Protocol):
    """One platform. It does no IO: it gives requests, and is sent their replies."""

    @property
    def name(self) -> str:
        """Its name, which is that of its application too: a platform may have several that mean different things."""

    @property
    def platform(self) -> str:
        """The platform whose numbers it fetches."""

    @property
    def pace(self) -> int:
        """Ms from one look at an account to the next."""

    @property
    def early(self) -> int:
        """Ms before its end from which on a token is taken for a newer one."""

    @property
    def addresses(self) -> Mapping[str, str]:
        """Name -> base address, as the platform publishes them."""

    @property
    def quotas(self) -> Mapping[str, Quota]:
        """Bucket -> how much may be asked of it."""

    def authorize(self, app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
        """Return the address that a person is sent to, to say yes."""

    def exchange(self, app: ClientApp, code: str, redirect: str, verifier: str, now: int) -> Asking[Tokens]:
        """Take a code for tokens."""

    def refresh(self, app: ClientApp, tokens: Tokens, now: int) -> Asking[Tokens]:
        """Take a grant for newer tokens."""

    def revoke(self, app: ClientApp, tokens: Tokens) -> Ask | None:
        """Return what gives a grant back; None where the platform has nothing for that."""

    def who(self, tokens: Tokens) -> Asking[Account]:
        """Ask whose account a grant is of."""

    def look(self, look: Look) -> Asking[None]:
        """Ask for everything that is known of an account, and of its posts."""

    def closed_until(self, reply: Reply, now: int) -> int:
        """Return until when the quota of a good reply is left alone by what it says, ms; 0 if it need not be."""

    def resources(self, ask: Ask, reply: Reply) -> Sequence[Resource]:
        """Return what a good reply costs."""

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is."""
