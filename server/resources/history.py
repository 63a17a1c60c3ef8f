"""History: what ClickHouse knows, read by the web server as a user that can do nothing else.

A question is a file of `sql/queries/history`. A few are under way at once, the rest wait a bounded time. A question
that is cancelled, because its asker left, ends in ClickHouse too: its connection is closed, which the user's profile
takes for an end (`stack/servers/history_user.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import structlog
from aiohttp import web
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError, Error

import sql
from sql.connection import connect_async

T = TypeVar("T")
Observe = Callable[[str, str, float], None]
"""Hears of a question that has ended: its name, how, and the seconds it took."""
Rows = list[dict[str, Any]]
"""Column -> value, a row each."""

AWAY_SECONDS: Final = 2.0
"""After so long it is worth asking a ClickHouse again that is away."""
BUSY_SECONDS: Final = 1.0
_REFUSED: Final = frozenset({192, 193, 194, 516})
"""Codes of ClickHouse: the user is not known, or its password is wrong."""
_FULL: Final = frozenset({202})
"""Codes of ClickHouse: too many statements at once."""
_COSTLY: Final = frozenset({158, 159, 160, 241, 307, 396})
"""Codes of ClickHouse: a limit on time, memory, rows or bytes was reached."""
PARAMETER_BYTES: Final = 120_000
"""Bytes that a list may have as a parameter: ClickHouse takes fields of up to 128 KiB."""
_SPECIAL: Final = "\\'\n\t\r\0\b\f"
_log = structlog.get_logger()


class HistoryAway(Exception):
    """ClickHouse cannot be reached, lets the user not in, or does not answer in time."""


class HistoryBusy(Exception):
    """As many questions are under way and wait as may be."""


class TooCostly(Exception):
    """A question reached a limit of its user."""


class Limits(NamedTuple):
    """How much may be asked at once.

    Attributes:
        at_once: questions under way.
        waiting: questions that wait for a turn.
        patience: seconds that one waits.
        answer: seconds until an answer is given up; ClickHouse itself stops after ten.
        again: seconds after a failed connection in which all are refused at once.
    """

    at_once: int = 8
    waiting: int = 64
    patience: float = 2.0
    answer: int = 15
    again: float = 0.25


class History:
    """The questions of one process."""

    def __init__(
        self,
        url: str,
        observe: Observe,
        *,
        limits: Limits | None = None,
        settings: Mapping[str, int] | None = None,
        text_of: Callable[[str], str] = sql.query,
    ) -> None:
        """Prepare; nothing is opened before the first question.

        Args:
            url: of the reading user, like `http://history:password@host:8123/streakline`; "" if there is none.
            observe: hears of every question.
            limits: how much may be asked at once.
            settings: of ClickHouse, for every question.
            text_of: returns the statement of a name.
        """
        self._url, self._observe, self._text_of = url, observe, text_of
        self._limits, self._settings = limits or Limits(), dict(settings or {})
        self._turns = asyncio.Semaphore(self._limits.at_once)
        self._waiting = 0
        self._client: AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._failed_at = float("-inf")
        self._away = False

    @property
    def is_crowded(self) -> bool:
        """Whether questions wait for their turn."""
        return self._waiting > 0

    async def rows(self, name: str, /, **parameters: Any) -> Rows:
        """Return what a query answers, a dictionary a row.

        Args:
            name: `history/NAME` for the file `sql/queries/history/NAME.sql`.
            parameters: its `{name:Type}` parameters.

        Raises:
            HistoryAway: if ClickHouse does not answer.
            HistoryBusy: if too many ask.
            TooCostly: if the question reached a limit.
        """
        return await self.composed(name, self._text_of(name), **parameters)

    async def composed(self, name: str, text: str, /, **parameters: Any) -> Rows:
        """Return what a statement of `sql.composed` answers, and raise what `rows` does.

        Args:
            name: under which it is measured.
            text: the statement.
            parameters: as those of `rows`.
        """
        try:
            with observed(name, self._observe):
                async with self._turn():
                    answered = await self._ask(text, parameters)
        except HistoryAway as error:
            self._went_away(str(error))
            raise
        self._came_back()
        return answered

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Hold one of the turns during the block."""
        if self._turns.locked():
            if self._waiting >= self._limits.waiting:
                msg = f"{self._waiting} questions wait for their turn already"
                raise HistoryBusy(msg)
            self._waiting += 1
            try:
                async with asyncio.timeout(self._limits.patience):
                    await self._turns.acquire()
            except TimeoutError:
                msg = f"no turn came within {self._limits.patience:g} s"
                raise HistoryBusy(msg) from None
            finally:
                self._waiting -= 1
        else:
            await self._turns.acquire()
        try:
            yield
        finally:
            self._turns.release()

    async def _ask(self, text: str, parameters: dict[str, Any]) -> Rows:
        try:
            async with asyncio.timeout(self._limits.answer):
                client = await self._opened()
                result = await client.query(text, parameters=parameters, settings=self._settings)
        except TimeoutError:
            msg = f"it did not answer within {self._limits.answer} s"
            raise HistoryAway(msg) from None
        except ClickHouseError as error:
            raise refusal(error) from error
        return [dict(row) for row in result.named_results()]

    async def _opened(self) -> AsyncClient:
        """Return the client; opening asks the server for its settings, so that may fail."""
        if self._client is not None:
            return self._client
        async with self._opening:
            if self._client is None:
                if time.monotonic() - self._failed_at < self._limits.again:
                    msg = "it could not be reached a moment ago"
                    raise HistoryAway(msg)
                try:
                    self._client = await connected(
                        self._url, seconds=self._limits.answer, connections=self._limits.at_once
                    )
                except ClickHouseError:
                    self._failed_at = time.monotonic()
                    raise
            return self._client

    def _went_away(self, reason: str) -> None:
        if not self._away:
            self._away = True
            _log.warning("history_away", error=reason)

    def _came_back(self) -> None:
        if self._away:
            self._away = False
            _log.info("history_back")


