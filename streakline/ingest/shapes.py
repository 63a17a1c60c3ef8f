"""Shapes: what follows of an event's type, action, content type, source and platform, looked up once each.

The same few combinations come again and again: one look tells what would take a dozen.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streakline import kinds
from streakline.ingest.events import Event
from streakline.ingest.rules import action_text, kind_of
from streakline.streams import records
from streakline.streams.dictionary import OTHER, OTHER_NAME, Dictionary

MAX_TEXT: Final = 500
"""Characters of a text; the rest is cut."""
MAX_VALUE: Final = 500
"""Characters of a dimension's value; the rest is cut."""
KEPT: Final = 20_000
"""Shapes that are remembered, some 500 bytes each."""

Key = tuple[str, str | None, str | None, str | None, str | None]
"""Type, action, content type, source and platform of an event, as they came."""
Shape = tuple[int, int, str, int, str, str, str, str, dict[str, str], str | None]
"""What follows of a `Key`: kind, code and text of the content type, the dimensions as in a `Coding` (dims, four names,
what was sent), and the properties of an event that gives nothing but an action (None: they need a look)."""


Given = tuple[str | None, str | None, str, str]
"""Source, platform, country and device of an event as they came."""


class Coding(NamedTuple):
    """The dimensions of an event as they count."""

    dims: int
    """The codes of source, platform, country and device, 16 bits each, the first lowest."""
    source: str
    platform: str
    country: str
    device: str
    sent: dict[str, str]
    """Dimension -> what was sent, where it counts as `other`."""
    missing: tuple[tuple[str, str], ...]
    """(dimension, value) pairs without a code that may get one; as long as they have none they are `other`."""


def coding(dictionary: Dictionary, given: Given) -> Coding:
    """Return how the dimensions of an event count, by the codes that are known now."""
    dims, names, sent, missing = 0, [], {}, []
    for dimension, (name, text) in enumerate(zip(records.DIMENSIONS, given, strict=True)):
        value = text[:MAX_VALUE] if text else ""
        code = dictionary.code(name, value)
        if code is None:
            missing.append((name, value))
        if code is None or code == OTHER:
            code = OTHER
            if value != OTHER_NAME:
                sent[name] = value
        names.append(OTHER_NAME if code == OTHER else value)
        dims |= code << (16 * dimension)
    source, platform, country, device = names
    return Coding(dims, source, platform, country, device, sent, tuple(missing))


class Shapes:
    """Remembers the shapes of events, by what else they depend on: trust, country and device of the sender."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._known: dict[tuple[bool, str, str], dict[Key, Shape]] = {}
        self._kept = 0

    def forget(self) -> None:
        """Forget every code, those in shapes too: Redis may give them to other values."""
        self._dictionary.forget()
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
        self,
        event: Event,
        trusted: bool,
        country: str,
        device: str,
        missing: list[tuple[str, str]],
        own: bool = False,
    ) -> Shape:
        """Return the shape of an event that is not known yet, and remember it if it is final and short.

        The (dimension, value) pairs that need a code first are added to `missing`. A personal event, which not every
        sender of the same trust may send (see `own` of `kind_of`), is looked at each time.

        Raises:
            Refused: if its sender may not send it, or it does not say what it is about.
        """
        kind = kind_of(event, trusted=trusted, own=own)
        counted = coding(self._dictionary, (event.source, event.platform, country, device))
        content_type, action = event.contentType or "", event.action or ""
        shape = (
            kind,
            kinds.CONTENT_TYPE_CODES.get(content_type, 1) if content_type else 0,
            content_type[:MAX_TEXT],
            *counted[:6],
            _properties(kind, event.action),
        )
        if counted.missing:
            missing += counted.missing
        elif (
            kind not in kinds.PERSONAL
            and max(map(len, (content_type, action, event.source or "", event.platform or ""))) <= MAX_TEXT
        ):
            known = self.of(trusted, country, device)
            known[event.type, event.action, event.contentType, event.source, event.platform] = shape
            self._kept += 1
        return shape


def _properties(kind: int, action: str | None) -> str | None:
    """Return the properties of an event that gives nothing but an action; None if they need a look."""
    if kind in kinds.PERSONAL or kind == kinds.METRIC:
        return None
    if action is None:
        return ""
    return action_text(action) if len(action) < MAX_TEXT else None
