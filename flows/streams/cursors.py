"""The cursors of a flow process in its streams, looked at again whenever Redis may have gone back.

Two moments: when the process starts, with the positions of its snapshot; and whenever a connection is made later,
before a single command goes over it. In the first case the reader goes back to what Redis knows of it; in the second
the process ends and starts again, so that there is one way back only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import redis
import structlog

from streakline.streams import keys
from streakline.streams.progress import Reader
from streakline.streams.progress import back as back_field
from streakline.streams.rollback import Found, Held, find
from streakline.times import dec, enc

log = structlog.get_logger()

FIRST: Final = "0-0"
LIFE: Final = "redis"
"""Name in a snapshot of the run id that the process spoke with."""


class WentBack(RuntimeError):
    """Redis lost what this process had read or written: it must begin again from what Redis knows."""


class Cursor(NamedTuple):
    """One stream that a flow process reads: where it reports how far it is, and where trimming does."""

    shard: int
    """Or part of the persons, where the reader is viewers."""
    reader: Reader


class Returned(NamedTuple):
    """A stream that went back under its reader."""

    lost: int
    """The position (`enc`) that the reader stood at."""
    restored: int
    """What Redis knew of its progress when it came back, which is where it reads on."""


class Cursors:
    """The cursors of one process: in memory, in its snapshots, and in Redis."""

    def __init__(self, cursors: Mapping[str, Cursor]) -> None:
        self._cursors = cursors
        self._fields = {
            (keys.progress(cursor.shard), cursor.reader.field): stream for stream, cursor in cursors.items()
        }
        self._written: dict[str, str] = {}
        """Stream -> the progress that is known to be in Redis."""
        self._run_id = b""
        self._begun = False
        """Whether the cursors are compared with Redis: from then on each connection looks at them."""
        self._lost = ""
        """What a connection found gone; after that none may be used."""
        self.positions: Mapping[str, str] = {}
        """Stream -> position in memory, as the reader keeps it."""
        self._resumed: dict[str, str] = {}
        """Stream -> position that the process began at."""
        self.returned: dict[str, Returned] = {}
        """Streams that went back, as found at the start."""
        self.uncertain: set[int] = set()
        """Shards that were begun without a snapshot, or with one of another redis-server's time, and of which nobody
        has made sure yet (`Cursors.certain`)."""
        self.too_old: set[str] = set()
        """Streams that were cut beyond the position of the snapshot."""

    # --- what is known ------------------------------------------------------------------------------------

    def wrote(self, commands: Iterable[tuple[Any, ...]]) -> None:
        """Remember the progress among commands that Redis has executed."""
        for command in commands:
            if command[0] == "HSET":
                for field, value in zip(command[2::2], command[3::2], strict=False):
                    stream = self._fields.get((command[1], field))
                    if stream is not None:
                        self._written[stream] = str(value)

    def snapshot(self, positions: Mapping[str, str]) -> dict[str, str]:
        """Return what a snapshot keeps: the positions, and under other names what was written of them."""
        life = {LIFE: self._run_id.decode()} if self._run_id and not self.uncertain else {}
        return {
            **positions,
            **life,
            **{_written_of(stream): written for stream, written in self._written.items()},
        }

    @property
    def server(self) -> bytes:
        """What names the redis-server of the newest connection: another one may hold less than was written."""
        return self._run_id

    def certain(self, shard: int) -> None:
        """Take cursor that what a redis-server that went back would lack was looked for: snapshots may say so."""
        self.uncertain.discard(shard)

    def forget_two_ago(self, client: redis.Redis) -> None:
        """Remove the ids of two snapshots ago, up to which streams are trimmed; take up what Redis knows.

        Raises:
            redis.ConnectionError: if Redis is away, or another one answered on the way.
        """
        self._begin(client, lambda: self._forget_two_ago(client))

    def _forget_two_ago(self, client: redis.Redis) -> None:
        self.uncertain = {cursor.shard for cursor in self._cursors.values()}
        for stream, cursor in self._cursors.items():
            self._heard(stream, client.hget(keys.progress(cursor.shard), cursor.reader.field))
        pipe = client.pipeline(transaction=False)
        for cursor in self._cursors.values():
            pipe.hdel(keys.progress(cursor.shard), cursor.reader.two_ago)
        pipe.execute()

    # --- the start ----------------------------------------------------------------------------------------

    def resumed(self, client: redis.Redis, positions: dict[str, str], snapshot: Mapping[str, str]) -> None:
        """Compare the positions of a snapshot with Redis; set back those whose stream went back.

        Raises:
            redis.ConnectionError: if Redis is away, or another one answered on the way.
        """
        self._begin(client, lambda: self._resume(client, positions, snapshot))

    def _begin(self, client: redis.Redis, act: Callable[[], None]) -> None:
        client.ping()
        server = self._run_id
        act()
        if self._run_id != server:
            msg = "another redis-server answered while cursors were compared with one"
            raise redis.ConnectionError(msg)
        self._begun = True

    def _resume(self, client: redis.Redis, positions: dict[str, str], snapshot: Mapping[str, str]) -> None:
        self._written = {s: snapshot[_written_of(s)] for s in self._cursors if _written_of(s) in snapshot}
        for stream, cursor in self._cursors.items():
            found = self._found(client.execute_command, stream, cursor, positions[stream])
            if found is Found.GONE or self._is_told_to_go_back(client, stream, cursor, positions[stream]):
                self._set_back(client, stream, cursor, positions)
                continue
            if found is Found.TRIMMED:
                self.too_old.add(stream)
            self._heard(stream, client.hget(keys.progress(cursor.shard), cursor.reader.field))
        self._resumed = dict(positions)
        if not self._run_id or snapshot.get(LIFE) != self._run_id.decode():
            self.uncertain = {cursor.shard for cursor in self._cursors.values()}

    def _heard(self, stream: str, progress: Any) -> None:
        # What a process begins with is of this progress: if Redis forgets it later, the process has to begin again.
        if progress is not None:
            self._written[stream] = progress.decode()

    def _set_back(self, client: redis.Redis, stream: str, cursor: Cursor, positions: dict[str, str]) -> None:
        # Until there is a snapshot again this may happen more than once, while progress has moved on: what was
        # restored at first is where to read from, for the snapshot holds nothing of what came since.
        progress, lost = keys.progress(cursor.shard), positions[stream]
        begun: Any = client.hget(progress, back_field(cursor.reader.field))
        if begun is not None and begun.decode().startswith(f"{lost} "):
            restored = begun.decode().partition(" ")[2]
        else:
            restored = (client.hget(progress, cursor.reader.field) or FIRST.encode()).decode()  # type: ignore[union-attr]
        self._report_return(client, cursor, lost, restored)
        self._written.pop(stream, None)
        positions[stream] = restored
        self.returned[stream] = Returned(enc(lost), enc(restored))
        log.error("redis_went_back", stream=stream, was_at=lost, reads_again_from=restored)

    def _is_told_to_go_back(self, client: redis.Redis, stream: str, cursor: Cursor, position: str) -> bool:
        # As long as there are no snapshots again: after that one of the same position has what was read since.
        held: Any = client.hmget(
            keys.progress(cursor.shard), [back_field(cursor.reader.field), cursor.reader.two_ago]
        )
        back, two = held
        return two is None and back is not None and back.decode().startswith(f"{position} ")

    def went_back(self, client: redis.Redis, stream: str, position: int, written: int) -> Returned | None:
        """Return how far a stream went back under the state of a snapshot; None if it did not.

        Args:
            client: of Redis.
            stream: that the state is of.
            position: that the state has come to.
            written: the progress that it takes for written.

        Raises:
            WentBack: if Redis lost what was written, but not where the snapshot stands: from there on nobody would
                write it again. The process that starts next reads again from what Redis knows.
        """
        if stream in self.returned or stream not in self._cursors:
            return self.returned.get(stream)
        cursor, resumed = self._cursors[stream], self._resumed.get(stream, FIRST)
        if position > enc(resumed):  # a process before this one was set back, and left no other word of it
            self.returned[stream] = Returned(position, enc(resumed))
            return self.returned[stream]
        progress: Any = client.hget(keys.progress(cursor.shard), cursor.reader.field) or FIRST.encode()
        if enc(progress) >= written:
            return None
        self._report_return(client, cursor, resumed, progress.decode())
        msg = f"redis went back: {stream} was written up to {dec(written)}, and redis knows of {progress.decode()}"
        log.error("redis_went_back", stream=stream, was_at=resumed, reads_again_from=progress.decode())
        raise WentBack(msg)

    def _report_return(self, client: redis.Redis, cursor: Cursor, lost: str, restored: str) -> None:
        progress = keys.progress(cursor.shard)
        client.hset(progress, back_field(cursor.reader.field), f"{lost} {restored}")
        # History may have events of persons that nobody reads again.
        client.delete(keys.PEOPLE_WHOLE)
        # Nothing may be trimmed before there are snapshots of what is read again.
        client.hdel(progress, cursor.reader.two_ago)

    # --- another server -----------------------------------------------------------------------------------

    def connected(self, connection: Any) -> None:
        """Look, on a new connection and before anything else, whether its server still holds our cursors.

        Raises:
            WentBack: if it does not, or if it was found once that it did not. The connection is closed.
        """
        try:
            connection.on_connect()
            self._look(connection)
        except BaseException:
            # redis-py closes it after errors of its own alone, and a pool hands out what is open unlooked at.
            connection.disconnect()
            raise

    def _look(self, connection: Any) -> None:
        if self._lost:
            raise WentBack(self._lost)

        def ask(*command: Any) -> Any:
            connection.send_command(*command)
            return connection.read_response()

        run_id = _run_id(ask("INFO", "server"))
        if self._begun:
            # Also where another connection has met this server: what the one before had acknowledged just then
            # to a thread of ours was not known to be missed.
            for stream, cursor in self._cursors.items():
                position = self.positions.get(stream, FIRST)
                if self._found(ask, stream, cursor, position, running=True) is Found.GONE:
                    # For good: somebody else may write what is missed, and this process would go on beside it.
                    self._lost = (
                        f"redis went back: {stream} was read up to {position}, which is not there any more"
                    )
                    log.error("redis_went_back", stream=stream, was_at=position)
                    raise WentBack(self._lost)
        self._run_id = run_id

    def _found(
        self, ask: Callable[..., Any], stream: str, cursor: Cursor, position: str, *, running: bool = False
    ) -> Found:
        there = position != FIRST and bool(ask("XRANGE", stream, position, position, "COUNT", 1))
        first = ask("XRANGE", stream, "-", "+", "COUNT", 1)
        trimmed, progress = (
            ask("GET", cursor.reader.trimmed(cursor.shard)),
            ask("HGET", keys.progress(cursor.shard), cursor.reader.field),
        )
        held = Held(
            there, enc(first[0][0]) if first else None, enc(trimmed or b"0-0"), enc(progress or b"0-0")
        )
        written = position if cursor.reader.exact and not running else self._written.get(stream, FIRST)
        return find(enc(position), enc(written), held)


def lost_text(found: Returned) -> str:
    """Return in words what becomes of a stream that went back."""
    return (
        f"was at {dec(found.lost)}, reads again from {dec(found.restored)}; open quarter hours may be off until "
        "they close"
    )


def _written_of(stream: str) -> str:
    return f"{stream} said"


def _run_id(info: Any) -> bytes:
    for line in bytes(info).splitlines():
        if line.startswith(b"run_id:"):
            return line
    return b"unknown"
