"""Rates: shared by all servers, told in headers, by key and by address, and nobody's address is kept."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api_keys import bearer, made
from raw_lines import Line, request, taken_by_aiohttp
from real_servers import TestRedis
from server.door import rates
from server.door.rates import ALLOWANCES, HEADERS
from server.door.tokens import mint
from server_process import serving
from wire import EVENTS_URL, SECRET, Client, Serve, eventually, play

BEHIND: dict[str, Any] = {"trusted_proxies": ("127.0.0.1",)}
SLOW = 0.5
"""Events a second: five at once, and so slowly more that no test sees them come back."""


async def sent(
    client: Client, address: str = "", many: int = 1, **headers: str
) -> tuple[int, dict[str, str]]:
    if address:
        headers["X-Forwarded-For"] = address
    async with client.post(EVENTS_URL, json=[play(n) for n in range(many)], headers=headers) as response:
        told = {name[12:]: response.headers[name] for name in HEADERS if name in response.headers}
        return response.status, {**told, "Retry-After": response.headers.get("Retry-After", "")}


async def test_a_flood_from_one_address_is_refused_and_nobody_else_is(serve: Serve) -> None:
    client = await serve(rate=SLOW, **BEHIND)
    statuses = [(await sent(client, "203.0.113.7"))[0] for _ in range(8)]
    assert statuses == [202] * 5 + [429] * 3
    assert [(await sent(client, f"203.0.113.{n}"))[0] for n in range(100, 110)] == [202] * 10
    assert (await sent(client, "2001:db8:1:2::9", many=5))[0] == 202
    assert (await sent(client, "2001:db8:1:2:ffff::1"))[0] == 429  # the same visitor's sixty-four bits


async def test_what_is_left_is_told_with_every_answer(serve: Serve) -> None:
    client = await serve(rate=SLOW, **BEHIND)
    status, told = await sent(client, "203.0.113.7", many=3)
    assert (status, told["Limit"], told["Remaining"], told["Retry-After"]) == (202, "5", "2", "")
    assert 5 <= int(told["Reset"]) <= 6
    status, told = await sent(client, "203.0.113.7", many=4)  # a debt of two
    assert (status, told["Remaining"]) == (202, "0")
    assert 13 <= int(told["Reset"]) <= 14
    status, told = await sent(client, "203.0.113.7")
    assert (status, told["Remaining"]) == (429, "0")
    assert 5 <= int(told["Retry-After"]) <= 6
    assert (await sent(await serve()))[1] == {"Retry-After": ""}  # nothing is limited, so nothing is told


async def test_the_lane_tells_it_too_and_never_what_was_left_before(serve: Serve) -> None:
    client = await serve(rate=SLOW)
    line = await Line.to(client)
    left = [(await line.ask(request([play(n)])))[1]["X-RateLimit-Remaining"] for n in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    assert taken_by_aiohttp(client) == 1
    assert (await line.ask(request([play(9)])))[0] == 429
    line.close()


async def test_a_key_and_a_person_have_allowances_of_their_own(serve: Serve) -> None:
    client = await serve(rate=SLOW)
    one, two = (await made(client, "write"))["key"], (await made(client, "write"))["key"]
    person = mint(SECRET, "write:self", sub="ann")
    assert (await sent(client, many=6))[0] == 202
    assert (await sent(client))[0] == 429
    for text in (one, two, person):
        assert (await sent(client, many=6, **bearer(text)))[0] == 202
        assert (await sent(client, **bearer(text)))[0] == 429
    assert (await sent(client, **bearer(mint(SECRET, "write:self", sub="127.0.0.1"))))[0] == 202


async def test_servers_share_an_allowance(serve: Serve) -> None:
    one, two = await serve(rate=SLOW, **BEHIND), await serve(rate=SLOW, **BEHIND)
    assert (await sent(one, "203.0.113.7", many=100))[0] == 202

    async def refused() -> bool:
        # What it lets through before it has heard of the others becomes a debt of all.
        return (await sent(two, "203.0.113.7"))[0] == 429

    await eventually(refused)
    assert int((await sent(two, "203.0.113.7"))[1]["Retry-After"]) > 150
    assert (await sent(two, "203.0.113.8"))[0] == 202


async def test_a_server_that_starts_again_forgets_no_debt(serve: Serve, redis_server: TestRedis) -> None:
    one = await serve(rate=SLOW)
    assert (await sent(one, many=100))[0] == 202
    with redis_server.client() as redis:
        await eventually(lambda: len(list(redis.scan_iter("sl:rate:*"))) == 2)
    await one.close()
    two = await serve(rate=SLOW)

    async def refused() -> bool:
        return (await sent(two))[0] == 429

    await eventually(refused)


async def test_without_redis_each_server_goes_by_its_own(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await serve(rate=SLOW)

    async def away(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(rates.Rates, "_exchange", away)
    statuses = []
    for _ in range(8):
        statuses.append((await sent(client))[0])
        await asyncio.sleep(rates.ROUND_SECONDS / 2)
    assert statuses == [202] * 5 + [429] * 3
    assert client.app[ALLOWANCES].reports(everything=True) == {"address 127.0.0.1": 5}


def written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_no_address_is_in_redis_files_or_logs(redis_server: TestRedis, tmp_path: Path) -> None:
    addresses = ("203.0.113.7", "2001:db8:1:2::9")
    settings = {
        "STREAKLINE_RATE": "0.5",
        "STREAKLINE_READ_RATE": "0.5",
        "STREAKLINE_TRUSTED_PROXIES": "127.0.0.1",
    }
    async with serving(redis_server, tmp_path / "data", **settings) as server:
        for address in addresses:
            headers = {"X-Forwarded-For": address}
            statuses = set()
            for _ in range(9):
                async with server.session.post(
                    f"{server.url}{EVENTS_URL}", json=[play()], headers=headers
                ) as one:
                    statuses.add(one.status)
                async with server.session.get(f"{server.url}/api/v1/system", headers=headers) as two:
                    statuses.add(two.status)
            assert statuses == {202, 401, 429}
        with redis_server.client() as redis:
            await eventually(lambda: len(list(redis.scan_iter("sl:rate:*"))) == 5)
            names = list(redis.scan_iter("*"))
            held = b"".join(redis.dump(name) or b"" for name in names) + b"".join(names)
            [day] = [name for name in names if name.startswith(b"sl:rate:key:")]
            assert 0 < redis.ttl(day) <= 2 * 86_400
            assert all(redis.ttl(name) > 0 for name in redis.scan_iter("sl:rate:*"))
        server.process.terminate()
        assert server.process.stderr is not None
        log = await asyncio.to_thread(server.process.stderr.read)
    assert log
    files = written(tmp_path)
    for address in (*addresses, "2001:db8:1:2::/64", "203.0.113"):
        assert address.encode() not in held + log + files


READ = "/api/analytics/realtime"


async def asked(client: Client, address: str, path: str = READ, **headers: str) -> tuple[int, str | None]:
    async with client.get(path, headers={"X-Forwarded-For": address, **headers}) as response:
        return response.status, response.headers.get("X-RateLimit-Remaining")


async def test_questions_may_have_a_rate_of_their_own(serve: Serve) -> None:
    client = await serve(read_rate=SLOW, **BEHIND)
    answers = [await asked(client, "203.0.113.7") for _ in range(7)]
    assert [status for status, _ in answers[:5]] == [200] * 5
    assert [left for _, left in answers] == ["4", "3", "2", "1", "0", "0", "0"]
    assert [status for status, _ in answers[5:]] == [429] * 2
    assert (await asked(client, "203.0.113.8"))[0] == 200
    assert (await sent(client, "203.0.113.7"))[0] == 202  # what is sent is no question
    key = (await made(client, "read:public"))["key"]
    assert (await asked(client, "203.0.113.7", **bearer(key)))[0] == 200
    for machine in ("/health", "/metrics"):
        assert [(await asked(client, "203.0.113.7", machine))[0] for _ in range(9)] == [200] * 9


async def test_who_guesses_keys_is_refused_before_they_are_looked_at(serve: Serve) -> None:
    client = await serve(read_rate=SLOW, **BEHIND)
    guesses = [bearer(f"slk_aaaaaaaaaa_{n}") for n in range(8)]
    statuses = [(await asked(client, "203.0.113.7", **guess))[0] for guess in guesses]
    assert statuses == [401] * 5 + [429] * 3


async def test_who_guesses_links_to_shared_years_is_refused_and_nobody_else_is(serve: Serve) -> None:
    client = await serve(read_rate=SLOW, **BEHIND)
    guesses = [
        f"/shared/year/aaaaaaaaaa.{n:032}{end}" for n in range(3) for end in ("", "/card.png", "/card.svg")
    ]
    statuses = [(await asked(client, "203.0.113.7", guess))[0] for guess in guesses]
    assert statuses == [404] * 5 + [429] * 4
    assert (await asked(client, "203.0.113.7"))[0] == 429  # one allowance for all questions
    assert (await asked(client, "203.0.113.8", guesses[0]))[0] == 404
