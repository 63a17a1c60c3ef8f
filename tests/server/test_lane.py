"""The lane: a repeated request head is not read again, and nobody can tell but by the time it takes."""

import asyncio
import json
import random
import re
import time
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.web_protocol import RequestHandler

from real_servers import TestRedis
from server import ingest
from server.intake import INTAKE
from server.lane import LaneHandler
from server.pressure import PRESSURE
from server.tokens import mint
from streakline.events import MAX_BYTES
from wire import SECRET, Client, Serve, eventually, now_ms, play

URL = "/api/stats/events"
Answer = tuple[int, dict[str, str], Any]


class Line:
    """One connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, client: Client) -> "Line":
        return cls(*await asyncio.open_connection(client.host, client.port))

    async def ask(self, request: bytes, *, cuts: tuple[int, ...] = ()) -> Answer:
        await self.send(request, cuts)
        return await self.answer()

    async def send(self, data: bytes, cuts: tuple[int, ...] = ()) -> None:
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            self.writer.write(data[begin:end])
            await self.writer.drain()
            await asyncio.sleep(0.002 if cuts else 0)  # so that the pieces arrive as pieces

    async def answer(self) -> Answer:
        async with asyncio.timeout(60):
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            headers = dict(line.split(": ", 1) for line in lines)
            body = await self.reader.readexactly(int(headers.pop("Content-Length")))
        assert headers.pop("Date").endswith(" GMT")
        return int(first.split()[1]), headers, json.loads(body)

    def close(self) -> None:
        self.writer.close()


class Hearing(asyncio.Protocol):
    """One connection that keeps what it hears also when it is reset, since it was closed while it talked."""

    def __init__(self) -> None:
        self.heard = b""
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()

    @classmethod
    async def of(cls, client: Client, data: bytes, cuts: tuple[int, ...]) -> bytes:
        """Send data in pieces and return what is heard until the server closes."""
        transport, hearing = await asyncio.get_running_loop().create_connection(cls, client.host, client.port)
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            transport.write(data[begin:end])
            await asyncio.sleep(0.02)
        async with asyncio.timeout(60):
            await hearing.over.wait()
        return hearing.heard


def request(
    body: Any, *headers: str, path: str = URL, version: str = "1.1", length: int | None = None
) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"POST {path} HTTP/{version}", "Host: here", "Content-Type: application/json", *headers]
    head.append(f"Content-Length: {len(data) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode() + data


def taken_by_aiohttp(client: Client) -> int:
    """Return how many requests aiohttp itself has handled."""
    server = client.server.runner.server
    assert server is not None
    return server.requests_count


def told(answer: Answer) -> Answer:
    """Return an answer without the position, which names the moment."""
    status, headers, body = answer
    return status, headers, {name: value for name, value in body.items() if name != "position"}


async def test_a_repeated_head_takes_the_lane_and_gets_the_same_answer(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    answers = [await line.ask(request([play(number)])) for number in range(5)]
    assert [told(answer) for answer in answers] == [told(answers[0])] * 5
    assert answers[0][2]["accepted"] == 1
    assert len({answer[2]["position"] for answer in answers}) == 5
    assert taken_by_aiohttp(client) == 1
    line.close()


async def test_browsers_may_read_the_answers_of_the_lane(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    first, second = [
        await line.ask(request([play(number)], "Origin: https://a.example")) for number in (1, 2)
    ]
    assert told(first) == told(second)
    assert second[1]["Access-Control-Allow-Origin"] == "https://a.example"
    assert taken_by_aiohttp(client) == 1
    line.close()


async def test_another_head_goes_the_whole_way(serve: Serve) -> None:
    client = await serve(anonymous_writes=False)
    line = await Line.to(client)
    good = f"Authorization: Bearer {mint(SECRET, 'write')}"
    assert [(await line.ask(request([play(1)], good)))[0] for _ in range(2)] == [202, 202]
    assert (await line.ask(request([play(1)])))[0] == 401
    assert (await line.ask(request([play(1)], good + "x")))[0] == 401
    assert (await line.ask(request([play(1)], good)))[0] == 202
    assert (await line.ask(request([play(1)], good)))[0] == 202
    assert taken_by_aiohttp(client) == 4
    line.close()


async def test_a_head_that_is_long_is_not_remembered(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    long = request([play(1)], f"X-One: {'x' * 5_000}", f"X-Two: {'y' * 5_000}")
    assert [(await line.ask(long))[0] for _ in range(3)] == [202] * 3
    assert taken_by_aiohttp(client) == 3
    line.close()


async def test_a_token_that_expires_meanwhile_is_refused(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    expires = int(time.time()) + 2
    token = f"Authorization: Bearer {mint(SECRET, 'write', ttl=2)}"
    for number in range(2):
        status, *_ = await line.ask(request([play(number)], token))
        assert status == 202 or time.time() >= expires

    async def refused() -> bool:
        return bool((await line.ask(request([play(1)], token)))[0] == 401)

    await eventually(refused)
    line.close()


async def test_pressure_and_rate_refuse_in_the_lane_as_elsewhere(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands = SimpleNamespace(time=time.time, perf_counter=time.perf_counter, monotonic=lambda: 100.0)
    monkeypatch.setattr(ingest, "time", stands)  # nothing is given back while the requests are under way
    client = await serve(rate=1.0)
    line = await Line.to(client)
    assert (await line.ask(request([play(n) for n in range(4)])))[0] == 202
    assert (await line.ask(request([play(n) for n in range(4)])))[0] == 202
    status, headers, body = await line.ask(request([play(n) for n in range(4)]))
    assert (status, body["type"]) == (429, "urn:streakline:problem:rate")
    assert headers["Retry-After"] == "2"
    client.app[PRESSURE].refusal = "redis is full"
    assert (await line.ask(request([play(1)])))[2]["detail"] == "redis is full"
    line.close()


async def test_what_the_lane_cannot_answer_is_refused_by_name(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(1)]))
    mixed = await line.ask(request([play(1), {"id": "bad"}, play(2)]))
    assert (mixed[2]["accepted"], mixed[2]["rejected"][0]["id"]) == (2, "bad")
    assert (await line.ask(request(b"no JSON")))[0] == 400
    assert (await line.ask(request([play(1), play(1)])))[2]["duplicates"] == 1
    assert (await line.ask(request([])))[2]["accepted"] == 0
    line.close()


async def test_a_body_that_is_too_large_is_refused_before_it_is_kept(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(1)]))
    assert (await line.ask(request(b" " * (MAX_BYTES + 1))))[0] == 413
    line.close()


async def test_a_body_in_pieces_and_requests_in_one_piece_are_answered_in_order(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(0)]))
    whole = request([play(number) for number in range(3)])
    head = whole.index(b"\r\n\r\n")
    assert (await line.ask(whole, cuts=(head + 4, head + 30, len(whole) - 1)))[2]["accepted"] == 3
    await line.send(b"".join(request([play(number) for number in range(n)]) for n in (1, 2, 3, 4)))
    assert [(await line.answer())[2]["accepted"] for _ in range(4)] == [1, 2, 3, 4]
    assert taken_by_aiohttp(client) == 1
    line.close()


@pytest.mark.parametrize("seed", range(12))
async def test_any_requests_cut_anywhere_are_answered_as_each_alone(serve: Serve, seed: int) -> None:
    draw = random.Random(seed)
    client = await serve()
    pool = [
        request([play(1)]),
        request([play(1), play(2)]),
        request([play(1), {"id": 3}]),
        request(b"[]"),
        request(b"{"),
        request({"sentAt": now_ms(), "events": [play(1, source="new-" + str(seed))]}),
        request([play(1)], "Origin: https://a.example"),
        request([play(1)], "X-Write-Key: any"),
        request([play(1)], path="/api/nowhere"),
        b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n",
        b"POST "
        + URL.encode()
        + b" HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
    ]
    alone = []
    for one in pool:
        line = await Line.to(client)
        alone.append(told(await line.ask(one)))
        line.close()
    for _ in range(4):
        picks = [0, 0, *(draw.choice([0, 0, 1, draw.randrange(len(pool))]) for _ in range(10))]
        data = b"".join(pool[pick] for pick in picks)
        cuts = tuple(sorted({draw.randrange(1, len(data)) for _ in range(draw.choice([0, 3, 12]))}))
        line = await Line.to(client)
        sending = asyncio.create_task(line.send(data, cuts))
        assert [told(await line.answer()) for _ in picks] == [alone[pick] for pick in picks]
        await sending
        line.close()


@pytest.mark.parametrize(
    "lines",
    [
        "content-length: {}", "Content-Length:{}", "Content-Length:   {}", "Content-Length: 000{}",
        "Content-Length: +{}", "Content-Length: -{}", "Content-Length: {} ", "Content-Length: \t{}",
        "Content-Length : {}", "Content-Length: {0}, {0}", "Content-Length: {0}\r\nContent-Length: {0}",
        "Content-Length: 5\r\nContent-Length: {}", "Content-Length: {}\r\nContent-Length: 5",
        "X: a\r\n Content-Length: 5\r\nContent-Length: {}", "X: a\rContent-Length: 5\r\nContent-Length: {}",
        "X: a\nContent-Length: 5\r\nContent-Length: {}", "X: a\n\nContent-Length: {}",
        "Content-Length: {}\r\n\n", "Content-Length: {}\r\nX: \0", "Content-Length: {}\r\nX: \xff",
        "Content-Length: {}\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: {}",
        "Content-Length: {}\r\nTransfer-Encoding: identity", "Content-Length: {}\r\nContent-Encoding: identity",
        "Content-Length: {}\r\nConnection: close", "Content-Length: {}\r\nConnection: upgrade",
        "Content-Length: {}\r\nExpect: 100-continue",
    ],
)  # fmt: skip
async def test_a_length_spelt_in_any_way_is_read_as_aiohttp_reads_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, lines: str
) -> None:
    client = await serve()
    inner = request([play(9)])
    bodies = [json.dumps([play(number)]).encode() for number in range(3)] + [inner]
    requests = [
        f"POST {URL} HTTP/1.1\r\nHost: here\r\n{lines.format(len(body))}\r\n\r\n".encode("latin-1") + body
        for body in bodies
    ]
    last = b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    borders = tuple(accumulate(map(len, requests)))

    async def answers(cuts: tuple[int, ...]) -> list[bytes]:
        hearing = await Hearing.of(client, b"".join([*requests, last]), cuts)
        return re.findall(rb"HTTP/1.1 \d+|\"accepted\":\d+|urn:[a-z:-]+", hearing)

    by_lane = [await answers(cuts) for cuts in (borders, (borders[0], borders[1] - 9))]
    for method in ("data_received", "finish_response"):
        monkeypatch.setattr(LaneHandler, method, getattr(RequestHandler, method))
    assert by_lane[0] == await answers(borders)
    assert by_lane[1] == await answers((borders[0], borders[1] - 9))
    assert by_lane[0]


async def test_a_redis_that_is_away_is_told_with_when_to_come_back(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(1)], "Origin: https://a.example"))
    with redis_server.held():
        status, headers, body = await line.ask(request([play(2)], "Origin: https://a.example"))
    assert (status, body["type"]) == (503, "urn:streakline:problem:store-away")
    assert headers["Content-Type"] == "application/problem+json"
    assert (headers["Retry-After"], headers["Access-Control-Allow-Origin"]) == ("2", "https://a.example")
    line.close()


async def test_a_sender_that_hangs_up_costs_the_others_nothing(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    gone, stays = await Line.to(client), await Line.to(client)
    for line in (gone, stays):
        await line.ask(request([play(1)]))
    with redis_server.held():
        await gone.send(request([play(2)]))
        await stays.send(request([play(3)]))
        gone.writer.transport.abort()
    assert (await stays.answer())[2]["accepted"] == 1
    stays.close()


async def test_a_server_that_stops_answers_what_the_lane_has_begun(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(1)]))
    with redis_server.held():
        await line.send(request([play(2)]))
        await eventually(lambda: client.app[INTAKE]._waves._waiting == 1)  # type: ignore[union-attr]
        closing = asyncio.create_task(client.close())
        await eventually(lambda: not client.server.runner.sites)
    assert (await line.answer())[2]["accepted"] == 1
    await closing
    line.close()


async def test_requests_of_the_lane_are_counted_and_timed(serve: Serve) -> None:
    client = await serve()
    line = await Line.to(client)
    for number in range(5):
        await line.ask(request([play(number)]))
    async with client.get("/metrics") as response:
        text = await response.text()
    assert f'streakline_http_requests_total{{method="POST",route="{URL}",status="202"}} 5.0' in text
    assert f'streakline_http_request_seconds_count{{route="{URL}"}} 5.0' in text
    assert "streakline_events_accepted_total 5.0" in text
    line.close()


async def test_a_connection_with_a_lane_is_closed_when_it_was_idle_for_long(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(1)]))
    [handler] = [one for one in client.server.runner.server.connections if one.transport is not None]
    monkeypatch.setattr(handler, "_keepalive_timeout", 0.0)
    handler._keepalive_handle.cancel()
    await line.ask(request([play(2)]))
    handler._process_keepalive()
    assert await line.reader.read() == b""
    line.close()
