"""One request in the many forms of HTTP: what it allows counts once, what it does not is refused."""

import asyncio
import json
from typing import Any

import pytest

from real_servers import TestRedis
from streakline.streams import keys
from wire import Client, Serve, play

PATH = "/api/stats/events"


def body(number: int = 0) -> bytes:
    return json.dumps([play(number)]).encode()


def chunked(*pieces: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    chunks = b"".join(b"%X%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return chunks + b"0\r\n" + trailer + b"\r\n"


def post(
    headers: str = "",
    sent: bytes | None = None,
    start: str = f"POST {PATH} HTTP/1.1",
    host: str = "Host: x",
) -> bytes:
    sent = body() if sent is None else sent
    if not any(name in headers for name in ("Transfer-Encoding", "Content-Length")):
        headers = f"Content-Length: {len(sent)}\r\n{headers}"
    return f"{start}\r\n{host}\r\n{headers}\r\n".encode() + sent


CLOSE = "Connection: close\r\n"
CHUNKS = "Transfer-Encoding: chunked\r\n" + CLOSE
GOOD = {
    "plain": post(CLOSE),
    "empty lines before it": b"\r\n\r\n" + post(CLOSE),
    "header names in any case": post(CLOSE.replace("Connection", "cONNECTION")),
    "spaces around a value": post("X-A:  \t b \t\r\n" + CLOSE),
    "absolute address": post(CLOSE, start=f"POST http://x{PATH} HTTP/1.1"),
    "a query": post(CLOSE, start=f"POST {PATH}?a=b&c HTTP/1.1"),
    "one chunk": post(CHUNKS, chunked(body())),
    "chunks of a byte": post(CHUNKS, chunked(*(body()[at : at + 1] for at in range(len(body()))))),
    "chunks with extensions": post(CHUNKS, chunked(body(), extension=b';a=b;c="d"')),
    "chunks with a trailer": post(CHUNKS, chunked(body(), trailer=b"X-Sum: 1\r\n")),
    "coding in capitals": post(CHUNKS.replace("chunked", "Chunked"), chunked(body())),
    "leading zeros of a length": post(f"Content-Length: 000{len(body())}\r\n" + CLOSE),
    "expectation": post("Expect: 100-continue\r\n" + CLOSE),
    "expectation in capitals": post("Expect: 100-Continue\r\n" + CLOSE),
    "HTTP/1.0": post("", start=f"POST {PATH} HTTP/1.0"),
    "a port in the host": post(CLOSE, host="Host: x:80"),
}  # fmt: skip
BAD = {
    "length and chunks": post(f"Content-Length: {len(body())}\r\n" + CHUNKS, chunked(body())),
    "two lengths": post(f"Content-Length: {len(body())}\r\nContent-Length: 1\r\n" + CLOSE),
    "a signed length": post(f"Content-Length: +{len(body())}\r\n" + CLOSE),
    "a negative length": post("Content-Length: -1\r\n" + CLOSE),
    "a list of lengths": post(f"Content-Length: {len(body())}, {len(body())}\r\n" + CLOSE),
    "another coding after chunks": post("Transfer-Encoding: chunked, identity\r\n" + CLOSE, chunked(body())),
    "space before the colon": post("X-A : b\r\n" + CLOSE),
    "a folded line": post("X-A: b\r\n c\r\n" + CLOSE),
    "a chunk too short": post(CHUNKS, b"5\r\n[]\r\n0\r\n\r\n"),
    "a signed chunk": post(CHUNKS, b"+2\r\n[]\r\n0\r\n\r\n"),
    "two hosts": post(CLOSE, host="Host: x\r\nHost: y"),
    "another protocol": post(CLOSE, start=f"POST {PATH} HTCPCP/1.0"),
    "NUL in a header": post("X-A: b\0c\r\n" + CLOSE),
}


async def said(client: Client, sent: bytes, step: int = 1 << 20) -> bytes:
    """Send bytes, some at a time; return all that comes until the connection ends."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    try:
        for at in range(0, len(sent), step):
            writer.write(sent[at : at + step])
            await writer.drain()
            await asyncio.sleep(0)  # so that they go as segments of their own
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


def counted(redis_server: TestRedis) -> int:
    with redis_server.client() as redis:
        entries: Any = [fields for shard in range(4) for _, fields in redis.xrange(keys.events(shard))]
    return sum(int(fields.get(b"n", 0)) for fields in entries)


@pytest.mark.parametrize("step", [1 << 20, 1], ids=["at once", "a byte a segment"])
@pytest.mark.parametrize("form", GOOD)
async def test_every_form_that_http_allows_counts_once(
    serve: Serve, redis_server: TestRedis, form: str, step: int
) -> None:
    answer = await said(await serve(), GOOD[form], step)
    head = answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert head.split()[1] == b"202", head
    assert counted(redis_server) == 1


@pytest.mark.parametrize("form", BAD)
async def test_every_form_that_it_does_not_is_refused_and_counts_nothing(
    serve: Serve, redis_server: TestRedis, form: str
) -> None:
    answer = await said(await serve(), BAD[form])
    assert answer.split()[1] == b"400", answer
    assert answer.count(b"HTTP/1.") == 1  # what follows is no request of anybody's
    assert counted(redis_server) == 0


async def test_requests_behind_each_other_are_answered_in_their_order(
    serve: Serve, redis_server: TestRedis
) -> None:
    requests = [
        post("", body(1)), post("Transfer-Encoding: chunked\r\n", chunked(body(2))), post("", b"x"),
        post("Expect: 100-continue\r\n", body(3)), post("", body(4)), post(CLOSE, body(5)),
    ]  # fmt: skip
    for step in (1 << 20, 7):
        answer = (await said(await serve(), b"".join(requests), step)).replace(
            b"HTTP/1.1 100 Continue\r\n\r\n", b""
        )
        statuses = [part.split()[0] for part in answer.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [b"202", b"202", b"400", b"202", b"202", b"202"]
    assert counted(redis_server) == 2 * 5
