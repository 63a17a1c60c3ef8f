"""Text of a card: which typeface writes which character, how wide it gets, and where it is cut.

A picture has only the typefaces that it is drawn with. What none of them writes would be left out without a word, so
that is decided here: for a character that is seen, a sign stands in its place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple, Protocol
from xml.sax.saxutils import escape, quoteattr

MISSING: Final = "□"
"""In place of a character that no typeface has."""
ELLIPSIS: Final = "…"
LONGEST: Final = 200
"""Characters of a text that are looked at; no line of a card holds as many."""
FALLBACK: Final = "system-ui, sans-serif"
"""Typefaces of who looks at the text of a card without ours."""
_JOINERS: Final = "\u200c\u200d"
_BEFORE: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of a line stands before the place that it is anchored to."""


class Typeface(Protocol):
    """A typeface, as far as text is measured by it."""

    @property
    def family(self) -> str:
        """Its name."""

    def has(self, character: str) -> bool:
        """Tell whether it writes a character."""

    def width(self, character: str, weight: int) -> float:
        """Return how wide a character that it has is, in parts of the size of the text.

        Args:
            character: it.
            weight: from 400, regular, to 700, bold.
        """


class Style(NamedTuple):
    """How a line is written.

    Attributes:
        size: of the text, in pixels.
        weight: from 400, regular, to 700, bold.
        color: as CSS writes it.
        anchor: which part of the line its place is of: `start`, `middle` or `end`.
    """

    size: float
    weight: int
    color: str
    anchor: str = "start"


class Run(NamedTuple):
    """Characters in a row that one typeface writes."""

    face: Typeface
    text: str

    def width(self, style: Style) -> float:
        """Return how wide it is, before pairs of letters move closer."""
        return style.size * sum(self.face.width(character, style.weight) for character in self.text)


class Typesetter:
    """Sets lines of text.

    Attributes:
        used: families that wrote something.
    """

    def __init__(self, faces: Sequence[Typeface]) -> None:
        """Take typefaces; the first one that has a character writes it.

        Args:
            faces: in their order; one of them has `MISSING`, and one `ELLIPSIS`.
        """
        self._faces = faces
        self.used: set[str] = set()

    @property
    def family(self) -> str:
        """The value of `font-family` for all that the first typeface writes, in quotes."""
        return _family(self._faces[0])

    def line(self, text: str, x: float, y: float, style: Style, room: float = float("inf")) -> str:
        """Return a line as an element of SVG.

        Args:
            text: anything; it becomes readable, and is cut where it is wider than `room`.
            x: where it begins, or ends by the style.
            y: its base line.
            style: how it is written.
            room: how wide it may be at most.
        """
        runs = list(self._runs(self.fitted(text, style, room)))
        self.used |= {run.face.family for run in runs}
        anchor = style.anchor
        if len(runs) > 1:
            x -= _BEFORE[anchor] * sum(run.width(style) for run in runs)
            anchor = "start"
        return (
            f'<text x="{x:g}" y="{y:g}" font-size="{style.size:g}" font-weight="{style.weight}" '
            f'fill="{style.color}" text-anchor="{anchor}">{"".join(self._placed(runs, x, style))}</text>'
        )

    def width(self, text: str, style: Style) -> float:
        """Return how wide a readable text is."""
        return sum(run.width(style) for run in self._runs(text))

    def fitted(self, text: str, style: Style, room: float) -> str:
        """Return a readable text that is at most so wide: cut, with an ellipsis, if it has to be."""
        text = self.readable(text)
        if self.width(text, style) <= room:
            return text
        left, kept = room - self.width(ELLIPSIS, style), 0
        for face, character in self._written(text):
            left -= style.size * face.width(character, style.weight)
            if left < 0:
                break
            kept += 1
        return text[:kept].rstrip() + ELLIPSIS

    def readable(self, text: str) -> str:
        """Return a text of which every character can be written.

        Blanks of any kind are one blank. Marks that the typeface of their letter lacks, and what only directs how
        others look, are left out; anything else is `MISSING`, once for several in a row.
        """
        whole = " ".join(unicodedata.normalize("NFC", text[:LONGEST]).split())
        return "".join(character for _, character in self._written(whole)).rstrip()

    def _placed(self, runs: Sequence[Run], x: float, style: Style) -> Iterator[str]:
        for run in runs:
            if len(runs) == 1 and run.face is self._faces[0]:
                yield escape(run.text)
                continue
            # Each of several runs has its own place: where they flow, what draws them may write all in one typeface.
            place = f' x="{x:.1f}"' if len(runs) > 1 else ""
            yield f"<tspan{place} font-family={_family(run.face)}>{escape(run.text)}</tspan>"
            x += run.width(style)

    def _runs(self, text: str) -> Iterator[Run]:
        for face, characters in groupby(self._written(text), key=lambda one: one[0]):
            yield Run(face, "".join(character for _, character in characters))

    def _written(self, text: str) -> Iterator[tuple[Typeface, str]]:
        face: Typeface | None = None
        last = ""
        for character in text:
            if character == " " and last in {"", " "}:
                continue
            found, written = self._face(character, face, last), character
            if found is None and not _is_unseen(character) and last != MISSING:
                found, written = self._first(MISSING), MISSING
            if found is not None:
                face, last = found, written
                yield found, written

    def _face(self, character: str, face: Typeface | None, last: str) -> Typeface | None:
        """Return the typeface of a character behind another one and its typeface; None if no one writes it."""
        if _is_unseen(character):
            stands = face is not None and (character in _JOINERS or unicodedata.category(character)[0] == "M")
            return face if stands and face is not None and face.has(character) else None
        if character == " " and face is not None and face.has(character) and _is_leftward(last):
            return face  # or words that are read from the right would change places
        return self._first(character)

    def _first(self, character: str) -> Typeface | None:
        return next((face for face in self._faces if face.has(character)), None)


def _is_unseen(character: str) -> bool:
    """Tell whether a character by itself shows nothing: a mark on another one, or what directs how others look."""
    category = unicodedata.category(character)
    return category[0] == "M" or category in {"Cc", "Cf", "Cs"}


def _is_leftward(character: str) -> bool:
    return bool(character) and unicodedata.bidirectional(character) in {"R", "AL"}


def _family(face: Typeface) -> str:
    return quoteattr(f"'{face.family}', {FALLBACK}")
