"""A row of the table of routes: what is asked of a route, and how it refuses."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A route.

    Attributes:
        route: method and path, as the router writes them.
        ask: a path and query that is answered.
        heading: what a heading of the wire protocol holds; "" for the route itself.
        refusals: codes of the refusals of who has no token, and of who has one that allows other things; "" for none.
        open: why it asks nobody for a token; "" if it does.
        bad: queries with a value that cannot be used -> the code of the refusal.
        loose: why it leaves alone what it does not know; "" if it refuses that.
        history: whether it asks ClickHouse.
        status: of its answer.
        body: what is posted; None for an event.
    """

    route: str
    ask: str
    heading: str = ""
    refusals: tuple[str, str] = ("token-missing", "scope-missing")
    open: str = ""
    bad: dict[str, str] = {}  # noqa: RUF012 - a table's default, never changed
    loose: str = ""
    history: bool = False
    status: int = 200
    body: object = None

    @property
    def method(self) -> str:
        """The method."""
        return self.route.partition(" ")[0]

    @property
    def words(self) -> str:
        """What its heading holds."""
        return self.heading or f"`{self.route}`"
