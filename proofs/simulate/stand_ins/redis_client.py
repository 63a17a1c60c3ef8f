"""The way of a process to Redis: redis-py's own client and pipelines, whose commands are executed in memory.

Every process has a `RedisClient` of its own over the one `RedisData`. A client calls `edge` before and after
every write and after every read: there the scheduler lets the process die, or lets others go first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import redis
from redis.client import Pipeline

from proofs.simulate.stand_ins.redis_data import WRITES, RedisData

Edge = Callable[[], None]
_NOWHERE: Final = redis.ConnectionPool()
"""No connection is ever taken from it."""


class Connection:
    """The connection of a process, which is opened when it is needed, to the redis-server of that moment.

    One is enough: redis-py hands out again, unlooked at, what is open. Nobody dies while it is opened.
    """

    def __init__(self, data: RedisData, look: Callable[[Any], None]) -> None:
        self._data, self._look = data, look
        self._reply: Any = None
        self._server: int | None = None
        """The redis-server at the other end, None while it is closed."""

    def take(self) -> None:
        """Open it if it does not lead to the redis-server that runs; a new one looks first.

        Raises:
            WentBack: if the look says so. Only an error of redis-py's own closes the connection.
        """
        if self._server == self._data.run_id:
            return
        self._server = self._data.run_id
        try:
            self._look(self)
        except redis.RedisError:
            self.disconnect()
            raise

    def on_connect(self) -> None:
        """Do nothing: there is no handshake."""

    def disconnect(self) -> None:
        """Close it."""
        self._server = None

    def send_command(self, *command: Any) -> None:
        """Execute a command."""
        self._reply = self._data.run(*command)

    def read_response(self) -> Any:
        """Return its reply."""
        return self._reply


class RedisClient(redis.Redis):
    """One process's client."""

    def __init__(self, data: RedisData, edge: Edge, connection: Connection) -> None:
        super().__init__(connection_pool=_NOWHERE)
        self.data, self.edge, self.line = data, edge, connection

    def execute_command(self, *command: Any, **_options: Any) -> Any:
        """Execute one command. Nobody dies on the way of a ping."""
        if command[0] in WRITES:
            self.edge()
        self.line.take()
        reply = self.data.run(*command)
        if command[0] != "PING":
            self.edge()
        return reply

    def transact(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Execute commands together; return the replies."""
        self.edge()
        self.line.take()
        replies = [self.data.run(*command) for command in commands]
        self.edge()
        return replies

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Return commands that are executed together."""
        return _Pipeline(self)


class _Pipeline(Pipeline):
    """Commands that are executed together; nothing happens between them."""

    def __init__(self, client: RedisClient) -> None:
        super().__init__(client.connection_pool, {}, True, None)
        self._client = client
        self._watched: dict[str, tuple[int, int]] = {}
        """Key -> the redis-server, and how often the key was changed when the watch began."""

    def immediate_execute_command(self, *command: Any, **_options: Any) -> Any:
        """Begin a watch, or ask for something that is watched."""
        if command[0] != "WATCH":
            return self._client.data.run(*command)
        self._client.edge()
        self._client.line.take()
        self._watched = {key: self._version(key) for key in command[1:]}
        self.watching = True
        return None

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Execute all of it; return the replies.

        Raises:
            redis.WatchError: if a key that is watched has changed.
        """
        self._client.edge()
        self._client.line.take()
        if self._watched != {key: self._version(key) for key in self._watched}:
            raise redis.WatchError
        replies = [self._client.data.run(*command) for command, _ in self.command_stack]
        self.reset()
        self._client.edge()
        return replies

    def _version(self, key: str) -> tuple[int, int]:
        return self._client.data.run_id, self._client.data.changes[key]
