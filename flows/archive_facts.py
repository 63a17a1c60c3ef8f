"""Facts of the catalogue: stated by content and creator events, or come along with a play."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress, repeat
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from flows.archive_native import Column
from flows.archive_rows import EVENT_COLUMNS, Batch
from streakline.entries import UNREADABLE
from streakline.kinds import HEARTBEAT, KINDS
from streakline.records import BOT

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

    def new(self, batch: Batch, columns: Sequence[Column]) -> dict[tuple[Any, ...], int]:
        """Return the lines of the catalogue that were not written, each with the newest position that says it.

        Args:
            batch: of standing events.
            columns: their `EVENT_COLUMNS`.
        """
        records = batch.records
        kinds = records["kind"]
        told = [columns[place] for place in _TOLD]
        played = (kinds <= HEARTBEAT) & ((records["flags"] & BOT) == 0)
        lines: dict[tuple[Any, ...], int] = self._lines(played, repeat(0), told, batch)
        stated = (kinds == _CONTENT) | (kinds == _CREATOR)
        if stated.any():
            of = compress(kinds.tolist(), stated.tolist())
            lines |= self._lines(stated, of, [*told, columns[_PROPERTIES]], batch)
        return lines

    def _lines(
        self, which: npt.NDArray[np.bool_], kinds: Iterable[int], told: Sequence[Column], batch: Batch
    ) -> dict[tuple[Any, ...], int]:
        """Return what some events say that was not written, with the position of the newest that says it."""
        chosen = which.tolist()
        length = batch.records["length"].tolist()
        columns = [compress(column, chosen) for column in (*told[:6], length, *told[6:])]
        found = dict(zip(zip(kinds, *columns), compress(batch.entry.tolist(), chosen)))  # noqa: B905 - one is endless
        return {line: position for line, position in found.items() if line not in self._written}

    def remember(self, lines: Collection[tuple[Any, ...]]) -> None:
        """Take lines as written."""
        if len(self._written) + len(lines) > REMEMBERED:
            self._written.clear()
        self._written.update(lines)


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
