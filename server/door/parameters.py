"""Parameters of a query: each is read once, by its kind, and whatever cannot be used is refused by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web

from server.problems import Problem
from server.resources.clock import CLOCK
from streakline import zones
from streakline.history import ranges
from streakline.history.pages import LIMIT, MOST, Cursor, Key, packed, question, unpacked
from streakline.history.ranges import Range

TIME_RANGE: Final = ("timeRange", "from", "to", "asOf", "tz")
"""What `Parameters.time_range` and `zone` read."""
PAGE: Final = ("limit", "cursor", "asOf")
"""What `Parameters.page` reads."""
UTC: Final = "UTC"
LONGEST_ID: Final = 500
T = TypeVar("T")
Default = TypeVar("Default")
Word = TypeVar("Word", bound=str)


class Page(NamedTuple):
    """Which rows of a long answer are wanted.

    Attributes:
        limit: how many at most.
        after: the key of the row that they come after; None for the first ones.
    """

    limit: int
    after: Key | None


class Parameters:
    """The parameters of one request."""

    def __init__(self, request: web.Request, *allowed: str, repeated: Collection[str] = ()) -> None:
        """Read the query of a request.

        Args:
            request: it.
            allowed: the names that may be there.
            repeated: those of them that may be there several times.

        Raises:
            Problem: 400 `parameter` for another name, and for a name that is there twice.
        """
        self._query = request.query
        for name in self._query:
            if name not in allowed:
                there = f"there are {', '.join(allowed)}" if allowed else "this path takes none"
                raise Problem(400, "parameter", f"parameter {name[:40]!r} is not known here; {there}")
            if name not in repeated and len(values := self._query.getall(name)) > 1:
                detail = f"parameter {name} is given {len(values)} times; give it once"
                raise Problem(400, "parameter", detail)
        self._question = question(request.path, self._query.items())
        self._now = request.app[CLOCK].now_ms
        self._as_of: int | None = None

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return self._query.getall(name, [])

    def read(self, name: str, read: Callable[[str], T], default: Default, *, code: str) -> T | Default:
        """Return a parameter as `read` reads it, or the default where it is not given.

        Raises:
            Problem: 400 with the code where `read` raises ValueError; its message says what is allowed.
        """
        text = self._query.get(name)
        if text is None:
            return default
        try:
            return read(text)
        except ValueError as error:
            raise Problem(400, code, f"{name} {error}{_hint(text)}") from error

    def choice(
        self, name: str, allowed: Collection[Word], default: Default, *, code: str = ""
    ) -> Word | Default:
        """Return one of some words, or the default where it is not given.

        Raises:
            Problem: 400 for another one, with the parameter's name as code if no other is given.
        """

        def known(text: str) -> Word:
            for word in allowed:
                if word == text:
                    return word
            msg = f"{text[:40]!r} is not known; there are {', '.join(allowed)}"
            raise ValueError(msg)

        return self.read(name, known, default, code=code or name)

    def metric(self, allowed: Collection[str]) -> str | None:
        """Return the metric that is asked for; None where it is not given.

        Raises:
            Problem: 400 `metric` for one that is not allowed.
        """
        return self.choice("metric", allowed, "") or None

    def content(self, name: str) -> str | None:
        """Return the id of a content; None where it is not given.

        Raises:
            Problem: 400 `content` for what can be no id.
        """
        return self.identity(name, "content", code="content")

    def identity(self, name: str, of: str, *, code: str) -> str | None:
        """Return an id; None where it is not given.

        Args:
            name: of the parameter.
            of: what it is the id of.
            code: of the refusal.

        Raises:
            Problem: 400 for what can be no id.
        """
        return self.read(name, lambda text: identity(text, of), None, code=code)

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """Return a whole number.

        Raises:
            Problem: 400 with the parameter's name as code for anything else.
        """

        def number(text: str) -> int:
            if not (text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most):
                msg = f"{text[:40]!r} is no whole number from {least} to {most}"
                raise ValueError(msg)
            return int(text)

        return self.read(name, number, default, code=name)

    def zone(self) -> ZoneInfo:
        """Return the zone of the parameter `tz`, UTC where it is not given.

        Raises:
            Problem: 400 `tz` for what is no IANA zone.
        """
        return self.named_zone() or zones.zone(UTC)

    def named_zone(self) -> ZoneInfo | None:
        """Return the zone of the parameter `tz`; None where it is not given.

        Raises:
            Problem: 400 `tz` for what is no IANA zone.
        """
        return self.read("tz", zones.zone, None, code="tz")

    def as_of(self) -> int:
        """Return the moment in ms that is answered for: that of the cursor, of `asOf`, or now.

        Raises:
            Problem: 400 `time-range` for an `asOf` that is none, `cursor` for one that is not that of the cursor.
        """
        if self._as_of is None:
            cursor = self._cursor()
            asked = self.read("asOf", ranges.moment, None, code="time-range")
            if cursor is not None and asked not in {None, cursor.as_of}:
                raise Problem(
                    400, "cursor", "cursor belongs to another asOf; ask with that of the first page"
                )
            self._as_of = cursor.as_of if cursor is not None else self._now() if asked is None else asked
        return self._as_of

    @property
    def is_now(self) -> bool:
        """Whether nobody said which moment is answered for."""
        return not {"asOf", "cursor", "to"} & set(self._query)

    def time_range(self, default: str = ranges.DEFAULT, zone: ZoneInfo | None = None) -> Range:
        """Return the range of `timeRange` that ends at `asOf`, or that of `from` and `to`.

        Days in `from` and `to` are those of a zone, of `tz` if none is given, and the last one is in the range. Without
        `to` it ends at `asOf`.

        Raises:
            Problem: 400 `time-range` or `tz`.
        """
        given = [name for name in TIME_RANGE if name in self._query]
        zone, as_of = zone or self.zone(), self.as_of()
        if "from" not in given and "to" not in given:
            return self.read(
                "timeRange",
                lambda text: ranges.named(text, as_of),
                ranges.named(default, as_of),
                code="time-range",
            )
        if "from" not in given:
            raise Problem(400, "time-range", "to is given without from; give both, or timeRange")
        if "timeRange" in given:
            raise Problem(400, "time-range", "timeRange and from are both given; give one of them")
        if "to" in given and "asOf" in given:
            raise Problem(400, "time-range", "to and asOf are both given; from ends at one of them")
        start = self.read("from", lambda text: ranges.start_of(text, zone), 0, code="time-range")
        end = self.read("to", lambda text: ranges.end_of(text, zone), as_of, code="time-range")
        try:
            return ranges.between(start, end)
        except ValueError as error:
            raise Problem(400, "time-range", f"from and to: {error}; from must lie before to") from error

    def page(self) -> Page:
        """Return which page is wanted; every page of one answer has the `as_of` of the first.

        Raises:
            Problem: 400 `limit` or `cursor`.
        """
        limit = self.whole("limit", 1, MOST, LIMIT)
        cursor = self._cursor()
        return Page(limit, None if cursor is None else cursor.after)

    def next_cursor(self, after: Key) -> str:
        """Return as a text the cursor of the page that follows one whose last row has a key."""
        return packed(Cursor(self._question, self.as_of(), after))

    def _cursor(self) -> Cursor | None:
        return self.read("cursor", lambda text: unpacked(text, self._question), None, code="cursor")


def identity(text: str, of: str) -> str:
    """Return an id.

    Args:
        text: it.
        of: what it is the id of.

    Raises:
        ValueError: if it can be none; the message says what is allowed.
    """
    if not text or len(text) > LONGEST_ID:
        msg = f"{text[:40]!r} is no id of a {of}: it has 1 to {LONGEST_ID} characters"
        raise ValueError(msg)
    return text


def _hint(text: str) -> str:
    """Return what went wrong on the way, where that can be seen."""
    lost = " " in text.strip() and ":" in text
    return "; a + of an address is read as a space: send it as %2B" if lost else ""
