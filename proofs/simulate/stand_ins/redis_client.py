"""The way of a process to Redis: clients with the names of redis-py's over connections that a pool hands out again.

Every process has a `RedisClient` of its own over the one `RedisData`. A client calls `edge` before and after
every write and after every read: there the scheduler lets the process die, or lets others go first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import redis

from proofs.simulate.stand_ins.redis_data import RedisData

Edge = Callable[[], None]


class RedisClient:
    """One process's connection. The methods have the names and replies of redis-py's."""

    def __init__(self, data: RedisData, edge: Edge, pool: Pool) -> None:
        self.data, self._edge, self._pool = data, edge, pool

    def pipeline(self, transaction: bool = True) -> Pipeline:
        """Return commands that are executed together."""
        return Pipeline(self.data, self._edge, self._pool)

    def ping(self) -> bool:
        """Answer. Nobody dies on the way."""
        self._pool.take()
        return True

    def get(self, key: str) -> Any:
        """Return a string."""
        return self._read(lambda: self.data.strings.get(key))

    def exists(self, key: str) -> int:
        """Tell whether there is such a key."""
        there = key in self.data.strings and self.data.now_ms < self.data.until.get(key, self.data.now_ms + 1)
        return int(self._read(lambda: there or bool(self.data.hashes.get(key))))

    def hget(self, key: str, field: str) -> Any:
        """Return a field of a hash."""
        return self._read(lambda: self.data.hashes[key].get(field.encode()))

    def hmget(self, key: str, fields: list[str]) -> Any:
        """Return some fields of a hash."""
        return self._read(lambda: [self.data.hashes[key].get(field.encode()) for field in fields])

    def hgetall(self, key: str) -> Any:
        """Return a hash."""
        return self._read(lambda: dict(self.data.hashes[key]))

    def hvals(self, key: str) -> Any:
        """Return the values of a hash."""
        return self._read(lambda: list(self.data.hashes[key].values()))

    def xrange(self, stream: str, count: int) -> Any:
        """Return the first entries of a stream."""
        return self._read(lambda: [(entry.id, entry.fields) for entry in self.data.streams[stream][:count]])

    def scan_iter(self, match: str, count: int) -> Any:
        """Return the hashes whose names begin with a pattern's fixed part."""
        prefix = match.replace("\\[", "[").removesuffix("*")
        names = [key for key, fields in self.data.hashes.items() if fields and key.startswith(prefix)]
        return self._read(lambda: iter([name.encode() for name in sorted(names)]))

    def hset(
        self, key: str, field: str = "", value: str | int = "", items: Sequence[str | int] | None = None
    ) -> None:
        """Write a field of a hash, or some."""
        self.execute_command("HSET", key, *([field, value] if items is None else items))

    def hdel(self, key: str, *fields: str) -> None:
        """Remove fields of a hash."""
        self.execute_command("HDEL", key, *fields)

    def execute_command(self, *command: Any) -> Any:
        """Execute one command."""
        self._edge()
        self._pool.take()
        reply = self.data.run(*command)
        self._edge()
        return reply

    def transact(self, commands: Sequence[tuple[Any, ...]]) -> None:
        """Execute commands together."""
        self._edge()
        self._pool.take()
        for command in commands:
            self.data.run(*command)
        self._edge()

    def _read(self, question: Callable[[], Any]) -> Any:
        self._pool.take()
        reply = question()
        self._edge()
        return reply


class Connection:
    """A connection of a process to the redis-server of a moment. Nobody dies while it is opened."""

    def __init__(self, data: RedisData) -> None:
        self._data = data
        self._reply: Any = None
        self._server: int | None = None
        """The redis-server at the other end, None while it is closed."""

    @property
    def is_open(self) -> bool:
        """Tell whether it leads to the redis-server that runs."""
        return self._server == self._data.run_id

    def open(self) -> None:
        """Connect."""
        self._server = self._data.run_id

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


class Pool:
    """The connections of a process, as redis-py keeps them: what is open is handed out again, unlooked at.

    One connection is enough: whoever needs one takes the last that was given back.
    """

    def __init__(self, data: RedisData, look: Callable[[Any], None]) -> None:
        self._connection = Connection(data)
        self._look = look

    def take(self) -> None:
        """Take the connection and give it back; one that is not open is opened, and looks first.

        Raises:
            WentBack: if the look says so. Only an error of redis-py's own closes the connection.
        """
        if self._connection.is_open:
            return
        self._connection.open()
        try:
            self._look(self._connection)
        except redis.RedisError:
            self._connection.disconnect()
            raise


class Pipeline:
    """Commands that are executed together; nothing happens between them."""

    def __init__(self, data: RedisData, edge: Edge, pool: Pool) -> None:
        self._data, self._edge, self._pool = data, edge, pool
        self._waiting: list[Callable[[], Any]] = []
        self._watched: dict[str, tuple[int, int]] = {}
        """Key -> the redis-server, and how often the key was changed when the watch began."""
        self._at_once = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def watch(self, key: str) -> None:
        """Execute what is added from now on at once, and later nothing if the key has changed."""
        self._edge()
        self._pool.take()
        self._watched[key] = (self._data.run_id, self._data.changes[key])
        self._at_once = True

    def multi(self) -> None:
        """Execute what is added from now on together."""
        self._at_once = False

    def hget(self, key: str, field: str) -> Any:
        """Return a field of a hash that is watched."""
        return self._data.hashes[key].get(field.encode())

    def execute_command(self, *command: Any) -> None:
        """Add a command that writes."""
        self._waiting.append(lambda: self._data.run(*command))

    def hset(self, key: str, field: str, value: str | bytes) -> None:
        """Add the writing of a field."""
        self.execute_command("HSET", key, field, value)

    def hincrby(self, key: str, field: str, number: int) -> None:
        """Add the counting of a field."""
        self.execute_command("HINCRBY", key, field, number)

    def hdel(self, key: str, *fields: str) -> None:
        """Add the removal of fields."""
        self.execute_command("HDEL", key, *fields)

    def hmget(self, key: str, fields: list[str]) -> Any:
        """Add a question for some fields of a hash; return them if it is watched."""
        if self._at_once:
            return [self._data.hashes[key].get(field.encode()) for field in fields]
        return self._waiting.append(lambda: [self._data.hashes[key].get(field.encode()) for field in fields])

    def time(self) -> None:
        """Add a question for the time."""
        self._waiting.append(lambda: (self._data.now_ms // 1000, self._data.now_ms % 1000 * 1000))

    def hgetall(self, key: str) -> None:
        """Add a question for a hash."""
        self._waiting.append(lambda: dict(self._data.hashes[key]))

    def xrevrange(self, stream: str, count: int) -> None:
        """Add a question for the newest entries of a stream."""
        self._waiting.append(
            lambda: [(entry.id, entry.fields) for entry in self._data.streams[stream][: -count - 1 : -1]]
        )

    def execute(self) -> list[Any]:
        """Execute all of it; return the replies.

        Raises:
            redis.WatchError: if a key that is watched has changed.
        """
        self._edge()
        self._pool.take()
        held = {key: (self._data.run_id, self._data.changes[key]) for key in self._watched}
        if held != self._watched:
            raise redis.WatchError
        replies = [act() for act in self._waiting]
        self._waiting = []
        self._edge()
        return replies
