"""Pipe: one connection to Redis that all requests of a process share, for the hot path of ingest.

Commands of all requests of one turn of the event loop leave in one write; replies come back in order. Nothing
else is needed there, and redis-py's pipelines cost more than the whole rest of a request (measured). Whoever
needs more of Redis than this uses redis-py.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import hiredis
import structlog
from redis.asyncio.connection import parse_url

Command = tuple[str | bytes | int | float, ...]

TIMEOUT: Final = 2.5
"""Seconds after which an unanswered connection is given up."""
RETRY: Final = 0.25
"""Seconds between two attempts to connect; in between every caller is refused at once."""
IN_FLIGHT: Final = 20_000
"""Commands without an answer beyond which callers are refused."""
UNTRUSTED: Final = "redis was started anew and is looked at first"
_log = structlog.get_logger()


class RedisAway(Exception):
    """Redis did not answer in time, cannot be reached, or refuses to write now."""


class PipeFull(Exception):
    """More commands wait for an answer than the pipe takes."""


def run_id_of(info: bytes) -> bytes:
    """Return the run id of a redis-server from its INFO."""
    return info.partition(b"run_id:")[2].partition(b"\r\n")[0]


class _Replies:
    """The replies of one caller's commands, as they arrive."""

    __slots__ = ("future", "got", "wanted")

    def __init__(self, wanted: int, future: asyncio.Future[list[Any]]) -> None:
        self.wanted = wanted
        self.got: list[Any] = []
        self.future = future


class _Connection(asyncio.Protocol):
    """Bytes out, replies in, first in first out."""

    def __init__(self) -> None:
        self._reader = hiredis.Reader()
        self._waiting: deque[_Replies] = deque()
        self._outgoing: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self.in_flight = 0
        self.lost = False
        self.server = b""
        """The run id of the redis-server at the other end."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a stream transport, by create_connection

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            self.in_flight -= 1
            waiting = self._waiting[0]
            waiting.got.append(reply)
            if len(waiting.got) == waiting.wanted:
                self._waiting.popleft()
                if not waiting.future.done():  # a caller that gave up
                    waiting.future.set_result(waiting.got)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        for waiting in self._waiting:
            if not waiting.future.done():
                waiting.future.set_exception(RedisAway(f"the connection to redis broke: {exc or 'closed'}"))
        self._waiting.clear()

    def send(self, commands: Sequence[Command]) -> asyncio.Future[list[Any]]:
        # First what may fail: who waits for a reply that was never asked for takes those of all who come after.
        # The stub says a tuple of one; any length is meant.
        packed = [hiredis.pack_command(command) for command in commands]  # type: ignore[arg-type]
        future: asyncio.Future[list[Any]] = self._loop.create_future()
        self._waiting.append(_Replies(len(commands), future))
        self.in_flight += len(commands)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing += packed
        return future

    def _flush(self) -> None:
        if self._transport is not None and not self.lost:
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def abort(self) -> None:
        self.lost = True
        if self._transport is not None:
            self._transport.abort()


class Pipe:
    """A connection that opens itself when needed and again after it broke."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float = TIMEOUT,
        in_flight: int = IN_FLIGHT,
        trusts: Callable[[bytes], bool] = lambda _: True,
    ) -> None:
        """Prepare a pipe; `trusts` tells by its run id whether a redis-server may be written to."""
        self._address = parse_url(url)
        self._timeout = timeout
        self._limit = in_flight
        self._trusts = trusts
        self._connection: _Connection | None = None
        self._opening = asyncio.Lock()
        self._failed_at = float("-inf")

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands and return their replies, errors among them as `hiredis.ReplyError`.

        Raises:
            RedisAway: if Redis cannot be reached or does not answer in time; the commands may have been done.
            PipeFull: if too many commands wait already; nothing was sent.
        """
        connection = self._connection
        if connection is not None and not connection.lost and not self._trusts(connection.server):
            connection.abort()  # the address leads to another server since
        if connection is None or connection.lost:
            connection = await self._open()
        if connection.in_flight + len(commands) > self._limit:
            msg = f"{connection.in_flight} commands wait for redis already"
            raise PipeFull(msg)
        try:
            async with asyncio.timeout(self._timeout):
                return await connection.send(commands)
        except TimeoutError:
            # Whatever else waits on it is as late, and replies could no longer be told apart: start afresh.
            connection.abort()
            msg = f"redis did not answer within {self._timeout} s"
            raise RedisAway(msg) from None

    async def _open(self) -> _Connection:
        async with self._opening:
            if self._connection is not None and not self._connection.lost:
                return self._connection
            if time.monotonic() - self._failed_at < RETRY:
                msg = "redis cannot be reached"
                raise RedisAway(msg)
            try:
                async with asyncio.timeout(self._timeout):
                    self._connection = await self._connect()
            except (OSError, TimeoutError, hiredis.ReplyError, RedisAway) as error:
                self._failed_at = time.monotonic()
                msg = f"redis cannot be reached: {str(error) or 'no answer'}"
                raise RedisAway(msg) from error
            _log.info("pipe_opened")
            return self._connection

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        address = self._address
        if "path" in address:
            _, connection = await loop.create_unix_connection(_Connection, address["path"])
        else:
            secure = "SSL" in getattr(address.get("connection_class"), "__name__", "")
            _, connection = await loop.create_connection(
                _Connection,
                address.get("host", "127.0.0.1"),
                address.get("port", 6379),
                ssl=ssl.create_default_context() if secure else None,
            )
        try:
            replies = await connection.send(self._greeting())
            for reply in replies:
                if isinstance(reply, hiredis.ReplyError):
                    raise reply
            connection.server = run_id_of(replies[-1])
            if not self._trusts(connection.server):
                raise RedisAway(UNTRUSTED)
        except BaseException:
            connection.abort()
            raise
        return connection

    def _greeting(self) -> list[Command]:
        address = self._address
        commands: list[Command] = []
        if address.get("password"):
            user = [address["username"]] if address.get("username") else []
            commands.append(("AUTH", *user, address["password"]))
        if address.get("db"):
            commands.append(("SELECT", address["db"]))
        return [*commands, ("INFO", "server")]

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.abort()
