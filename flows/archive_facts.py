"""Facts of the catalogue: stated by content and creator events, or come along with a play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from flows.archive_rows import Batch
from streakline.entries import UNREADABLE
from streakline.kinds import HEARTBEAT, KINDS
from streakline.records import BOT

FACT_COLUMNS: Final = ("subject", "id", "fact", "value", "version")
REMEMBERED: Final = 200_000
"""Different catalogue lines that are remembered as written; beyond it all are forgotten and written again."""
_STATED: Final = 1 << 63
_CONTENT, _CREATOR = KINDS["content"], KINDS["creator"]

Fact = tuple[str, str, str, str, int]


class Facts:
    """Tells what a batch says of contents and creators that was not written before."""

    def __init__(self) -> None:
        self._written: set[tuple[Any, ...]] = set()

    def new(self, batch: Batch) -> tuple[list[Sequence[Any]], list[tuple[Any, ...]]]:
        """Return the columns `FACT_COLUMNS` of new facts, and what to `remember` once they are written."""
        lines: dict[tuple[Any, ...], int] = {}
        records = batch.records
        lengths = records["length"].tolist()
        robots = (records["flags"] & BOT).tolist()
        positions = batch.entry.tolist()
        for i, (kind, row) in enumerate(zip(records["kind"].tolist(), batch.rows, strict=True)):
            if kind <= HEARTBEAT:
                if robots[i]:
                    continue
                line: tuple[Any, ...] = (
                    0, row.contentId, row.title, row.contentType, row.creatorId, row.parentId, row.genre,
                    lengths[i],
                )  # fmt: skip
            elif kind in (_CONTENT, _CREATOR):
                line = (
                    kind, row.contentId, row.title, row.contentType, row.creatorId, row.parentId, row.genre,
                    lengths[i], row.properties,
                )  # fmt: skip
            else:
                continue
            if line not in self._written:
                lines[line] = positions[i]
        facts = [fact for line, position in lines.items() for fact in _facts(line, position)]
        return list(zip(*facts, strict=True)), list(lines)

    def remember(self, lines: list[tuple[Any, ...]]) -> None:
        """Take lines as written."""
        if len(self._written) + len(lines) > REMEMBERED:
            self._written.clear()
        self._written.update(lines)


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
