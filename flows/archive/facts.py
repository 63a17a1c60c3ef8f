"""Facts of the catalogue: stated by content and creator events, or come along with a play.

A share brings a title and nothing else: whoever shares a track as an app does not make it one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from operator import contains
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from flows.archive.native import Column
from flows.archive.rows import EVENT_COLUMNS, Batch
from streakline.kinds import HEARTBEAT, KINDS
from streakline.streams.entries import UNREADABLE
from streakline.streams.records import BOT

FACT_COLUMNS: Final = ("subject", "id", "fact", "value", "version")
REMEMBERED: Final = 200_000
"""Different catalogue lines that are remembered as written; beyond it all are forgotten and written again."""
_STATED: Final = 1 << 63
_TEXTS: Final = [
    EVENT_COLUMNS.index(name)
    for name in ("contentId", "title", "contentType", "creatorId", "parentId", "genre")
]
_CONTENT, _CREATOR, _SHARE = KINDS["content"], KINDS["creator"], KINDS["share"]

Fact = tuple[str, str, str, str, int]
Line = tuple[Any, ...]
"""Kind (0 of a play), content, title, type, creator, parent, genre, length in ms; of what was stated its properties."""


class Facts:
    """Tells what a batch says of contents and creators that was not written before."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Line, ...]] = {}
        self._count = 0

    def new(self, batch: Batch, columns: Sequence[Column]) -> dict[Line, int]:
        """Return the lines of the catalogue that were not written, each with the newest position that says it.

        What differs from a line that was written makes that one unknown: it may come again, and is the newest then.

        Args:
            batch: of standing events.
            columns: their `EVENT_COLUMNS`.
        """
        records = batch.records
        positions = batch.entry.tolist()
        texts: Any = [columns[column] for column in _TEXTS]
        lengths = records["length"].tolist()
        lines: dict[Line, int] = {}
        # Of a play only the texts count: whether it was a heartbeat makes no line of its own.
        played = (records["kind"] <= HEARTBEAT) & ((records["flags"] & BOT) == 0)
        shared = (records["kind"] == _SHARE) & ((records["flags"] & BOT) == 0)
        titled = [i for i in np.flatnonzero(shared).tolist() if batch.rows[i].title]
        for i in self._in_doubt(played, titled, texts, lengths):
            lines[(0, *(column[i] for column in texts), lengths[i])] = positions[i]
        for i in titled:
            line = (0, batch.rows[i].contentId, batch.rows[i].title, "", "", "", "", 0)
            lines[line] = max(positions[i], lines.get(line, 0))
        for i in np.flatnonzero(np.isin(records["kind"], (_CONTENT, _CREATOR))).tolist():
            said = (*(column[i] for column in texts), lengths[i], batch.rows[i].properties)
            lines[(int(records["kind"][i]), *said)] = positions[i]
        for line in [line for line in lines if not self._knows(line)]:
            self._forget_others(line)
        return {line: position for line, position in lines.items() if not self._knows(line)}

    def _in_doubt(
        self,
        played: npt.NDArray[np.bool_],
        shared: Sequence[int],
        texts: Sequence[Sequence[str]],
        lengths: Sequence[int],
    ) -> list[int]:
        """Return which plays are of a content of which the batch may say what was not written.

        Most plays repeat what was written of their content: these are asked in C, without an object each.
        """
        ids = texts[0]
        written = map(self._written.get, ids, repeat(()))
        lines = zip(repeat(0), *texts, lengths, strict=False)
        known = np.fromiter(map(contains, written, lines), np.bool_, len(ids))
        doubtful = {ids[i] for i in chain(np.flatnonzero(played & ~known).tolist(), shared)}
        return [i for i in np.flatnonzero(played).tolist() if ids[i] in doubtful] if doubtful else []

    def remember(self, lines: Mapping[Line, int]) -> None:
        """Take lines as written, in the order of their positions.

        What was stated is written each time: between two equal ones another may stand.
        """
        played = [line for line in lines if not line[0]]
        if self._count + len(played) > REMEMBERED:
            self._written.clear()
            self._count = 0
        for line in sorted(played, key=lines.__getitem__):
            self._forget_others(line)
            self._written[line[1]] = (*self._written.get(line[1], ()), line)
            self._count += 1

    def _knows(self, line: Line) -> bool:
        return line in self._written.get(line[1], ())

    def _forget_others(self, line: Line) -> None:
        """Forget the lines of a content that say other than one does."""
        known = self._written.get(line[1])
        if known and not line[0]:
            kept = tuple(other for other in known if not _differ(line, other))
            self._written[line[1]] = kept
            self._count -= len(known) - len(kept)


def _differ(line: Line, other: Line) -> bool:
    return any(said and also and said != also for said, also in zip(line[2:8], other[2:8], strict=True))


def fact_columns(lines: Mapping[Line, int]) -> list[Sequence[Any]]:
    """Return the columns `FACT_COLUMNS` of what `Facts.new` returned; none if there is no fact."""
    facts = [fact for line, position in lines.items() for fact in _facts(line, position)]
    return list(zip(*facts, strict=True))


def _facts(line: Line, position: int) -> list[Fact]:
    kind, content, title, content_type, creator, parent, genre, length = line[:8]
    properties = _properties(line[8]) if len(line) > 8 else {}
    version = position + (_STATED if kind else 0)
    if kind == _CREATOR:
        name = {"name": title} if title and "name" not in properties else {}
        return _rows("creator", creator, name | _free(properties), version) if creator else []
    values = {
        "title": title, "type": content_type, "creator": creator, "parent": parent, "genre": genre,
        "duration": str(length) if length else "",
    }  # fmt: skip
    named = {fact: value for fact, value in values.items() if value}
    free = _free(properties)
    if "createdAt" in free:
        free["created"] = free.pop("createdAt")
    # A named fact that is a property too is one that is emptied.
    emptied = {fact: value for fact, value in free.items() if fact not in values or not value}
    return _rows("content", content, emptied | named, version)


def _rows(subject: str, what: str, facts: Mapping[str, str], version: int) -> list[Fact]:
    return [(subject, what, fact, value, version) for fact, value in facts.items()]


def _free(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return properties as facts: texts as they are, numbers as JSON has them, "" for null, which empties a fact."""
    return {
        name: value
        if isinstance(value, str)
        else ""
        if value is None
        else msgspec.json.encode(value).decode()
        for name, value in properties.items()
    }


def _properties(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text)
    except UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}
