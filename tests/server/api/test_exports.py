"""Exports: every event of a range once, in three formats, whole or seen to be broken by any client."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import duckdb
import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from archive_feed import DAY, HOUR, NOON, Case, play
from bulk_events import MANY
from real_servers import TestClickHouse
from server.door.tokens import mint
from server.resources.exports import FORMS, HELD, Exports
from server.resources.history import HistoryAway, HistoryBusy
from server_process import ServerProcess
from sql.migrate import migrate
from streakline.times import iso
from wire import SECRET, Serve, eventually

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
EXPORT = "/api/v1/export"
ODD = ["plain", 'say "hello"', "a,b;c\td", "line\nbreak\r\nand \\n", "NULL", "\\N", "Ünïcødé 🎧",
       "' or 1=1 --", "__exception__"]  # fmt: skip


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    return case


def rows_of(form: str, body: bytes, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of an export, as a reader of that format loads them; null is None."""
    if form == "csv":
        texts = csv.DictReader(io.StringIO(body.decode(), newline=""))
        return [{name: value or None for name, value in row.items()} for row in texts]
    if form == "jsonl":
        return [json.loads(line) for line in body.splitlines()]
    (folder / "export.parquet").write_bytes(body)
    found = duckdb.sql(f"select * from '{folder / 'export.parquet'}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def moment(value: str | datetime) -> float:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=at.tzinfo or UTC).timestamp()


async def rest(chunks: AsyncIterator[bytes], taken: bytearray) -> None:
    """Add what comes to what was taken."""
    async for chunk in chunks:
        taken += chunk


async def exported(server: Any, headers: dict[str, str] = ADMIN, **parameters: str) -> tuple[bytes, int]:
    """Return the body of an export and how many rows its head promises."""
    url = f"{server.url}{EXPORT}" if isinstance(server, ServerProcess) else EXPORT
    get = server.session.get if isinstance(server, ServerProcess) else server.get
    async with get(url, params=parameters, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await response.read(), int(response.headers["X-Rows-Expected"])


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_has_every_event_once_as_analysts_see_it(
    form: str, case: Case, serve: Serve, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    plays = [
        play(
            f"c{n % 7}",
            NOON - n * HOUR,
            f"p{n}",
            n % 90,
            title=ODD[n % len(ODD)],
            userId=f"u{n % 5}",
            tz="Asia/Kathmandu",
        )
        for n in range(400)
    ]
    case.feed.send(NOON, *plays, play("c", NOON - 1, "robot", bot=True), play("c", NOON - 1, "untimed", None))
    case.feed.send(
        NOON + 1, *(one | {"duration": one["duration"] + 30} for one in plays[:50])
    )  # reported again
    case.settle()
    client = await serve(history_url=clickhouse_server.history_url)
    body, promised = await exported(client, format=form)
    rows = rows_of(form, body, tmp_path)
    with clickhouse_server.analyst() as analyst:
        known = analyst.query("select * from event_log")
        names, held = known.column_names, known.result_rows
    assert len(rows) == len(held) == promised == 402
    assert list(rows[0]) == list(names)
    wanted = {row[names.index("id")]: dict(zip(names, row, strict=True)) for row in held}
    for row in rows:
        one = wanted.pop(row["id"])
        for name in ("contentId", "title", "userId", "type", "listener", "properties", "tz", "country"):
            assert row[name] == one[name], name
        for name in ("duration", "utcOffset", "completionRate"):
            assert (None if row[name] is None else float(row[name])) == one[name], name
        for name in ("counted", "robot"):
            assert str(row[name]).lower() == str(one[name]).lower()
        for name in ("timestamp", "createdAt"):
            assert moment(row[name]) == moment(one[name]), name
    assert wanted == {}


async def test_a_range_is_half_open_to_the_millisecond_and_of_one_content(
    case: Case, serve: Serve, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    start, end = NOON - DAY, NOON - HOUR
    moments = {"before": start - 1, "first": start, "last": end - 1, "after": end}
    case.feed.send(NOON, *(play("x", at, name) for name, at in moments.items()), play("y", start, "other"))
    case.settle()
    client = await serve(history_url=clickhouse_server.history_url)
    body, promised = await exported(
        client, format="jsonl", **{"from": iso(start), "to": iso(end), "content": "x"}
    )
    assert {row["id"] for row in rows_of("jsonl", body, tmp_path)} == {"first", "last"}
    assert promised == 2


async def test_ids_of_contents_are_texts_whatever_is_in_them(
    case: Case, serve: Serve, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    hostile = [*ODD, "{content:String}", "'; drop table events; --", "\\'", "x' union all select * from system.users",
               "file('/etc/passwd')", "%00", "$$", "`", "\u202e", "/*", "0x27"]  # fmt: skip
    case.feed.send(NOON, *(play(text, NOON - 1, f"p{n}") for n, text in enumerate(hostile)))
    case.settle()
    client = await serve(history_url=clickhouse_server.history_url)
    for text in hostile:
        body, _ = await exported(client, format="jsonl", content=text)
        assert [row["contentId"] for row in rows_of("jsonl", body, tmp_path)] == [text]


async def test_no_row_is_a_whole_export_too(
    serve: Serve, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    migrate(clickhouse_server.url)
    client = await serve(history_url=clickhouse_server.history_url)
    for form in FORMS:
        body, promised = await exported(client, format=form)
        assert (rows_of(form, body, tmp_path), promised) == ([], 0)


@pytest.mark.parametrize("form", FORMS)
async def test_a_plain_client_sees_that_clickhouse_died_in_the_middle(
    form: str, many: ClickHouse, server: ServerProcess, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    line = ["curl", "-sS", "--fail", "--limit-rate", "2M", "-H", f"Authorization: {ADMIN['Authorization']}"]
    curl = await asyncio.create_subprocess_exec(*line, "-o", taken, f"{server.url}{EXPORT}?format={form}")
    try:
        async with server.session.get(f"{server.url}{EXPORT}?format={form}", headers=ADMIN) as response:
            assert response.status == 200
            body = bytearray(await response.content.readany())
            await eventually(lambda: taken.exists() and taken.stat().st_size > 0)
            clickhouse_server.kill()
            with pytest.raises(aiohttp.ClientPayloadError):
                await rest(response.content.iter_any(), body)
        assert await curl.wait() in {18, 56}, "curl takes it for whole"
    finally:
        clickhouse_server.start()
    assert b"__exception__" not in body
    assert b"__exception__" not in taken.read_bytes()
    whole, promised = await exported(server, format=form)  # the server goes on
    assert len(body) < len(whole)
    assert len(rows_of(form, whole, tmp_path)) == promised == MANY


@pytest.mark.parametrize("words", ["too far", "far " * 20_000], ids=["short", "long"])
async def test_words_of_a_statement_that_fails_are_never_passed_on(
    words: str, clickhouse_server: TestClickHouse
) -> None:
    migrate(clickhouse_server.url)
    text = f"select number, throwIf(number = 3000000, '{words}') from numbers(4000000)"
    asked: list[str] = []
    exports = Exports(
        clickhouse_server.history_url, lambda _, outcome, __: asked.append(outcome), text_of=lambda _: text
    )
    taken = bytearray()

    async def take() -> None:
        async with exports.opened("x", FORMS["csv"]) as opened:
            await rest(opened.chunks, taken)

    with pytest.raises(HistoryAway, match="too far" if words == "too far" else "broke off"):
        await take()
    await exports.close()
    assert len(taken) > 10 * HELD
    assert not set(taken.partition(b"\n")[2]) - set(b"0123456789,\n")
    assert asked == ["away"]


async def test_a_client_that_leaves_ends_the_statement(
    many: ClickHouse, server: ServerProcess, clickhouse_server: TestClickHouse
) -> None:
    def running() -> bool:
        query = "select count() from system.processes where user = 'history' and query like '%event_log%'"
        return bool(many.command(query))

    response = await server.session.get(f"{server.url}{EXPORT}?format=jsonl", headers=ADMIN)
    await response.content.readany()
    await eventually(running)
    response.close()
    await eventually(lambda: not running())


async def test_a_process_has_a_few_exports_at_once_and_says_when_it_is_full(
    clickhouse_server: TestClickHouse,
) -> None:
    exports = Exports(clickhouse_server.history_url, lambda *_: None, at_once=1, text_of=lambda _: "select 1")
    async with exports.opened("x", FORMS["csv"]):
        with pytest.raises(HistoryBusy, match="1 exports are under way"):
            async with exports.opened("x", FORMS["csv"]):
                pass
    async with exports.opened("x", FORMS["csv"]) as opened:
        assert b"".join([chunk async for chunk in opened.chunks]) == b'"1"\n1\n'
    await exports.close()


async def test_a_client_that_cannot_see_a_broken_answer_is_refused(server: ServerProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {EXPORT} HTTP/1.0\r\nAuthorization: {ADMIN['Authorization']}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.0 505 ")
    assert b"urn:streakline:problem:http-version" in answer
