"""Behind proxies: who is charged, whose country is believed, which spelling of an origin is the page's own."""

from typing import Any

import pytest

from real_servers import TestRedis
from stored_events import stored
from wire import Client, Serve, play

URL = "/api/stats/events"
TRUSTED = {"trusted_proxies": ("127.0.0.1",)}


async def post(client: Client, count: int = 1, **headers: str) -> tuple[int, dict[str, Any]]:
    events = [play(number) for number in range(count)]
    async with client.post(URL, json=events, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def statuses(client: Client, *visitors: str, header: str = "X-Forwarded-For") -> list[int]:
    """Post one visitor's whole burst after the other, all over the connections of one proxy."""
    return [(await post(client, 10, **{header: visitor}))[0] for visitor in visitors]


async def test_each_visitor_behind_a_trusted_proxy_has_an_allowance(serve: Serve) -> None:
    client = await serve(rate=0.1, **TRUSTED)
    assert await statuses(client, "203.0.113.1", "203.0.113.2", "203.0.113.1") == [202, 202, 429]


async def test_a_visitor_gets_no_new_allowance_by_naming_others(serve: Serve) -> None:
    client = await serve(rate=0.1, **TRUSTED)
    assert await statuses(client, "203.0.113.1", "9.9.9.9, 203.0.113.1", "8.8.8.8,203.0.113.1") == [
        202,
        429,
        429,
    ]


async def test_without_a_trusted_proxy_the_header_says_nothing(serve: Serve) -> None:
    client = await serve(rate=0.1)
    assert await statuses(client, "203.0.113.1", "203.0.113.2") == [202, 429]


async def test_another_header_says_who_the_visitor_is_where_it_is_set(serve: Serve) -> None:
    client = await serve(rate=0.1, visitor_header="Forwarded", **TRUSTED)
    visitors = ("for=203.0.113.1", 'for="203.0.113.2:80";proto=https', "for=203.0.113.1")
    assert await statuses(client, *visitors, header="Forwarded") == [202, 202, 429]
    assert await statuses(client, "203.0.113.9", "203.0.113.8") == [202, 429], (
        "X-Forwarded-For was believed too"
    )


async def test_a_network_of_ipv6_is_one_visitor(serve: Serve) -> None:
    client = await serve(rate=0.1, **TRUSTED)
    assert await statuses(client, "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1") == [202, 429, 202]


@pytest.mark.parametrize(
    ("given", "country"),
    [
        ({"country_header": "CF-IPCountry", **TRUSTED}, "DE"),
        ({"country_header": "CF-IPCountry", "trusted_proxies": ("203.0.113.0/24",)}, ""),
        (TRUSTED, ""),
        ({}, ""),
    ],
    ids=["a trusted proxy's", "somebody else's", "not asked for", "by default"],
)
async def test_a_country_is_believed_from_a_trusted_proxy_only(
    serve: Serve, redis_server: TestRedis, given: dict[str, Any], country: str
) -> None:
    await post(await serve(**given), **{"CF-IPCountry": "de"})
    assert [cold.country for _, _, cold in stored(redis_server)] == [country]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("example.org:443", "https://example.org"),
        ("example.org:80", "https://example.org"),
        ("example.org:80", "http://example.org"),
        ("EXAMPLE.org", "https://example.org"),
        ("example.org:8080", "http://example.org:8080"),
    ],
)
async def test_the_pages_own_origin_is_known_in_every_spelling(serve: Serve, host: str, origin: str) -> None:
    client = await serve(origins=())
    assert (await post(client, Host=host, Origin=origin))[0] == 202


async def test_another_port_is_another_origin(serve: Serve) -> None:
    client = await serve(origins=())
    assert (await post(client, Host="example.org", Origin="http://example.org:8080"))[0] == 403


async def test_an_origin_of_the_setting_may_be_written_with_a_slash_or_its_port(serve: Serve) -> None:
    client = await serve(origins=("https://Good.example/", "https://other.example:443"))
    assert (await post(client, Origin="https://good.example"))[0] == 202
    assert (await post(client, Origin="https://other.example"))[0] == 202
    assert (await post(client, Origin="http://other.example"))[0] == 403
