"""What can be revoked, as a process knows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from server.resources.joined_file import JoinedFile
from server.resources.revocable.keepers import Keepers, moments
from streakline.door.revocable import Known, Revocable

T = TypeVar("T", bound=Revocable)


class Places(NamedTuple):
    """Where in Redis it lies, and how it is called in the log.

    Attributes:
        kept: hash id -> what is kept, as JSON.
        revoked: hash id -> when it was revoked, ms.
        change: a word, another one after every change of the two.
        name: of many.
    """

    kept: str
    revoked: str
    change: str
    name: str


class Revocables(Keepers[Known[T]], Generic[T]):
    """All of one kind of an installation. Nothing is ever forgotten."""

    def __init__(
        self, redis: Redis, file: JoinedFile[Known[T]], places: Places, decoder: msgspec.json.Decoder[T]
    ) -> None:
        super().__init__(redis, file, Known(), places.change, places.name)
        self._places, self._decoder = places, decoder

    def is_revoked(self, id_: str) -> bool:
        """Tell whether it was revoked. It is asked for every request, and does nothing but look it up."""
        return id_ in self.known.revoked

    async def add(self, one: T) -> None:
        """Keep it. Raises as `change` does."""
        await self.change(Known({one.id: one}))

    async def revoke(self, id_: str, at: int) -> None:
        """Revoke it at a moment (ms). Raises as `change` does."""
        await self.change(Known({}, {id_: at}))

    def _ask(self, pipe: Pipeline) -> None:
        pipe.hgetall(self._places.kept)
        pipe.hgetall(self._places.revoked)

    def _read(self, replies: Sequence[Any]) -> Known[T]:
        held, revoked = replies
        return Known({one.id: one for one in map(self._decoder.decode, held.values())}, moments(revoked))

    def _keep(self, pipe: Pipeline, known: Known[T]) -> None:
        for id_, one in known.kept.items():
            pipe.hsetnx(self._places.kept, id_, msgspec.json.encode(one))
        for id_, at in known.revoked.items():
            pipe.hsetnx(self._places.revoked, id_, at)


def revocable_file(file: Path, member: str, of: type[T]) -> JoinedFile[Known[T]]:
    """Return a file of what is kept, as a list under the name of a member, and of revocations."""
    fields: list[Any] = [(member, list[of], []), ("revoked", dict[str, int], {})]  # type: ignore[valid-type]
    held_type = msgspec.defstruct("Held", fields)
    decoder = msgspec.json.Decoder(held_type)

    def decode(data: bytes) -> Known[T]:
        held: Any = decoder.decode(data)
        return Known({one.id: one for one in getattr(held, member)}, held.revoked)

    def encode(known: Known[T]) -> bytes:
        return msgspec.json.encode({member: list(known.kept.values()), "revoked": dict(known.revoked)})

    return JoinedFile(file, Known(), decode, encode)
