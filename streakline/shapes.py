"""Shapes: what follows of an event's type, action, content type, source and platform, looked up once each.

The same few combinations come again and again: one look tells what would take a dozen.
"""

from __future__ import annotations

from typing import Final

from streakline import kinds
from streakline.codings import Codings
from streakline.events import Event
from streakline.rules import action_text, kind_of

MAX_TEXT: Final = 500
"""Characters of a text; the rest is cut."""
KEPT: Final = 20_000
"""Shapes that are remembered, some 500 bytes each."""

Key = tuple[str, str | None, str | None, str | None, str | None]
"""Type, action, content type, source and platform of an event, as they came."""
Shape = tuple[int, int, str, int, str, str, str, str, dict[str, str], str | None]
"""What follows of a `Key`: kind, code and text of the content type, the dimensions as in a `Coding` (dims, four names,
what was sent), and the properties of an event that gives nothing but an action (None: they need a look)."""


class Shapes:
    """Remembers the shapes of events, by what else they depend on: trust, country and device of the sender."""

    def __init__(self, codings: Codings) -> None:
        self._codings = codings
        self._known: dict[tuple[bool, str, str], dict[Key, Shape]] = {}
        self._kept = 0

    def forget(self) -> None:
        """Forget every code, those in shapes too: Redis may give them to other values."""
        self._codings.forget()
        self._clear()

    def _clear(self) -> None:
        self._known.clear()
        self._kept = 0

    def of(self, trusted: bool, country: str, device: str) -> dict[Key, Shape]:
        """Return the known shapes of events from senders like this one."""
        if self._kept >= KEPT:
            self._clear()
        known = self._known.get((trusted, country, device))
        if known is None:
            known = self._known[trusted, country, device] = {}
            self._kept += 1
        return known

    def learn(
        self, event: Event, trusted: bool, country: str, device: str, missing: list[tuple[str, str]]
    ) -> Shape:
        """Return the shape of an event that is not known yet, and remember it if it is final and short.

        The (dimension, value) pairs that need a code first are added to `missing`.

        Raises:
            Refused: if its sender may not send it, or it does not say what it is about.
        """
        kind = kind_of(event, trusted=trusted)
        coding = self._codings.coding((event.source, event.platform, country, device))
        content_type, action = event.contentType or "", event.action or ""
        shape = (
            kind,
            kinds.CONTENT_TYPE_CODES.get(content_type, 1) if content_type else 0,
            content_type[:MAX_TEXT],
            *coding[:6],
            "" if event.action is None else action_text(action) if len(action) < MAX_TEXT else None,
        )
        if coding.missing:
            missing += coding.missing
        elif max(map(len, (content_type, action, event.source or "", event.platform or ""))) <= MAX_TEXT:
            known = self.of(trusted, country, device)
            known[event.type, event.action, event.contentType, event.source, event.platform] = shape
            self._kept += 1
        return shape
