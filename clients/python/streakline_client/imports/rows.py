"""What every importer shares: outcomes of rows, ids that never change, names of contents."""

from __future__ import annotations

import csv
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from streakline_client.batches import encoded

NAMESPACE: Final = UUID("5d0ad2f0-4a0c-5c43-9b54-6b9fbf0f3a57")
"""Of all imported ids. Never change it: importing the same file again would count it twice."""
LONGEST_ID: Final = 200
"""Characters of an id on the wire."""
LONGEST_TEXT: Final = 1 << 26
"""Characters of a line, and of a JSON list, which is read whole: four bytes each at most, and its rows up to ten."""
SEPARATOR: Final = " — "
"""Between creator and title in the id of a content."""
_HASH: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class BadFile(ValueError):
    """A file that is not what its importer reads; the message says what it would read."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A row that became an event."""

    row: int
    """Line of a CSV or JSON-lines file, place in a JSON list; both from 1."""
    event: dict[str, Any]
    note: str = ""
    """What the person should be told of it, if anything; the same words for every such row."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no play, for a reason that its source has: nothing is wrong."""

    row: int
    reason: str
    former: tuple[str, int] | None = None
    """(id, start in epoch ms) of the play that older releases took the row for; None where they did not."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that should be a play and cannot be read."""

    row: int
    error: str
    """Names the field, its value and what it should be."""


Outcome = Imported | Skipped | Unreadable


def row_of(row: int, read: Callable[[], Outcome]) -> Outcome:
    """Return what a row gives: where nothing can be made of one of its values, the row is unreadable."""
    try:
        return read()
    except (ValueError, OverflowError) as error:
        return Unreadable(row, f"{error}")


def sendable(outcome: Outcome) -> Outcome:
    """Return an outcome; an event that no request can carry makes its row unreadable."""
    if isinstance(outcome, Imported):
        try:
            encoded(outcome.event)
        except ValueError as error:
            return Unreadable(outcome.row, f"event {error}")
    return outcome


def stable_id(user: str, source: str, *content: object) -> str:
    """Return the id of a row: UUIDv5 over user, source and what the row says."""
    return str(uuid5(NAMESPACE, json.dumps([user, source, *content], ensure_ascii=False)))


def session_id(user: str, source: str, at: int) -> str:
    """Return the session of an imported play: the person's UTC day at that source.

    Exports name no sessions. Guessing them from gaps would make a row's session depend on the other rows.
    """
    return short_id(f"{user}:{source}:{_EPOCH + at * _MS:%Y-%m-%d}")


class Ordinals:
    """Tells equal rows apart where a source's times are no finer than a minute.

    Equal rows have the same content, so which of them is the first does not matter, and their order neither.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[object, ...]] = Counter()

    def next(self, *content: object) -> int:
        """Return how many equal rows came before this one."""
        number = self._seen[content]
        self._seen[content] += 1
        return number


def tidy(text: object) -> str:
    """Return a name in one spelling: composed Unicode, single spaces, none around."""
    return " ".join(unicodedata.normalize("NFC", str(text)).split()) if text else ""


def content_id(creator: str, title: str) -> str:
    """Return a content's id, readable and the same in every export: `Creator — Title`.

    Where that would be ambiguous or longer than an id may be, it ends in a hash of the whole.
    """
    name = f"{creator}{SEPARATOR}{title}"
    if len(name) <= LONGEST_ID and SEPARATOR not in creator:
        return name
    return _hashed(name, f"{creator}\0{title}")


def short_id(name: str) -> str:
    """Return a name as an id: itself, or where it is too long its beginning and a hash of the whole."""
    return name if len(name) <= LONGEST_ID else _hashed(name, name)


def _hashed(name: str, whole: str) -> str:
    digest = hashlib.blake2b(whole.encode(), digest_size=_HASH // 2).hexdigest()
    return f"{name[: LONGEST_ID - _HASH - 1]}~{digest}"


def milliseconds(moment: datetime) -> int:
    """Return a moment as epoch ms; without a zone it is UTC."""
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MS


def when(row: Mapping[str, Any], field: str) -> int:
    """Return the ISO 8601 time of a field as epoch ms.

    Raises:
        ValueError: naming the field and its value.
    """
    value = row.get(field)
    try:
        return milliseconds(datetime.fromisoformat(str(value)))
    except ValueError:
        msg = f"{field} {value!r} is no ISO 8601 time"
        raise ValueError(msg) from None


def whole(row: Mapping[str, Any], field: str, unit: str) -> int:
    """Return the whole number of a field, none below 0.

    Raises:
        ValueError: naming the field, its value and the unit it should be in.
    """
    value = row.get(field)
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if number < 0:
        msg = f"{field} {value!r} is no number of {unit}"
        raise ValueError(msg)
    return number


def filled(**members: Any) -> dict[str, Any]:
    """Return the members that say something."""
    return {name: value for name, value in members.items() if value is not None and value != ""}


def csv_rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Return (line, cells) of a CSV text, empty lines left out.

    Raises:
        BadFile: if it is no CSV.
    """
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        msg = f"line {reader.line_num} is no CSV: {error}"
        raise BadFile(msg) from error


def json_rows(lines: Iterable[str], what: str) -> list[Any]:
    """Return the items of a JSON list.

    Raises:
        BadFile: if it is none; `what` names the file that would be.
    """
    try:
        value = json_value(whole_text(lines, what))
    except ValueError as error:
        if isinstance(error, BadFile):
            raise
        msg = f"no JSON ({error}); {what}"
        raise BadFile(msg) from error
    return json_list(value, what)


def json_list(value: Any, what: str) -> list[Any]:
    """Return a value that is a list.

    Raises:
        BadFile: if it is none; `what` names the file that would be.
    """
    if not isinstance(value, list):
        msg = f"a JSON {type(value).__name__}, not a list; {what}"
        raise BadFile(msg)
    return value


def json_value(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: if it is none, or nested deeper than this process can follow.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        msg = "nested too deeply"
        raise ValueError(msg) from error


def whole_text(lines: Iterable[str], what: str) -> str:
    """Return lines as one text.

    Raises:
        BadFile: if they do not fit into memory; `what` names the file that would.
    """
    parts, size = [], 0
    for line in lines:
        size += len(line)
        if size > LONGEST_TEXT:
            msg = f"more than {LONGEST_TEXT:,} characters in one JSON text; {what}; a longer one in parts"
            raise BadFile(msg)
        parts.append(line)
    return "".join(parts)
