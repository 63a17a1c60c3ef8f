"""Facts of the catalogue: stated by content and creator events, or come along with a play."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from flows.archive.columns import Places, Texts, mixed
from flows.archive.native import Column
from flows.archive.rows import EVENT_COLUMNS, Batch
from streakline.kinds import HEARTBEAT, KINDS
from streakline.streams.entries import UNREADABLE
from streakline.streams.records import BOT

FACT_COLUMNS: Final = ("subject", "id", "fact", "value", "version")
REMEMBERED: Final = 200_000
"""Different catalogue lines that are remembered as written; beyond it all are forgotten and written again."""
_STATED: Final = 1 << 63
_TOLD: Final = [
    EVENT_COLUMNS.index(name)
    for name in ("contentId", "title", "contentType", "creatorId", "parentId", "genre")
]
_PROPERTIES: Final = EVENT_COLUMNS.index("properties")
_CONTENT, _CREATOR = KINDS["content"], KINDS["creator"]

Fact = tuple[str, str, str, str, int]


class Facts:
    """Tells what a batch says of contents and creators that was not written before."""

    def __init__(self) -> None:
        self._written: set[tuple[Any, ...]] = set()
        self._known: set[int] = set()
        """Hashes of the lines that plays told and that were written: nearly all are told again and again."""
        self._told: dict[int, tuple[Any, ...]] = {}
        """Hash -> line of those that were told since."""

    def new(self, batch: Batch, columns: Sequence[Column]) -> dict[tuple[Any, ...], int]:
        """Return the lines of the catalogue that were not written, each with the newest position that says it.

        Args:
            batch: of standing events.
            columns: their `EVENT_COLUMNS`.
        """
        kinds = batch.records["kind"]
        told: Any = [columns[place] for place in _TOLD]
        played = np.flatnonzero((kinds <= HEARTBEAT) & ((batch.records["flags"] & BOT) == 0))
        lines = self._played(played, told, batch) if len(played) else {}
        stated = np.flatnonzero((kinds == _CONTENT) | (kinds == _CREATOR))
        if len(stated):
            properties: Any = columns[_PROPERTIES]
            said = _lines(stated, kinds, [*told, properties], batch)
            lines |= dict(zip(said, batch.entry[stated].tolist(), strict=True))
        return {line: position for line, position in lines.items() if line not in self._written}

    def _played(self, played: Places, told: Sequence[Texts], batch: Batch) -> dict[tuple[Any, ...], int]:
        """Return the lines that some events tell and that may not have been written."""
        hashes = batch.records["content64"][played] ^ mixed(batch.records["length"][played].astype(np.uint64))
        for column in told[1:]:
            hashes = mixed(hashes) + column.take(played).hashes()
        newest = dict(zip(hashes.tolist(), played.tolist(), strict=True))
        unknown = newest.keys() - self._known
        fresh = [number for number in unknown if number not in self._told]
        if fresh:
            places = np.array([newest[number] for number in fresh])
            self._told |= zip(
                fresh, _lines(places, np.zeros(len(batch.records), np.uint8), told, batch), strict=True
            )
        return {self._told[number]: int(batch.entry[newest[number]]) for number in unknown}

    def remember(self, lines: Collection[tuple[Any, ...]]) -> None:
        """Take lines as written."""
        if len(self._written) + len(lines) > REMEMBERED:
            self._written.clear()
            self._known.clear()
        self._written.update(lines)
        self._known |= self._told.keys()
        self._told.clear()


def _lines(
    places: Places, kinds: npt.NDArray[np.uint8], told: Sequence[Texts], batch: Batch
) -> list[tuple[Any, ...]]:
    """Return what some events say."""
    columns: list[list[Any]] = [column.take(places).tolist() for column in told]
    columns.insert(6, batch.records["length"][places].tolist())
    return list(zip(kinds[places].tolist(), *columns, strict=True))


def fact_columns(lines: Mapping[tuple[Any, ...], int]) -> list[Sequence[Any]]:
    """Return the columns `FACT_COLUMNS` of what `Facts.new` returned; none if there is no fact."""
    facts = [fact for line, position in lines.items() for fact in _facts(line, position)]
    return list(zip(*facts, strict=True))


def _facts(line: tuple[Any, ...], position: int) -> list[Fact]:
    kind, content, title, content_type, creator, parent, genre, length = line[:8]
    properties = _properties(line[8]) if len(line) > 8 else {}
    if kind == _CREATOR:
        name = str(properties.get("name") or title)
        return [("creator", creator, "name", name, position + _STATED)] if creator and name else []
    values = {
        "title": title, "type": content_type, "creator": creator, "parent": parent, "genre": genre,
        "duration": str(length) if length else "", "created": str(properties.get("createdAt") or ""),
    }  # fmt: skip
    version = position + (_STATED if kind else 0)
    return [("content", content, fact, value, version) for fact, value in values.items() if value]


def _properties(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text)
    except UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}
