"""The configurations of `deploy/` in real proxies: what the server promises is true behind each of them."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from names import Names
from proxies import KINDS, RESOLVES_FROM, SHIPPED, RunningProxy, nginx_version, proxied
from real_servers import TestRedis
from stack.servers.ports import free_port
from stored_events import stored
from wire import Serve, eventually, play

pytestmark = pytest.mark.timeout(180)

POST = "/api/stats/events"
FRIEND = "https://friend.example"
TOLD: dict[str, Any] = {
    "origins": (FRIEND,),
    "trusted_proxies": ("127.0.0.1",),
    "country_header": "CF-IPCountry",
    "rate": 2.0,
}
BURST = 20
"""Events that one visitor may send at once, at that rate."""
SHAPED = (SHIPPED, "deploy/proxies/caddy.conf", "deploy/proxies/haproxy.conf")
"""Those whose own refusals have the shape of the servers'."""
METRICS = ("/metrics", "/metrics/", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?x=1", "/metrics%2f")


@pytest.fixture(params=KINDS)
async def proxy(request: pytest.FixtureRequest, serve: Serve, tmp_path: Path) -> AsyncIterator[RunningProxy]:
    """A proxy in front of a server that lets in few origins and trusts the proxy."""
    server = await serve(**TOLD)
    assert server.port is not None
    # In a thread: the server runs in this one.
    manager = proxied(request.param, tmp_path / "proxy", server.port)
    yield await asyncio.to_thread(manager.__enter__)
    await asyncio.to_thread(manager.__exit__, None, None, None)


def anybodys_certificate() -> ssl.SSLContext:
    """Return how to speak TLS with a proxy whose certificate nobody signed."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@asynccontextmanager
async def visitor(proxy: RunningProxy, address: str = "127.0.0.1") -> AsyncIterator[aiohttp.ClientSession]:
    """Return who speaks to a proxy from an address of his own."""
    connector = aiohttp.TCPConnector(
        local_addr=(address, 0), family=socket.AF_INET, ssl=anybodys_certificate()
    )
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(proxy.url, connector=connector, timeout=timeout) as session:
        yield session


async def said(proxy: RunningProxy, raw: str) -> bytes:
    """Send a request as it is and return all that comes until the connection ends."""
    tls: dict[str, Any] = {}
    if proxy.tls:
        tls = {"ssl": anybodys_certificate(), "server_hostname": "localhost"}
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port, **tls)
    writer.write(raw.encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return answer


async def handshake(session: aiohttp.ClientSession, origin: str) -> int:
    """Open a live socket as a browser does, wait for its first message; return the status of the opening."""
    offered = ("streakline.v1",)
    try:
        async with session.ws_connect("/api/live", protocols=offered, headers={"Origin": origin}) as live:
            await live.send_json({"type": "subscribe", "topics": ["overview"]})
            assert live.protocol == "streakline.v1"
            assert (await live.receive_json())["type"] == "snapshot"
            return 101
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


async def test_the_pages_own_origin_may_write_and_follow_and_no_foreign_one(proxy: RunningProxy) -> None:
    async with visitor(proxy) as session:
        for origin, allowed in ((proxy.url, True), (FRIEND, True), ("https://evil.example", False)):
            async with session.post(POST, json=[play()], headers={"Origin": origin}) as response:
                assert response.status == (202 if allowed else 403), await response.text()
            assert await handshake(session, origin) == (101 if allowed else 403)


async def test_server_sent_events_come_while_the_connection_is_open(proxy: RunningProxy) -> None:
    async with visitor(proxy) as session:
        accepted = {"Accept-Encoding": "gzip, deflate"}
        async with session.get("/api/live/events", headers=accepted) as response:
            assert response.status == 200
            assert await response.content.readuntil(b"\n\n")


async def test_visitors_have_an_allowance_each_whatever_they_write(proxy: RunningProxy) -> None:
    events = [play(number) for number in range(BURST + 60)]  # a debt that takes a minute to pay
    answers = []
    for address, forged in (
        ("127.0.0.2", None),
        ("127.0.0.3", None),
        ("127.0.0.2", "198.51.100.1"),
        ("127.0.0.3", "198.51.100.2, 127.0.0.1"),
    ):
        headers = {} if forged is None else {"X-Forwarded-For": forged}
        async with (
            visitor(proxy, address) as session,
            session.post(POST, json=events, headers=headers) as response,
        ):
            answers.append(response.status)
    assert answers == [202, 202, 429, 429]


async def test_no_visitor_says_which_country_he_is_in(proxy: RunningProxy, redis_server: TestRedis) -> None:
    headers = {"CF-IPCountry": "KP"}
    async with visitor(proxy) as session, session.post(POST, json=[play()], headers=headers) as response:
        assert response.status == 202
    assert [cold.country for _, _, cold in stored(redis_server)] == [""]


async def test_cookies_of_other_programs_lose_no_events(proxy: RunningProxy) -> None:
    headers = {"Cookie": "a=" + "b" * 50_000}
    async with visitor(proxy) as session, session.post(POST, json=[play()], headers=headers) as response:
        assert response.status == 202, await response.text()


async def test_metrics_stay_inside(proxy: RunningProxy) -> None:
    host = proxy.url.partition("//")[2]
    for path in METRICS:
        answer = await said(proxy, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 ")
        assert b"streakline_" not in answer, path


async def test_connections_to_the_server_are_kept(proxy: RunningProxy) -> None:
    for number in range(6):
        async with visitor(proxy) as session, session.post(POST, json=[play(number)]) as response:
            assert response.status == 202
    assert 1 <= proxy.upstream_connections() <= 2


async def test_a_body_that_is_too_large_is_refused_as_such(proxy: RunningProxy) -> None:
    async with visitor(proxy) as session, session.post(POST, data=BytesIO(b" " * 1_900_000)) as response:
        assert response.status == 413
        assert (await response.json(content_type=None))["type"] == "urn:streakline:problem:too-large"


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_server_the_answer_is_one_after_which_clients_send_again(
    kind: str, tmp_path: Path
) -> None:
    with proxied(kind, tmp_path / "proxy", free_port()) as proxy:
        async with visitor(proxy) as session, session.post(POST, json=[play()]) as response:
            assert response.status in {502, 503}
            if kind in SHAPED:
                assert response.content_type == "application/problem+json"
                assert response.headers["Retry-After"] == "2"
                assert json.loads(await response.read())["type"] == "urn:streakline:problem:server-away"


@pytest.mark.parametrize(
    ("request_line", "headers", "status", "code"),
    [
        ("GET /metrics", {}, 404, "not-found"),
        (f"POST {POST}", {"Content-Length": "3000000"}, 413, "too-large"),
        ("GET /health", {"Cookie": "a" * 70_000}, 431, "headers-too-large"),
        ("GET /health", {"Content-Length": "x"}, 400, "bad-request"),
    ],
    ids=["metrics", "body", "headers", "no request"],
)
async def test_the_shipped_proxy_refuses_in_the_shape_of_the_servers(
    tmp_path: Path, request_line: str, headers: dict[str, str], status: int, code: str
) -> None:
    sent = {"Host": "x", "Origin": FRIEND, "Connection": "close"} | headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    with proxied(SHIPPED, tmp_path / "proxy", free_port()) as proxy:
        answer = await said(proxy, f"{request_line} HTTP/1.1\r\n{lines}\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert b"application/problem+json" in head, head
    problem: dict[str, Any] = json.loads(body)
    assert (problem["status"], problem["type"]) == (status, f"urn:streakline:problem:{code}")


async def test_a_container_that_is_made_anew_is_found(serve: Serve, tmp_path: Path) -> None:
    if nginx_version() < RESOLVES_FROM:
        pytest.skip("this nginx looks no name up again; name one from 1.27.3 on in STREAKLINE_NGINX")
    server = await serve()
    names = Names({"ingest": "127.0.0.9", "live": "127.0.0.9", "api": "127.0.0.9"})  # nobody is there
    async with names.served() as port:

        def named(text: str) -> str:
            return text.replace("resolver 127.0.0.11 valid=5s", f"resolver 127.0.0.1:{port} valid=1s")

        assert server.port is not None
        manager = proxied(SHIPPED, tmp_path / "proxy", server.port, named, by_name=True)
        proxy = await asyncio.to_thread(manager.__enter__)
        try:
            async with visitor(proxy) as session:

                async def answered(status: int) -> bool:
                    async with session.post(POST, json=[play()]) as response:
                        return response.status == status

                await eventually(lambda: answered(502))
                names.addresses = dict.fromkeys(names.addresses, "127.0.0.1")
                await eventually(lambda: answered(202))
        finally:
            await asyncio.to_thread(manager.__exit__, None, None, None)
