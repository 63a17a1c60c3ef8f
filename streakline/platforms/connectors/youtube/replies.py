"""What YouTube answers. Counts of the Data API are texts, those of Analytics numbers; what is hidden has no key."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec

from streakline.platforms.connectors.exchange import Reply, Unreadable, read
from streakline.times import parse_when


class Statistics(msgspec.Struct, rename="camel"):
    """Counts of a channel or video, each a text of digits."""

    view_count: str | None = None
    like_count: str | None = None
    comment_count: str | None = None
    subscriber_count: str | None = None
    hidden_subscriber_count: bool = False
    video_count: str | None = None


class _Related(msgspec.Struct):
    uploads: str = ""


class _Details(msgspec.Struct, rename="camel"):
    related_playlists: _Related = msgspec.field(default_factory=_Related)
    video_id: str = ""


class _Snippet(msgspec.Struct, rename="camel"):
    title: str = ""
    published_at: str = ""
    publish_time: str = ""


class Item(msgspec.Struct, rename="camel"):
    """A channel, a video, or an entry of a playlist."""

    id: str = ""
    snippet: _Snippet = msgspec.field(default_factory=_Snippet)
    statistics: Statistics = msgspec.field(default_factory=Statistics)
    content_details: _Details = msgspec.field(default_factory=_Details)

    @property
    def published(self) -> int:
        """When it was published, ms; 0 if nobody says."""
        text = self.snippet.published_at or self.snippet.publish_time
        return parse_when(text)[0] if text else 0


class Items(msgspec.Struct, rename="camel"):
    """A page of them. `items` may be left out."""

    items: list[Item] = []
    next_page_token: str = ""


class _Column(msgspec.Struct):
    name: str


class Table(msgspec.Struct, rename="camel"):
    """A report of Analytics. `rows` is left out where there is none."""

    column_headers: list[_Column] = []
    rows: list[list[Any]] = []


_ITEMS: Final = msgspec.json.Decoder(Items)
_TABLE: Final = msgspec.json.Decoder(Table)


def items_of(reply: Reply) -> Items:
    """Return a page of the Data API.

    Raises:
        Unreadable: if it is none.
    """
    return read(reply, _ITEMS)


def rows_of(reply: Reply) -> list[dict[str, Any]]:
    """Return the rows of a report by the names in its own header: their order is the platform's.

    Raises:
        Unreadable: if it is none, or a row has more or fewer cells than the header.
    """
    table = read(reply, _TABLE)
    names = [column.name for column in table.column_headers]
    try:
        return [dict(zip(names, row, strict=True)) for row in table.rows]
    except ValueError as error:
        msg = f"a row of the report has not the {len(names)} cells of its header"
        raise Unreadable(msg) from error


def count(text: str | None) -> int | None:
    """Return a count of the Data API; None where there is none.

    Raises:
        Unreadable: if it is no number.
    """
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        msg = f"{text[:40]!r} stands where a count of digits should"
        raise Unreadable(msg)
    return int(text)


def number(value: Any) -> int | float | None:
    """Return a number of a report; None where the cell is empty.

    Raises:
        Unreadable: if it is something else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{str(value)[:40]!r} stands where a report should have a number"
        raise Unreadable(msg)
    return value


def day(value: Any) -> date:
    """Return the day of a row.

    Raises:
        Unreadable: if it is none.
    """
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        msg = f"{str(value)[:40]!r} stands where a report should have a day"
        raise Unreadable(msg) from error
