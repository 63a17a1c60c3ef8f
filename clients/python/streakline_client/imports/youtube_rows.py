"""Rows of YouTube's history, whichever of its shapes they came in.

- `watch-history.json` of Takeout, whose name is local (`Wiedergabeverlauf.json`);
- Takeout's list of 2016, in the shape of the API;
- `watch-history.html`, Takeout's default: see `youtube_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from streakline_client.imports.rows import BadFile, Unreadable, json_rows, tidy, when

EXPECTED: Final = "expected watch-history.json or watch-history.html of Takeout, by its name in any language"
_MUSIC: Final = "YouTube Music"
_ENGLISH: Final = "From Google Ads"
_PATHS: Final = ("shorts", "live", "embed", "v")


class Row(NamedTuple):
    """What an export says of one row."""

    number: int
    title: str
    """With the verb around it."""
    address: str
    at: int | None
    """Epoch ms; None where there is no video."""
    channel: str = ""
    channel_address: str = ""
    music: bool = False
    advertisement: bool = False
    was_view: bool = False
    """Whether older releases took an advertisement for a view: they knew those in English."""

    @property
    def video(self) -> str:
        """The video's id out of the address, empty where it has none.

        Raises:
            ValueError: if the address is none.
        """
        address = urlsplit(self.address)
        first, _, rest = address.path.lstrip("/").partition("/")
        if (address.hostname or "").endswith("youtu.be"):
            return address.path.strip("/")
        return rest.split("/")[0] if first in _PATHS else parse_qs(address.query).get("v", [""])[0]


def json_history(lines: Iterable[str]) -> Iterator[Row | Unreadable]:
    """Yield the rows of a JSON list.

    Raises:
        BadFile: if it is none, or none of its rows is YouTube's.
    """
    rows = json_rows(lines, EXPECTED)
    if rows and not any(isinstance(row, dict) and (_is_activity(row) or _is_item(row)) for row in rows):
        first = rows[0]
        shown = (
            f"has {', '.join(map(str, list(first)[:8]))!r}" if isinstance(first, dict) else f"is {first!r}"
        )
        msg = f"no row has titleUrl, or title and time (the first {shown[:200]}); {EXPECTED}"
        raise BadFile(msg)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            yield Unreadable(number, f"{str(row)[:80]!r} is no JSON object")
            continue
        try:
            yield _item(number, row) if _is_item(row) else _activity(number, row)
        except ValueError as error:
            yield Unreadable(number, str(error))


def _is_activity(row: Mapping[str, Any]) -> bool:
    return "titleUrl" in row or {"title", "time"} <= row.keys()


def _is_item(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("contentDetails"), dict) and isinstance(row.get("snippet"), dict)


def _activity(number: int, row: Mapping[str, Any]) -> Row:
    channel: Mapping[str, Any] = next(iter(_objects(row.get("subtitles"))), {})
    # Whatever its language, a row with details is an advertisement, and no other row is.
    details = _objects(row.get("details"))
    was_view = bool(details) and all(detail.get("name") != _ENGLISH for detail in details)
    address = str(row.get("titleUrl") or "")
    try:
        music = row.get("header") == _MUSIC or (urlsplit(address).hostname or "").startswith("music.")
        at = when(row, "time") if address and Row(number, "", address, None).video else None
    except ValueError:
        if not details:
            raise
        music, at = False, None  # nobody needs more of an advertisement
    return Row(
        number,
        tidy(row.get("title")),
        address,
        at,
        tidy(channel.get("name")),
        tidy(channel.get("url")),
        music,
        bool(details),
        was_view,
    )


def _item(number: int, row: Mapping[str, Any]) -> Row:
    """Return a row of 2016; its channel is the viewer's own."""
    video, snippet = tidy(row["contentDetails"].get("videoId")), row["snippet"]
    address = f"https://www.youtube.com/watch?v={video}" if video else ""
    return Row(number, tidy(snippet.get("title")), address, when(snippet, "publishedAt"))


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
