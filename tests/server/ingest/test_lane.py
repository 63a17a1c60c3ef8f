"""The lane: a repeated request head is not read again, and nobody can tell but by the time it takes."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from raw_lines import URL, Line, request, taken_by_aiohttp, told
from real_servers import TestRedis
from server.door import rates
from server.door.tokens import LEEWAY, mint
from server.ingest import admission, events
from server.ingest.intake import INTAKE
from server.upkeep.pressure import PRESSURE
from streakline.ingest.events import MAX_BYTES
from wire import SECRET, Serve, eventually, play


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
    token = f"Authorization: Bearer {mint(SECRET, 'write', ttl=2 - LEEWAY)}"
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
    for module in (rates, admission, events):
        monkeypatch.setattr(module, "time", stands)  # nothing is given back while the requests are under way
    monkeypatch.setattr(rates, "ROUND_SECONDS", 3600)
    client = await serve(rate=1.0)
    line = await Line.to(client)
    for _ in range(3):  # the third leaves a debt of two events
        assert (await line.ask(request([play(n) for n in range(4)])))[0] == 202
    status, headers, body = await line.ask(request([play(n) for n in range(4)]))
    assert (status, body["type"]) == (429, "urn:streakline:problem:rate")
    assert headers["Retry-After"] == "3"
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