def in_parts(items: Iterable[T], texts: Callable[[T], Iterable[object]]) -> Iterator[list[T]]:
    """Yield items in lists whose texts fit into one parameter each.

    Args:
        items: what is asked about.
        texts: returns those of an item.
    """
    part: list[T] = []
    held = 0
    for item in items:
        size = sum(sent_size(str(text)) for text in texts(item))
        if part and held + size > PARAMETER_BYTES:
            yield part
            part, held = [], 0
        part.append(item)
        held += size
    if part:
        yield part


def sent_size(text: str) -> int:
    """Return how many bytes a text of a list has at most when it is sent: what is special has four for one."""
    return len(text.encode()) + 3 * sum(map(text.count, _SPECIAL)) + 4


def refusal(error: ClickHouseError) -> Exception:
    """Return what an error of ClickHouse's client means; that of a statement of ours stays what it is."""
    code = error.code if isinstance(error, Error) else None
    words = str(error).partition("\n")[0][:300]
    if code is None or code in _REFUSED:
        return HistoryAway(words)
    if code in _FULL:
        return HistoryBusy(words)
    return TooCostly(words) if code in _COSTLY else error


async def connected(url: str, *, seconds: int, connections: int) -> AsyncClient:
    """Return a client of ClickHouse; opening asks the server for its settings, so that may fail.

    Args:
        url: of the reading user; "" if there is none.
        seconds: to wait for an answer, or for its next part.
        connections: that it may have.

    Raises:
        HistoryAway: if the address is none.
        ClickHouseError: if the server does not answer, or refuses the user.
    """
    if not url:
        msg = "no address was given: set CLICKHOUSE_HISTORY_URL"
        raise HistoryAway(msg)
    try:
        return await connect_async(url, seconds=seconds, connections=connections)
    except ValueError as error:  # the address is none
        raise HistoryAway(str(error)) from error


@contextlib.contextmanager
def observed(name: str, observe: Observe) -> Iterator[None]:
    """Tell of a question that is asked in the block how it ended, and after how many seconds."""
    began, outcome = time.monotonic(), "failed"
    try:
        yield
        outcome = "answered"
    except HistoryAway:
        outcome = "away"
        raise
    except HistoryBusy:
        outcome = "busy"
        raise
    except TooCostly:
        outcome = "costly"
        raise
    except (asyncio.CancelledError, ConnectionResetError):
        outcome = "left"
        raise
    finally:
        observe(name, outcome, time.monotonic() - began)


HISTORY: Final = web.AppKey("history", History)


async def history_resource(app: web.Application) -> AsyncIterator[None]:
    """Close what was opened for questions."""
    yield
    await app[HISTORY].close()
