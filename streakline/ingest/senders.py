"""Senders: what the server knows of who sent a request, and of whom an event of it says to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from streakline.ingest.events import Event

HTTP_LIBRARY: Final = "http-library"
"""The bot reason of curl, okhttp, python-requests ...: a robot as a listener, but no robot as who posts
events, for then it is an app or a server that speaks for its listeners."""


class SentBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a request said and proved of its sender: all that is needed to stamp its events once more.

    Attributes:
        user_id: `sub` of a token that may only write for itself.
        trusted: whether the scope `write` vouched for it.
        admin: whether the scope `admin` did.
        country: that a trusted proxy named.
        agent: the `User-Agent`.
    """

    user_id: str | None = None
    trusted: bool = False
    admin: bool = False
    country: str = ""
    agent: str = ""

    @property
    def nobody(self) -> bool:
        """Whether neither token nor key vouched for it."""
        return not self.trusted and self.user_id is None


class Sender(NamedTuple):
    """What the server knows of who sent a request, or of one event's user agent."""

    user_id: str | None = None
    """Replaces the event's `userId`: the `sub` of a token that may only write for itself."""
    trusted: bool = False
    """May state facts (catalogue, metrics) and change a person's streak."""
    admin: bool = False
    """May say itself that an event was a robot's or, of a program's, none; and from which country it came."""
    country: str = ""
    device: str = ""
    browser: str = ""
    os: str = ""
    user_agent: str = ""
    referrer: str = ""
    bot_reason: str = ""
    nameless: bool = False
    """May not say whose events they are: nobody vouches for a `userId`."""


class Senders(NamedTuple):
    """Who sent the events of a request."""

    request: Sender
    by_agent: Callable[[str], Sender]
    """Says who sent an event that brings its own user agent."""
    sent_by: SentBy = SentBy()
    """What both were made of."""

    def of(self, event: Event) -> Sender:
        """Return who sent an event, with what an admin may say of it himself."""
        sender = self.request if event.userAgent is None else self.by_agent(event.userAgent)
        if sender.admin and event.country:
            sender = sender._replace(country=event.country)
        if sender.admin and event.bot and not sender.bot_reason:
            sender = sender._replace(bot_reason="sender")
        if sender.admin and event.bot is False and sender.bot_reason == HTTP_LIBRARY:
            sender = sender._replace(bot_reason="")  # it posted the event, to the product that knew it first
        return sender
