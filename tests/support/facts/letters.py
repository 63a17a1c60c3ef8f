"""Dead letters over HTTP: kept as a part keeps them, listed and replayed by an administrator."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from real_servers import TestRedis
from server.door.tokens import mint
from streakline.ingest.senders import SentBy
from streakline.streams.dead_letters import Body, dead_letter, sent_event
from wire import SECRET, Client, play

LETTERS, REPLAY = "/api/v1/dead-letters", "/api/v1/dead-letters/replay"
ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}


def kept(redis_server: TestRedis, where: str, body: Body, sent_by: SentBy | None = None) -> str:
    """Keep a letter as a part does; return its id."""
    sender = b"" if sent_by is None else msgspec.json.encode(sent_by)
    with redis_server.client() as redis:
        id_: bytes = redis.execute_command(*dead_letter(where, "it could not", "e", body, sender))
    return id_.decode()


def refused(redis_server: TestRedis, sent_by: SentBy | None = None, **changed: Any) -> str:
    """Keep a play that ingest refused once and would take now; return the letter's id."""
    body = sent_event(json.dumps(play(**changed)).encode())
    return kept(redis_server, "ingest", body, SentBy() if sent_by is None else sent_by)


async def listed(client: Client, **parameters: str) -> dict[str, Any]:
    async with client.get(LETTERS, params=parameters, headers=ADMIN) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 200, answer
        return answer


async def replayed(client: Client, body: Any, status: int = 200) -> dict[str, Any]:
    async with client.post(REPLAY, json=body, headers=ADMIN) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def outcome(client: Client, id_: str) -> tuple[str, str]:
    """Replay one letter; return how it fared and why."""
    [letter] = (await replayed(client, {"ids": [id_]}))["letters"]
    assert letter["id"] == id_
    assert (letter["position"] is None) == (letter["reason"] is not None)
    return letter["outcome"], letter["reason"] or ""
