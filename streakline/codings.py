"""Codings: the dimensions of an event as they count, remembered by the few combinations that come again and again."""

from __future__ import annotations

from typing import Final, NamedTuple

from streakline import records
from streakline.dictionary import OTHER, OTHER_NAME, Dictionary

MAX_VALUE: Final = 500
"""Characters of a dimension's value; the rest is cut."""
KEPT: Final = 20_000
"""Combinations of values whose codes are remembered, some 500 bytes each."""

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


class Codings:
    """Looks the codes of combinations up, once each."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self.known: dict[Given, Coding] = {}
        """Combinations that are remembered; only those all of whose values have their codes."""

    def forget(self) -> None:
        """Forget every code: Redis may give them to other values."""
        self._dictionary.forget()
        self.known.clear()

    def coding(self, given: Given) -> Coding:
        """Return the coding of a combination that is not known yet, and remember it if it is final and short."""
        coding = self._looked_up(given)
        if not coding.missing and all(text is None or len(text) <= MAX_VALUE for text in given):
            if len(self.known) >= KEPT:
                self.known.clear()
            self.known[given] = coding
        return coding

    def _looked_up(self, given: Given) -> Coding:
        dims, names, sent, missing = 0, [], {}, []
        for place, (name, text) in enumerate(zip(records.DIMENSIONS, given, strict=True)):
            value = text[:MAX_VALUE] if text else ""
            code = self._dictionary.code(name, value)
            if code is None:
                missing.append((name, value))
            if code is None or code == OTHER:
                code = OTHER
                if value != OTHER_NAME:
                    sent[name] = value
            names.append(OTHER_NAME if code == OTHER else value)
            dims |= code << (16 * place)
        source, platform, country, device = names
        return Coding(dims, source, platform, country, device, sent, tuple(missing))
