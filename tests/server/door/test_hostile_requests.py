"""Requests that no client of ours sends: every one is refused in the one shape, and none is an error of ours."""

import asyncio
import base64
import hashlib
import hmac
import json
import zlib
from typing import Any

import pytest

from real_servers import TestRedis
from server.ingest import admission, lane
from server.problems import CONTENT_TYPE
from streakline.streams import keys
from wire import SECRET, Serve, eventually

PLAY = {"id": "p", "type": "play", "contentId": "a", "sessionId": "s", "timestamp": 1_700_000_000_000}
HUGE = 10**400


async def said(serve: Serve, raw: bytes) -> tuple[int, bytes, bytes]:
    """Send bytes as they are; return status, head and body of the answer."""
    client = await serve()
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    writer.close()
    return int(head.split()[1]), head, body


def signed(**claims: Any) -> str:
    """Return a token with our signature and any claims."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


@pytest.mark.parametrize(
    ("body", "rejected"),
    [
        ([{**PLAY, "position": HUGE}], 1),
        ([{"id": "\ud800"}], 1),
        ({"events": [{}], "\ud800": 1}, 1),
        ({"events": [PLAY], "sentAt": HUGE}, 0),
        ({"events": [PLAY], "sentAt": -HUGE}, 0),
    ],
)
async def test_what_cannot_be_computed_with_is_named(serve: Serve, body: Any, rejected: int) -> None:
    client = await serve(anonymous_writes=True)
    async with client.post("/api/stats/events", data=json.dumps(body)) as response:
        assert response.status == 202
        assert len((await response.json())["rejected"]) == rejected


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
async def test_a_body_that_does_not_unpack_is_refused(serve: Serve, coding: str) -> None:
    client = await serve(anonymous_writes=True)
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    async with client.post("/api/stats/events", data=b"\xffrubbish", headers=headers) as response:
        assert response.status == 400
        assert coding in (await response.json(content_type=None))["detail"]


@pytest.mark.parametrize(
    "claims", [{"exp": HUGE}, {"sub": "\ud800"}, {"scope": "\ud800"}, {"creators": ["\ud800"]}]
)
async def test_signed_claims_that_make_no_sense_do_not_hold(serve: Serve, claims: dict[str, Any]) -> None:
    client = await serve()
    headers = {"Authorization": f"Bearer {signed(**{'scope': 'write:self', **claims})}"}
    for send in (client.post("/api/stats/events", json=[PLAY], headers=headers), client.get("/ready")):
        async with send as response:
            assert response.status in {200, 401}
    async with client.get("/api/v1/system", headers=headers) as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"FOO /health HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\0\x01\0\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nExpect: money\r\n\r\n", 417),
        (b"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=9-1\r\n\r\n", 416),
        (b"GET / HTTP/1.1\r\nHost: x\r\nIf-Match: x\r\n\r\n", 412),
        (b"GET /" + b"a" * 300 + b".js HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /api/live/events HTTP/1.0\r\nHost: x\r\n\r\n", 400),
        (b"GET /api/live HTTP/1.0\r\nHost: x\r\n\r\n", 400),
    ],
)
async def test_what_aiohttp_refuses_by_itself_has_the_one_shape(
    serve: Serve, raw: bytes, status: int
) -> None:
    got, head, body = await said(serve, raw)
    assert got == status
    assert CONTENT_TYPE.encode() in head
    assert json.loads(body)["detail"]


@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize(
    ("head", "begun", "wrong"),
    [
        ("Transfer-Encoding: chunked", b"1\r\n[\r\n", b"zz\r\n]\r\n"),
        ("Transfer-Encoding: chunked", b"1\r\n[\r\n", b"1\r\n]]]]]\r\n"),
        ("Transfer-Encoding: chunked", b"", b"-1\r\n[]\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"2\r\n[]\r\n", b"f" * 17 + b"\r\n"),
    ],
)
async def test_a_body_that_turns_wrong_is_refused_whenever_it_comes(
    serve: Serve, head: str, begun: bytes, wrong: bytes, pieces: int, caplog: pytest.LogCaptureFixture
) -> None:
    client = await serve(anonymous_writes=True)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    first = f"POST /api/stats/events HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + begun
    for piece in (first, wrong) if pieces == 2 else (first + wrong,):
        writer.write(piece)
        await asyncio.sleep(0.02)  # so that the second comes while the body is awaited
    async with asyncio.timeout(5):
        answer = (
            await reader.read()
        )  # and then the connection ends: where another request begins nobody knows
    writer.close()
    assert answer.split()[1] == b"400"
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"]
    assert caplog.text == "", "whoever sends rubbish would fill the log"


@pytest.mark.parametrize("pieces", [1, 2])
@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ("Content-Encoding: deflate\r\nContent-Length: 9", zlib.compress(b"[]")[:-3].ljust(9, b"\1")),
        ("Content-Encoding: deflate\r\nContent-Length: 7", zlib.compress(b"[]")[:7]),
        ("Content-Encoding: zstd\r\nContent-Length: 2", b"[]"),
        ("Content-Encoding: br\r\nContent-Length: 2", b"[]"),
    ],
)
async def test_what_does_not_unpack_is_refused_and_the_next_request_is_answered(
    serve: Serve, head: str, wrong: bytes, pieces: int, caplog: pytest.LogCaptureFixture
) -> None:
    client = await serve(anonymous_writes=True)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    first = f"POST /api/stats/events HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode()
    for piece in (first, wrong) if pieces == 2 else (first + wrong,):
        writer.write(piece)
        await asyncio.sleep(0.02)  # so that the second comes while the body is awaited
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    assert answer.split()[1] == (b"415" if "br" in head else b"400")
    assert b"HTTP/1.1 200 OK" in answer
    assert caplog.text == "", "whoever sends rubbish would fill the log"


@pytest.mark.parametrize("said", [b"", b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_that_asks_for_nothing_is_closed(
    serve: Serve, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "HEAD_SECONDS", 0.2)
    client = await serve()
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(said)
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    writer.close()


async def test_a_body_that_does_not_end_is_refused_and_its_connection_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "BODY_SECONDS", 0.2)
    client = await serve(anonymous_writes=True)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[")
    async with asyncio.timeout(60):
        answer = await reader.read()
    writer.close()
    assert answer.split()[1] == b"408"
    assert "send the same events again" in json.loads(answer.partition(b"\r\n\r\n")[2])["detail"]


@pytest.mark.parametrize("path", ["/api/live", "/api/live/events"])
async def test_only_who_reads_them_is_sent_frames(serve: Serve, path: str) -> None:
    client = await serve()
    async with client.head(path) as response:
        assert response.status == 405


async def test_the_system_page_shows_dead_letters_and_metrics_of_any_bytes(
    serve: Serve, redis_server: TestRedis
) -> None:
    redis = redis_server.client()
    redis.xadd(keys.DEAD, {b"\xff": b"\xfe"})
    redis.hset(keys.metrics("x", "0"), mapping={b"\xff": b"1", b"a": b"x"})
    redis.set(keys.metrics("no", "hash"), "x")
    client = await serve()
    headers = {"Authorization": f"Bearer {signed(scope='read:admin')}"}
    async with client.get("/api/v1/system", headers=headers) as response:
        assert response.status == 200


async def test_a_store_that_is_away_is_told_as_such(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    redis_server.kill()
    try:
        async with client.get("/api/v1/settled?position=0:1-0") as response:
            assert response.status == 503
            assert response.headers["Retry-After"]
    finally:
        redis_server.start()


async def test_only_what_is_no_moment_ends_a_watch(serve: Serve, redis_server: TestRedis) -> None:
    redis = redis_server.client()
    redis.hset(keys.SUBSCRIBED, mapping={b"\xff": b"x", "a": "9" * 5000, "b": "", "kept": "9999999999999"})
    await serve()
    await eventually(lambda: redis.hkeys(keys.SUBSCRIBED) == [b"kept"])
