"""Answers to questions as files: every row of every page, as CSV, JSON lines or Parquet; whole or seen to be broken."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import duckdb
import pytest

from archive_feed import DAY, HOUR, NOON, Case, play
from real_servers import TestClickHouse
from server.api import query as query_api
from server.door.rows import FORMS
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
URL = "/api/v1/query"
RANGE = {"from": iso(NOON - 3 * DAY), "to": iso(NOON)}
BY_CONTENT = {"metrics": ["plays", "listeners", "skipRate"], "dimensions": ["content"], "dateRange": RANGE}
BY_DAY = {"metrics": ["plays"], "dimensions": ["day"], "dateRange": RANGE, "compare": "previous"}


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    odd = ['say "hello"', "a,b", "line\nbreak", "Ünïcødé"]
    plays = [
        play((odd[n] if n < len(odd) else f"c{n}"), NOON - DAY - n * HOUR, f"{n}-{m}", userId=f"u{m}")
        for n in range(23)
        for m in range(1 + n % 3)
    ]
    case.feed.send(NOON, *plays, play("c9", NOON - 5 * DAY, "before"))
    case.settle()
    return case


async def asked(client: Client, query: object, path: str = URL, **headers: str) -> tuple[str, bytes]:
    async with client.post(path, json=query, headers={**ADMIN, **headers}) as response:
        assert response.status == 200, await response.text()
        return response.content_type, await response.read()


@pytest.mark.parametrize("page", [1, 2, 7, 10_000])
async def test_a_file_has_the_rows_of_every_page(
    client: Client, page: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(query_api, "PAGE", page)
    _, body = await asked(client, BY_CONTENT)
    rows = json.loads(body)["rows"]
    assert len(rows) == 23
    kind, body = await asked(client, BY_CONTENT, f"{URL}?format=jsonl")
    assert kind == "application/x-ndjson"
    assert [json.loads(line) for line in body.splitlines()] == rows
    kind, body = await asked(client, BY_CONTENT, f"{URL}?format=csv")
    assert kind == "text/csv"
    found = list(csv.DictReader(body.decode().splitlines(keepends=True)))
    assert found == [{name: text(value) for name, value in row.items()} for row in rows]
    kind, body = await asked(client, BY_CONTENT, f"{URL}?format=parquet")
    assert kind == "application/vnd.apache.parquet"
    assert loaded(body, tmp_path) == rows


def loaded(body: bytes, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file as DuckDB reads them."""
    (folder / "query.parquet").write_bytes(body)
    found = duckdb.sql(f"set timezone = 'UTC'; from '{folder / 'query.parquet'}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def text(value: Any) -> str:
    return "" if value is None else str(value)


async def test_what_is_compared_has_columns_of_its_own(client: Client) -> None:
    _, body = await asked(client, BY_DAY, Accept="text/csv")
    heads, *rows = csv.reader(body.decode().splitlines())
    assert heads == ["day", "start", "plays", "compared.plays", "change.plays"]
    assert len(rows) == 4
    _, whole = await asked(client, BY_DAY)
    assert [row[2:] for row in rows] == [
        [text(one["plays"]), text(one["compared"]["plays"]), text(one["change"]["plays"])]
        for one in json.loads(whole)["rows"]
    ]


async def test_parquet_has_types_and_a_day_is_a_date(client: Client, tmp_path: Path) -> None:
    query = {**BY_DAY, "metrics": ["plays", "hours"], "tz": "Asia/Kolkata"}
    _, whole = await asked(client, query)
    _, body = await asked(client, query, Accept="application/vnd.apache.parquet")
    rows = loaded(body, tmp_path)
    assert [
        {
            "day": row["day"].isoformat(),
            "start": iso(round(row["start"].timestamp() * 1000)),
            **{name: row[name] for name in ("plays", "hours")},
            **{
                one: {name: row[f"{one}.{name}"] for name in ("plays", "hours")}
                for one in ("compared", "change")
            },
        }
        for row in rows
    ] == json.loads(whole)["rows"]
    types = dict(
        duckdb.sql(f"select name, type from parquet_schema('{tmp_path / 'query.parquet'}')").fetchall()
    )
    assert types["plays"] == types["compared.plays"] == types["start"] == "INT64"
    assert types["hours"] == types["change.plays"] == "DOUBLE"
    assert type(rows[0]["day"]) is date
    assert type(rows[0]["start"]) is datetime
    assert rows[0]["start"].astimezone(UTC).minute == 30


@pytest.mark.parametrize("form", FORMS)
async def test_a_file_whose_next_page_cannot_be_read_breaks_off(
    form: str, client: Client, monkeypatch: pytest.MonkeyPatch, clickhouse_server: TestClickHouse
) -> None:
    monkeypatch.setattr(query_api, "PAGE", 1)
    try:
        async with client.post(f"{URL}?format={form}", json=BY_CONTENT, headers=ADMIN) as response:
            assert response.status == 200
            body = await response.content.readany()
            assert body
            clickhouse_server.kill()
            with pytest.raises(aiohttp.ClientPayloadError):
                body += await response.content.read()
        assert body[-4:] != b"PAR1"
    finally:
        clickhouse_server.start()
    _, whole = await asked(client, BY_CONTENT, f"{URL}?format={form}")
    assert len(body) < len(whole)


async def test_a_file_without_rows_has_its_heads(client: Client, tmp_path: Path) -> None:
    nothing = {**BY_CONTENT, "dateRange": {"from": "2001-01-01", "to": "2001-01-02"}}
    assert await asked(client, nothing, f"{URL}?format=csv") == (
        "text/csv", b"content,plays,listeners,skipRate\n",
    )  # fmt: skip
    assert (await asked(client, nothing, f"{URL}?format=jsonl"))[1] == b""
    _, body = await asked(client, nothing, f"{URL}?format=parquet")
    assert loaded(body, tmp_path) == []
    heads = duckdb.sql(f"from '{tmp_path / 'query.parquet'}'").columns
    assert heads == ["content", "plays", "listeners", "skipRate"]


async def test_what_cannot_be_asked_is_refused_before_the_file_begins(client: Client) -> None:
    for path, query, code in (
        (f"{URL}?format=xls", BY_CONTENT, "format"),
        (f"{URL}?format=csv", {**BY_CONTENT, "metrics": ["loves"]}, "metric"),
        (
            f"{URL}?format=csv",
            {**BY_DAY, "dimensions": ["minute"], "timeRange": "1y", "dateRange": None},
            "too-costly",
        ),
    ):
        async with client.post(path, json=query, headers=ADMIN) as response:
            problem = await response.json(content_type=None)
            assert response.status in {400, 422}
            assert problem["type"] == f"urn:streakline:problem:{code}", problem


async def test_a_page_of_long_ids_has_its_titles_and_what_it_is_compared_with(
    case: Case, client: Client, tmp_path: Path
) -> None:
    long = [f"{n:04}{chr(39) * 3}{'x' * 190}" for n in range(1_000)]
    case.feed.send(
        NOON + 1, *(play(one, NOON - DAY, f"now {n}", title=f"T{n}") for n, one in enumerate(long))
    )
    case.feed.send(NOON + 2, *(play(one, NOON - 4 * DAY, f"then {n}") for n, one in enumerate(long)))
    case.settle()
    query = {**BY_CONTENT, "metrics": ["plays"], "compare": "previous", "limit": 10_000}
    answer = json.loads((await asked(client, query))[1])
    rows = {row["content"]: (row["plays"], row["compared"]["plays"]) for row in answer["rows"]}
    assert {one: rows[one] for one in long} == dict.fromkeys(long, (1, 1))
    assert {one: answer["meta"]["titles"][one] for one in long} == {
        one: f"T{n}" for n, one in enumerate(long)
    }
    _, body = await asked(client, query, f"{URL}?format=parquet")
    assert {row["content"]: (row["plays"], row["compared.plays"]) for row in loaded(body, tmp_path)} == rows
