"""Parts that a full disk left empty: noticed, and their rows taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from flows.archive.mending import Mender
from flows.archive.store import Store
from real_servers import TestClickHouse

ROWS = 6


@pytest.fixture
def client(clickhouse_server: TestClickHouse) -> Iterator[Client]:
    client = clickhouse_server.client()
    client.command("create table mended (a UInt64, b String) engine = ReplacingMergeTree order by a")
    for number in range(0, ROWS, 2):
        client.insert("mended", [[number, "x"], [number + 1, "y"]], column_names=["a", "b"])
    yield client
    client.command("drop table mended sync")  # other tests read the whole schema of this database
    client.close()


def empty_the_merged_part(client: Client) -> None:
    """Leave every file of the one active part without a byte, as a merge on a full disk does."""
    client.command("optimize table mended final")
    found = "select path from system.parts where active and table = 'mended' and database = currentDatabase()"
    [(path,)] = client.query(found).result_rows
    for file in Path(path).iterdir():
        file.write_bytes(b"")


def sum_of(client: Client) -> int:
    return int(client.query("select sum(a) + length(max(b)) from mended").result_rows[0][0])


def test_an_empty_part_is_found_at_the_start_and_its_rows_come_back(client: Client) -> None:
    before = sum_of(client)
    empty_the_merged_part(client)
    with pytest.raises(ClickHouseError):
        sum_of(client)
    assert Mender(at_start=True).look(client) == ["mended"]
    assert sum_of(client) == before


def test_a_statement_that_meets_an_empty_part_succeeds_after_all(client: Client) -> None:
    before, mender = sum_of(client), Mender()
    store = Store(lambda _: client, threading.Event(), mender)
    assert store.patiently("look", lambda _: 1) == 1
    empty_the_merged_part(client)
    assert store.patiently("sum", sum_of) == before


def test_whole_parts_are_left_alone(client: Client) -> None:
    client.command("optimize table mended final")
    mender = Mender(at_start=True)
    assert mender.look(client) == []
    assert mender.look(client) == []


def test_a_table_that_was_left_detached_is_attached_again(client: Client) -> None:
    before = sum_of(client)
    client.command("detach table mended sync")
    Mender(at_start=True).look(client)
    assert sum_of(client) == before
