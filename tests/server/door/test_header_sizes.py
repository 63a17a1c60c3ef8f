"""Headers that nobody here reads end no request: a visitor's cookies are some other site's on the same host."""

import asyncio
import contextlib
import itertools
import json

import pytest

from server.door.malformed import MAX_ADDRESS, MAX_HEADERS
from wire import Serve, eventually, play

BODY = json.dumps([play()]).encode()
START = b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\n"
END = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
SECRET_COOKIE = b"session=keep-me-to-yourself; "


async def said(serve: Serve, *parts: bytes, times: int = 1) -> list[tuple[int, bytes]]:
    """Send a request in parts, so often on one connection; return status and body of the answers."""
    client = await serve()
    reader, writer = await asyncio.open_connection(client.host, client.port)
    answers = []
    try:
        for _ in range(times):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            answers.append((int(head.split()[1]), await reader.readexactly(length)))
    finally:
        writer.close()
    return answers


@pytest.mark.parametrize("name", [b"Cookie", b"User-Agent", b"Referer", b"X-Forwarded-For", b"X-Anything"])
@pytest.mark.parametrize("size", [8_191, 60_000])
async def test_a_long_header_is_no_reason_to_refuse_events(serve: Serve, name: bytes, size: int) -> None:
    long = name + b": " + b"a" * size + b"\r\n"
    answers = await said(serve, START + long + END, times=3)
    assert [status for status, _ in answers] == [202, 202, 202], answers


async def test_many_headers_are_no_reason_to_refuse_events(serve: Serve) -> None:
    many = b"".join(b"X-Trace-%d: of some proxy\r\n" % number for number in range(500))
    assert [status for status, _ in await said(serve, START + many + END)] == [202]


LARGE = {
    "one header": SECRET_COOKIE * (MAX_HEADERS // len(SECRET_COOKIE) + 1),
    "together": b"\r\nCookie: ".join([SECRET_COOKIE * 200] * 20),
    "too many": b"\r\nCookie: ".join([SECRET_COOKIE] * 1_500),
}


@pytest.mark.parametrize("parts", [1, 50])
@pytest.mark.parametrize("headers", LARGE.values(), ids=LARGE)
async def test_headers_beyond_the_bound_are_refused_by_name_and_repeated_nowhere(
    serve: Serve, capfd: pytest.CaptureFixture[str], headers: bytes, parts: int
) -> None:
    raw = START + b"Cookie: " + headers + b"\r\n" + END
    step = -(-len(raw) // parts)
    [(status, body)] = await said(serve, *(raw[at : at + step] for at in range(0, len(raw), step)))
    problem = json.loads(body)
    assert (status, problem["type"]) == (431, "urn:streakline:problem:headers-too-large")
    assert f"{MAX_HEADERS:,} bytes" in problem["detail"]
    assert "Cookie" in problem["detail"]
    assert "keep-me" not in body.decode() + "".join(capfd.readouterr())


async def test_a_head_that_never_ends_is_ended(serve: Serve) -> None:
    client = await serve()
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(START)

    async def go_on() -> None:
        for number in itertools.count():
            writer.write(b"X-%d: %s\r\n" % (number, b"a" * 8_000))
            await writer.drain()
            await asyncio.sleep(0.01)

    sending = asyncio.create_task(go_on())
    answer = await asyncio.wait_for(reader.readline(), 60)
    assert answer.split()[1] == b"431"
    with contextlib.suppress(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 60)  # and the connection ends, though he goes on
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    writer.close()


async def test_a_large_body_is_no_head(serve: Serve) -> None:
    body = json.dumps([play(number, title="t" * 900) for number in range(400)]).encode()
    head = START + b"Content-Length: %d\r\n\r\n" % len(body)
    parts = (head, *(body[at : at + 9_000] for at in range(0, len(body), 9_000)))
    assert [status for status, _ in await said(serve, *parts, times=3)] == [202, 202, 202]


async def test_an_address_beyond_the_bound_is_refused_by_name(serve: Serve) -> None:
    line = b"GET /?utm=%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * MAX_ADDRESS)
    [(status, body)] = await said(serve, line)
    assert (status, json.loads(body)["type"]) == (414, "urn:streakline:problem:address-too-long")


@pytest.mark.parametrize("behind", [b"", START + END], ids=["nothing behind it", "a request behind it"])
async def test_the_last_part_of_a_body_is_no_head_however_large_it_comes(serve: Serve, behind: bytes) -> None:
    client = await serve()
    body = json.dumps([play(number, title="t" * 900) for number in range(400)]).encode()
    head = START + b"Content-Length: %d\r\n\r\n" % len(body)
    reader, writer = await asyncio.open_connection(client.host, client.port)

    async def status() -> bytes:
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        await reader.readexactly(int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        return answer.split()[1]

    writer.write(head + body[:1_000])
    server = client.server.handler
    assert server is not None
    await eventually(lambda: any(one._current_request for one in server.connections))
    # As the kernel may hand it over: all the rest in one piece, and what comes behind it.
    server.connections[0].data_received(body[1_000:] + behind)
    assert [await status() for _ in range(2 if behind else 1)] == [b"202"] * (2 if behind else 1)
    writer.write(START + END)
    assert await status() == b"202"
    writer.close()
