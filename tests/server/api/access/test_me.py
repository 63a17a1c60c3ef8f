"""`GET /api/v1/me`: what a key or token allows, told to who sends it."""

from __future__ import annotations

from typing import Any

from api_keys import bearer, made, revoked
from server.door.tokens import mint
from wire import SECRET, Client, Serve, golden, shape

URL = "/api/v1/me"


async def me(client: Client, text: str) -> tuple[int, dict[str, Any]]:
    async with client.get(URL, headers=bearer(text)) as response:
        return response.status, await response.json(content_type=None)


async def test_a_key_is_told_what_it_was_made_for(serve: Serve) -> None:
    client = await serve()
    key = await made(
        client, "read:self", "read:public", user="ann", creators=["b", "a"], name="hers", lasts=3600
    )
    status, answer = await me(client, key["key"])
    assert (status, shape(answer)) == (200, shape(golden("me")))
    assert answer == {
        "user": "ann",
        "creators": ["a", "b"],
        "scopes": ["read:public", "read:self"],
        "key": {"id": key["shown"]["id"], "name": "hers"},
        "expires": key["shown"]["expires"],
    }


async def test_a_token_that_never_ends_has_no_key_and_no_end(serve: Serve) -> None:
    status, answer = await me(await serve(), mint(SECRET, "admin", ttl=None))
    assert status == 200
    assert answer == {"user": None, "creators": [], "scopes": ["admin"], "key": None, "expires": None}


async def test_a_revoked_key_is_told_so(serve: Serve) -> None:
    client = await serve()
    key = await made(client, "write")
    await revoked(client, key["shown"]["id"])
    status, answer = await me(client, key["key"])
    assert (status, answer["type"]) == (401, "urn:streakline:problem:token-invalid")
    assert "was revoked at" in answer["detail"]
