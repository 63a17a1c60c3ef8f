"""What Instagram answers: a number of an insight stands in one of three places, or nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from streakline.platforms.connectors.exchange import Reply, Unreadable, read
from streakline.times import SECOND_MS


class _Cursors(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    cursors: _Cursors = msgspec.field(default_factory=_Cursors)
    next: str = ""


class Page(msgspec.Struct):
    """A page of a list. The address in `next` holds the token: only the cursor is taken of it."""

    data: list[dict[str, Any]] = []
    paging: _Paging = msgspec.field(default_factory=_Paging)

    @property
    def after(self) -> str:
        """The cursor of the next page; "" where there is none."""
        return self.paging.cursors.after if self.paging.next else ""


class Insight(NamedTuple):
    """A number and, of one day, when that day ended (ms); 0 of the lifetime."""

    name: str
    value: int | float
    end: int


_PAGE: Final = msgspec.json.Decoder(Page)
_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])


def page_of(reply: Reply) -> Page:
    """Return a page.

    Raises:
        Unreadable: if it is none.
    """
    return read(reply, _PAGE)


def object_of(reply: Reply) -> dict[str, Any]:
    """Return an object.

    Raises:
        Unreadable: if it is none.
    """
    return read(reply, _OBJECT)


def insights_of(reply: Reply) -> list[Insight]:
    """Return the numbers of an answer; what is not available is not in it.

    Raises:
        Unreadable: if it holds something else.
    """
    found: list[Insight] = []
    for one in page_of(reply).data:
        name, total = str(one.get("name", "")), one.get("total_value")
        if isinstance(total, dict):
            found += _numbers(name, [total])
        values = one.get("values")
        if isinstance(values, list):
            found += _numbers(name, values)
    return found


def count(value: Any) -> int | None:
    """Return a count; None where there is none.

    Raises:
        Unreadable: if it is something else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"{str(value)[:40]!r} stands where a count should"
        raise Unreadable(msg)
    return value


def moment(text: Any) -> int:
    """Return a moment in ms; the offset has no colon: `2026-05-01T10:00:00+0000`. 0 if nobody says.

    Raises:
        Unreadable: if it is none.
    """
    if not text:
        return 0
    try:
        return round(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp()) * SECOND_MS
    except (TypeError, ValueError) as error:
        msg = f"{str(text)[:40]!r} stands where a moment should"
        raise Unreadable(msg) from error


def _numbers(name: str, values: list[Any]) -> list[Insight]:
    found = []
    for one in values:
        value = one.get("value") if isinstance(one, dict) else None
        if value is None or isinstance(value, dict):
            continue  # a breakdown, or nothing
        if isinstance(value, bool) or not isinstance(value, int | float):
            msg = f"{str(value)[:40]!r} stands where the number of {name[:40]!r} should"
            raise Unreadable(msg)
        found.append(Insight(name, value, moment(one.get("end_time"))))
    return found
