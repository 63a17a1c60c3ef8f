"""Connections as a process knows them: in Redis, in memory, and in a file beside the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.resources.joined_file import JoinedFile
from server.resources.revocable.keepers import Keepers, moments
from streakline.platforms.connectors.known import Connection, Grant, Known
from streakline.streams import keys

FILE: Final = "platform-connections.json"
"""In the data folder of every process that knows connections. Its tokens are sealed."""
_CONNECTION: Final = msgspec.json.Decoder(Connection)
_GRANT: Final = msgspec.json.Decoder(Grant)

# A grant stands only against an earlier one, as `streakline.platforms.connectors.known.is_later` has it.
_KEEP_GRANT: Final = """
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local old, new = cjson.decode(held), cjson.decode(ARGV[2])
  if old.generation > new.generation then return 0 end
  if old.generation == new.generation and (old.at > new.at or (old.at == new.at and old.sealed >= new.sealed)) then
    return 0
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class _Held(msgspec.Struct):
    """What the file holds."""

    connections: list[Connection] = []
    grants: list[Grant] = []
    removed: dict[str, int] = {}


_HELD: Final = msgspec.json.Decoder(_Held)


def connection_file(folder: Path) -> JoinedFile[Known]:
    """Return the file of connections in a data folder."""

    def decode(data: bytes) -> Known:
        held = _HELD.decode(data)
        return Known(
            {one.id: one for one in held.connections}, {one.id: one for one in held.grants}, held.removed
        )

    def encode(known: Known) -> bytes:
        held = _Held(list(known.connections.values()), list(known.grants.values()), dict(known.removed))
        return msgspec.json.encode(held)

    return JoinedFile(folder / FILE, Known(), decode, encode)


class Connections(Keepers[Known]):
    """The connections of an installation."""

    def __init__(self, redis: Redis, file: JoinedFile[Known]) -> None:
        """Know nothing yet."""
        super().__init__(redis, file, Known(), keys.PLATFORM_CHANGE, "platform_connections")

    async def add(self, connection: Connection, grant: Grant) -> None:
        """Keep a connection, or take up one that is there by a new grant. Raises as `change` does."""
        await self.change(Known({connection.id: connection}, {grant.id: grant}))

    async def keep(self, grant: Grant) -> None:
        """Keep a grant. Raises as `change` does."""
        await self.change(Known(grants={grant.id: grant}))

    async def remove(self, id_: str, at: int) -> None:
        """Remove a connection for ever, with its tokens, at a moment (ms). Raises as `change` does."""
        await self.change(Known(removed={id_: at}))

    def _ask(self, pipe: Pipeline) -> None:
        pipe.hgetall(keys.PLATFORM_CONNECTIONS)
        pipe.hgetall(keys.PLATFORM_GRANTS)
        pipe.hgetall(keys.PLATFORM_REMOVED)

    def _read(self, replies: Sequence[Any]) -> Known:
        held, grants, removed = replies
        return Known(
            {one.id: one for one in map(_CONNECTION.decode, held.values())},
            {one.id: one for one in map(_GRANT.decode, grants.values())},
            moments(removed),
        )

    def _keep(self, pipe: Pipeline, known: Known) -> None:
        for id_, connection in known.connections.items():
            pipe.hsetnx(keys.PLATFORM_CONNECTIONS, id_, msgspec.json.encode(connection))
        for id_, grant in known.grants.items():
            pipe.eval(_KEEP_GRANT, 1, keys.PLATFORM_GRANTS, id_, msgspec.json.encode(grant))
        for id_, at in known.removed.items():
            pipe.hsetnx(keys.PLATFORM_REMOVED, id_, at)
            for of in (keys.PLATFORM_CONNECTIONS, keys.PLATFORM_GRANTS, keys.PLATFORM_SYNCS):
                pipe.hdel(of, id_)
            pipe.delete(keys.platform_held(id_), keys.platform_pending(id_))
