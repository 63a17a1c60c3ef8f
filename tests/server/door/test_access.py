"""Who may write, who may read, and which origins are let in."""

import base64
import time

import jwt
import pytest

from server.door.tokens import mint
from wire import SECRET, Client, Serve, play

URL = "/api/stats/events"
REALTIME = "/api/analytics/realtime"


async def write(client: Client, url: str = URL, **headers: str) -> tuple[int, str]:
    async with client.post(url, json=[play()], headers=headers) as response:
        answer = await response.json(content_type=None)
        return response.status, answer.get("type", "").removeprefix("urn:streakline:problem:")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_anybody_may_write_where_that_is_open(serve: Serve) -> None:
    assert (await write(await serve()))[0] == 202


async def test_a_write_key_opens_a_closed_ingest(serve: Serve) -> None:
    client = await serve(anonymous_writes=False, write_keys=("key-1", "key-2"))
    assert await write(client) == (401, "key-missing")
    assert await write(client, **{"X-Write-Key": "wrong"}) == (401, "key-missing")
    assert (await write(client, **{"X-Write-Key": "key-2"}))[0] == 202
    assert (await write(client, URL + "?key=key-1"))[0] == 202
    assert (await write(client, **bearer("key-1")))[0] == 202


@pytest.mark.parametrize("scope", ["write", "write:self", "admin"])
async def test_a_token_that_may_write_opens_a_closed_ingest(serve: Serve, scope: str) -> None:
    client = await serve(anonymous_writes=False)
    assert (await write(client, **bearer(mint(SECRET, scope, sub="anna"))))[0] == 202


async def test_a_token_that_may_only_read_does_not_write(serve: Serve) -> None:
    client = await serve(anonymous_writes=False)
    assert await write(client, **bearer(mint(SECRET, "read:self", sub="anna"))) == (403, "scope-missing")


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        base64.urlsafe_b64encode(b"[" * 3000).decode() + ".e30.x",
        mint("another secret that is long enough", "admin"),
        mint(SECRET, "admin", ttl=-100),
        jwt.encode({"scope": 1}, SECRET, "HS256"),
        jwt.encode({"scope": "admin", "exp": time.time() + 60}, None, "none"),
    ],
    ids=["no token", "nested deeply", "signed by another", "expired", "scope is a number", "not signed"],
)
async def test_a_token_that_does_not_hold_is_refused_even_where_none_is_needed(
    serve: Serve, token: str
) -> None:
    client = await serve()
    assert await write(client, **bearer(token)) == (401, "token-invalid")
    async with client.get(REALTIME, headers=bearer(token)) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_token_in_the_query_counts_for_nothing(serve: Serve) -> None:
    client = await serve()
    async with client.get("/api/v1/system", params={"token": mint(SECRET, "admin")}) as response:
        assert response.status == 401


async def test_reads_may_need_a_token(serve: Serve) -> None:
    client = await serve(public_reads=False)
    statuses = []
    for headers in ({}, bearer(mint(SECRET, "write")), bearer(mint(SECRET, "read:public"))):
        async with client.get(REALTIME, headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [401, 403, 200]


async def test_a_foreign_origin_is_refused_by_the_server_itself(serve: Serve) -> None:
    client = await serve(origins=("https://good.example",))
    assert await write(client, Origin="https://evil.example") == (403, "origin-refused")
    assert await write(client, Origin="null") == (403, "origin-refused")


async def test_a_known_origin_is_echoed(serve: Serve) -> None:
    client = await serve(origins=("https://good.example",))
    async with client.post(URL, json=[play()], headers={"Origin": "https://good.example"}) as response:
        assert response.status == 202
        assert response.headers["Access-Control-Allow-Origin"] == "https://good.example"
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert response.headers["Vary"] == "Origin"


async def test_refusals_too_can_be_read_by_a_known_origin(serve: Serve) -> None:
    client = await serve(origins=("https://good.example",))
    async with client.post(URL, data=b"{", headers={"Origin": "https://good.example"}) as response:
        assert response.status == 400
        assert response.headers["Access-Control-Allow-Origin"] == "https://good.example"


async def test_the_pages_own_origin_needs_no_setting(serve: Serve) -> None:
    client = await serve(origins=())
    origin = str(client.make_url("/")).rstrip("/")
    assert (await write(client, Origin=origin))[0] == 202


async def test_a_preflight_is_answered(serve: Serve) -> None:
    headers = {"Origin": "https://any.example", "Access-Control-Request-Method": "POST"}
    client = await serve()
    async with client.options(URL, headers=headers) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == "https://any.example"
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
        assert response.headers["Access-Control-Max-Age"] == "7200"


async def test_a_page_of_another_origin_reads_live_events_too(serve: Serve) -> None:
    client = await serve(origins=("https://good.example",))
    headers = {"Origin": "https://good.example"}
    async with client.get("/api/live/events", params={"topics": "overview"}, headers=headers) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "https://good.example"


async def test_a_foreign_preflight_is_refused(serve: Serve) -> None:
    client = await serve(origins=())
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    async with client.options(URL, headers=headers) as response:
        assert response.status == 403
