"""The one sink to Redis: everything that a batch has to say, and how far it came, in one MULTI."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

import redis
import structlog
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.streams.connection import Command

log = structlog.get_logger()

T = TypeVar("T")


class Transacts(Protocol):
    """What the sink needs of a connection: `flows.streams.connection.Line`."""

    def transact(self, commands: Sequence[Command]) -> None:
        """Execute commands together, or none of them."""


class Stopped(RuntimeError):
    """The process was asked to stop while a server was away."""


class Write(NamedTuple):
    """Commands of one shard that stand or fall together."""

    commands: list[Command]
    written: Callable[[], None] = lambda: None
    """Is called when Redis has executed them."""


AWAY: Final = (redis.ConnectionError, redis.TimeoutError, redis.OutOfMemoryError, redis.ReadOnlyError)
"""What Redis says, or does not say, when a command may succeed later: it is away, full, or not yet the master."""


def retry(what: str, stop: threading.Event, act: Callable[[], T]) -> T:
    """Return what `act` gives, trying again for as long as Redis is away.

    Everything written here may be repeated: states are absolute, and readers know positions they have seen.

    Raises:
        Stopped: if the process is asked to stop meanwhile.
    """
    pause = 0.05
    while True:
        try:
            return act()
        except AWAY as error:
            log.warning("redis_write_failed", what=what, error=str(error), again_in_s=pause)
        if stop.wait(pause):
            msg = f"stopped while redis was away: {what} is not written and will be after the next start"
            raise Stopped(msg)
        pause = min(2.0, pause * 2)


class RedisWrites(DynamicSink[tuple[str, Write]]):
    """Writes `Write` items, synchronously and in order."""

    def __init__(
        self,
        line: Transacts,
        stop: threading.Event,
        wrote: Callable[[list[Command]], None] = lambda _: None,
    ) -> None:
        """Prepare the sink; `wrote` hears of commands that Redis has executed."""
        self._line, self._stop, self._wrote = line, stop, wrote

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Partition:
        """Return the writer of this worker."""
        return _Partition(self._line, self._stop, self._wrote)


class _Partition(StatelessSinkPartition[tuple[str, Write]]):
    def __init__(
        self, line: Transacts, stop: threading.Event, wrote: Callable[[list[Command]], None]
    ) -> None:
        self._line, self._stop, self._wrote = line, stop, wrote

    def write_batch(self, items: list[tuple[str, Write]]) -> None:
        # All in one MULTI: what several shards have to say waits for one sync of Redis' file, not for one each.
        commands = [command for _, write in items for command in write.commands]
        shards = ", ".join(sorted({key for key, _ in items}))
        retry(f"shards {shards}", self._stop, lambda: self._execute(commands))
        for _, write in items:
            write.written()

    def _execute(self, commands: list[Command]) -> None:
        self._line.transact(commands)
        self._wrote(commands)

    def close(self) -> None: ...
