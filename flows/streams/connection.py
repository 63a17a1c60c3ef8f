"""A line to Redis for the two hot paths of a flow: reading streams, and writing what a batch has to say.

redis-py opens the connection, with everything that belongs to it (address, password, TLS, timeouts, the look at the
cursors) and names the errors. Its pipelines are left out: what they do around a command cost a content flow more
than a tenth of its time (measured). Nothing is tried again here; who asks does that, for as long as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import hiredis
import redis

Command = tuple[str | bytes | int | float, ...]


class Line:
    """One connection of its own, opened with the first command and again after it broke. One thread only."""

    def __init__(self, client: redis.Redis) -> None:
        self._pool = client.connection_pool
        self._connection: Any = None
        self._awaited = 0
        """Replies of what was sent that have not been read."""

    def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands at once and return their replies, in order.

        Raises:
            redis.ConnectionError, redis.TimeoutError: if Redis is away; the commands may have been executed.
            redis.ResponseError: of the first command that Redis refuses; the others were executed.
        """
        return _checked(self._sent(commands))

    def transact(self, commands: Sequence[Command]) -> None:
        """Execute commands together, or none of them.

        Raises:
            redis.ConnectionError, redis.TimeoutError: if Redis is away; the commands may have been executed.
            redis.ResponseError: if Redis refuses one.
        """
        *queued, replies = self._sent([("MULTI",), *commands, ("EXEC",)])
        _checked(queued)
        _checked([replies])
        _checked(replies)

    def send(self, commands: Sequence[Command]) -> None:
        """Send commands; `replies` must be called before anything else is sent.

        Raises:
            redis.ConnectionError, redis.TimeoutError: if Redis is away.
        """
        if self._connection is None:
            self._connection = self._pool.get_connection()
        # The stub says a tuple of one; any length is meant.
        packed = [hiredis.pack_command(command) for command in commands]  # type: ignore[arg-type]
        try:
            self._connection.send_packed_command([b"".join(packed)], check_health=False)
        except BaseException:
            self.drop()
            raise
        self._awaited = len(commands)

    def replies(self) -> list[Any]:
        """Return the replies of what was sent, in order; a command that Redis refused has its error there.

        Raises:
            redis.ConnectionError, redis.TimeoutError: if Redis is away; the commands may have been executed.
        """
        replies: list[Any] = []
        try:
            for _ in range(self._awaited):
                try:
                    replies.append(self._connection.read_response())
                except redis.ResponseError as refused:
                    replies.append(refused)
        except BaseException:
            self.drop()
            raise
        self._awaited = 0
        return replies

    def drop(self) -> None:
        """Close the connection: replies that are still to come must not answer the next command."""
        if self._connection is not None:
            self._connection.disconnect()
        self._awaited = 0

    def _sent(self, commands: Sequence[Command]) -> list[Any]:
        self.send(commands)
        return self.replies()


def ask_each(lines: Sequence[Line], commands: Sequence[Command]) -> list[Any]:
    """Send each command over a line of its own, all before the first reply is read; return the replies in order.

    A Redis that syncs its file between two turns hands out 64 KB of a reply a turn, but to every connection.

    Raises:
        redis.RedisError: as `Line.ask`.
    """
    try:
        for line, command in zip(lines, commands, strict=True):
            line.send([command])
        return _checked([line.replies()[0] for line in lines])
    except BaseException:
        for line in lines:
            line.drop()
        raise


def _checked(replies: Iterable[Any]) -> list[Any]:
    replies = list(replies)
    for reply in replies:
        if isinstance(reply, redis.RedisError):
            raise reply
    return replies
