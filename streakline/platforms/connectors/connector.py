"""A connector: what one platform is asked, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from streakline.platforms.connectors.exchange import Ask, Asking, Reply
from streakline.platforms.connectors.faults import Fault
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.connectors.quotas import Quota


class Account(NamedTuple):
    """An account as its platform names it: by its id for ever, and by what people call it now."""

    id: str
    name: str


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

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is."""
