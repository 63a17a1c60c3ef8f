"""The lane and bytes: requests cut anywhere, pipelined, or with a length spelt in any way."""

import asyncio
import json
import random
import re
from itertools import accumulate

import pytest
from aiohttp.web_protocol import RequestHandler

from raw_lines import URL, Hearing, Line, request, taken_by_aiohttp, told
from server.ingest import admission, lane
from server.ingest.lane import LaneHandler
from wire import Serve, eventually, now_ms, play


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


async def test_a_body_that_does_not_end_is_refused_behind_others_too(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PART_SECONDS", 0.05)
    monkeypatch.setattr(admission, "BODY_SECONDS", 0.05)
    line = await Line.to(await serve())
    await line.ask(request([play(0)]))
    async with asyncio.timeout(20):
        status, _, told = await line.ask(request([play(1), play(2)])[:-1])
    assert status == 408
    assert "send the same events again" in told["detail"]
    line.close()


async def test_a_body_that_is_slow_is_taken_once_it_is_there(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PART_SECONDS", 0.01)
    client = await serve()
    line = await Line.to(client)
    await line.ask(request([play(0)]))
    whole = request([play(1), play(2)])
    await line.send(whole[:-5])
    await eventually(lambda: taken_by_aiohttp(client) == 2)
    await line.send(whole[-5:] + request([play(3)]))
    assert [(await line.answer())[2]["accepted"] for _ in range(2)] == [2, 1]
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
