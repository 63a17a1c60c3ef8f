"""Addresses of ClickHouse: which are of this machine, where inserts are not compressed."""

from __future__ import annotations

import pytest

from sql.connection import is_on_this_machine


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8123",
        "http://127.9.0.1:8123/streakline",
        "https://localhost:8443",
        "http://user:secret@[::1]:8123",
    ],
)
def test_an_address_of_the_loopback_interface_is_on_this_machine(url: str) -> None:
    assert is_on_this_machine(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://clickhouse:8123",
        "http://10.0.0.7:8123",
        "http://127.0.0.1.example:8123",
        "http://localhost.example:8123",
        "http://127.0.0.1@clickhouse:8123",
        "",
    ],
)
def test_any_other_is_not(url: str) -> None:
    assert not is_on_this_machine(url)
