"""A line to Redis for the two hot paths of a flow: reading streams, and writing what a batch has to say.

redis-py opens the connection, with everything that belongs to it (address, password, TLS, timeouts, the look at the
places) and names the errors. Its pipelines are left out: what they do around a command cost a content flow more
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

    def _sent(self, commands: Sequence[Command]) -> list[Any]:
        if self._connection is None:
            self._connection = self._pool.get_connection()
        connection, replies = self._connection, []
        try:
            # The stub says a tuple of one; any length is meant.
            packed = [hiredis.pack_command(command) for command in commands]  # type: ignore[arg-type]
            connection.send_packed_command([b"".join(packed)], check_health=False)
            for _ in commands:
                try:
                    replies.append(connection.read_response())
                except redis.ResponseError as refused:
                    replies.append(refused)
        except BaseException:
            connection.disconnect()  # replies that are still to come must not answer the next command
            raise
        return replies


def _checked(replies: Iterable[Any]) -> list[Any]:
    replies = list(replies)
    for reply in replies:
        if isinstance(reply, redis.RedisError):
            raise reply
    return replies
