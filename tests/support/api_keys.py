"""Keys as tests make and use them."""

from __future__ import annotations

from typing import Any

from server.door.tokens import mint
from wire import SECRET, Client

KEYS = "/api/v1/keys"
ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'admin')}"}


def bearer(key: str) -> dict[str, str]:
    """Return the header that a key is sent with."""
    return {"Authorization": f"Bearer {key}"}


async def made(client: Client, *scopes: str, **more: Any) -> dict[str, Any]:
    """Make a key and return the answer."""
    async with client.post(KEYS, json={"scopes": list(scopes), **more}, headers=ADMIN) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 201, answer
        return answer


async def revoked(client: Client, id_: str) -> dict[str, Any]:
    """Revoke a key and return the answer."""
    async with client.delete(f"{KEYS}/{id_}", headers=ADMIN) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 200, answer
        return answer


async def listed(client: Client) -> dict[str, dict[str, Any]]:
    """Return all keys by their id."""
    async with client.get(KEYS, headers=ADMIN) as response:
        return {key["id"]: key for key in (await response.json())["keys"]}


async def status(client: Client, key: str, path: str = "/api/v1/system") -> int:
    """Return the status of a question that is asked with a key."""
    async with client.get(path, headers=bearer(key)) as response:
        return response.status


async def refusal(client: Client, key: str, path: str = "/api/v1/system") -> str:
    """Return in which words a key is refused."""
    async with client.get(path, headers=bearer(key)) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["type"]) == (401, "urn:streakline:problem:token-invalid")
        return str(problem["detail"])
