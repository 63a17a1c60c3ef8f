"""Countries by a file of MaxMind's format: of the visitor, where no trusted proxy names one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from structlog.testing import capture_logs

from real_servers import TestRedis
from server.app import init_app
from server.resources.countries import Countries
from stored_events import stored
from streakline.settings import BadSetting, Settings
from wire import Client, Serve, play, post

RECORDS: dict[str, Any] = {
    "192.0.2.0/25": {"country": {"iso_code": "DE", "names": {"en": "Germany"}}},
    "192.0.2.128/25": {"registered_country": {"iso_code": "SE"}},
    "198.51.100.0/24": {"country_code": "br"},
    "203.0.113.0/25": {"country": "JP"},
    "203.0.113.128/25": {"country": {"iso_code": 7}, "continent": {"code": "EU"}},
    "2001:db8::/32": {"country": {"iso_code": "FR"}},
}


def written(file: Path, records: dict[str, Any] | None = None) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Country")
    for network, record in (records or RECORDS).items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(file))
    return file


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("192.0.2.7", "DE"),
        ("192.0.2.200", "SE"),
        ("198.51.100.1", "BR"),
        ("203.0.113.1", "JP"),
        ("203.0.113.200", ""),
        ("2001:db8::7", "FR"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
        ("unix:", ""),
        ("192.0.2.7:80", ""),
    ],
)
def test_files_of_several_providers_are_read(tmp_path: Path, address: str, country: str) -> None:
    assert Countries(written(tmp_path / "c.mmdb")).of(address) == country


def test_a_file_that_is_replaced_is_read_and_one_that_is_damaged_leaves_the_older_one(tmp_path: Path) -> None:
    file = written(tmp_path / "c.mmdb")
    countries = Countries(file)
    for damage in (b"", b"no such format", file.read_bytes()[:-40]):
        file.write_bytes(damage)
        assert countries.of("192.0.2.7") == "DE"  # what is written over was read whole
        with capture_logs() as logs:
            countries.look()
        assert [line["event"] for line in logs] == ["countries_not_read"], damage
        assert countries.of("192.0.2.7") == "DE"
    file.unlink()
    countries.look()
    assert countries.of("192.0.2.7") == "DE"
    written(tmp_path / "new", {"192.0.2.0/24": {"country": {"iso_code": "NL"}}}).replace(file)
    countries.look()
    assert countries.of("192.0.2.7") == "NL"


@pytest.mark.parametrize("held", [None, b"", b"no such format"])
def test_a_file_that_cannot_be_used_keeps_the_server_from_starting(
    tmp_path: Path, held: bytes | None
) -> None:
    file = tmp_path / "c.mmdb"
    if held is not None:
        file.write_bytes(held)
    with pytest.raises(
        BadSetting, match=r"STREAKLINE_COUNTRY_FILE is '.*c\.mmdb': .*; it takes a file of MaxMind's"
    ):
        init_app(Settings(country_file=str(file), data=str(tmp_path)))


async def country(client: Client, server: TestRedis, **headers: str) -> str:
    """Post an event and return from which country it is."""
    before = len(stored(server))
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    await post(client, [play(before)], headers=names)
    [cold] = [row[2] for row in stored(server) if row[2].id == f"event-{before}"]
    return str(cold.country)


async def test_the_address_is_the_visitors_and_a_proxys_word_goes_before(
    serve: Serve, redis_server: TestRedis, tmp_path: Path
) -> None:
    file = str(written(tmp_path / "c.mmdb"))
    client = await serve(trusted_proxies=("127.0.0.1",), country_header="CF-IPCountry", country_file=file)
    assert await country(client, redis_server) == ""
    assert await country(client, redis_server, X_Forwarded_For="192.0.2.7") == "DE"
    assert await country(client, redis_server, X_Forwarded_For="192.0.2.7, 2001:db8::1") == "FR"
    assert await country(client, redis_server, X_Forwarded_For="192.0.2.7", CF_IPCountry="it") == "IT"


async def test_a_visitor_cannot_name_an_address_himself(
    serve: Serve, redis_server: TestRedis, tmp_path: Path
) -> None:
    client = await serve(country_file=str(written(tmp_path / "c.mmdb")))
    assert await country(client, redis_server, X_Forwarded_For="192.0.2.7") == ""


async def test_no_address_is_kept(serve: Serve, redis_server: TestRedis, tmp_path: Path) -> None:
    client = await serve(trusted_proxies=("127.0.0.1",), country_file=str(written(tmp_path / "c.mmdb")))
    assert await country(client, redis_server, X_Forwarded_For="192.0.2.77") == "DE"
    [(_, _, cold)] = stored(redis_server)
    assert "192.0.2.77" not in str(cold)
