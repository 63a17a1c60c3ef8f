"""`streakline export`: a file that is whole, or none under its name."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from pathlib import Path

import duckdb
import pytest
from clickhouse_connect.driver.client import Client as ClickHouse
from hypothesis import given
from hypothesis import strategies as st

from bulk_events import MANY
from real_servers import TestClickHouse
from server.door.tokens import mint
from server_process import ROOT, ServerProcess
from streakline_client.exports import Tally
from wire import SECRET, eventually


async def export(
    server: ServerProcess, file: Path, *options: str, scope: str = "read:admin"
) -> asyncio.subprocess.Process:
    line = [sys.executable, "-m", "stack.cli", "export", str(file), "--url", server.url]
    return await asyncio.create_subprocess_exec(
        *line, "--token", mint(SECRET, scope), *options,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def done(running: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    out, err = await running.communicate()
    return running.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
async def test_a_file_has_every_event_once(
    ending: str, many: ClickHouse, server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / f"events.{ending}"
    code, out, err = await done(await export(server, file))
    assert code == 0, err
    assert "whole" in out
    assert (f"{MANY:,} rows" in out) == (ending != "parquet")
    distinct = duckdb.sql(f"select count(*), count(distinct id), sum(id::int64) from '{file}'").fetchall()
    assert distinct == [(MANY, MANY, MANY * (MANY - 1) // 2)]


async def test_a_range_and_a_content_are_those_that_were_asked_for(
    many: ClickHouse, server: ServerProcess, tmp_path: Path
) -> None:
    file = tmp_path / "day"
    day, options = "2023-11-15", ["--format", "JSONL", "--tz", "Asia/Kolkata", "--content", "7"]
    code, _, err = await done(await export(server, file, "--from", day, "--to", day, *options))
    assert code == 0, err
    [(wanted,)] = many.query(
        "select count() from events where contentId = '7' and toDate(ts, 'Asia/Kolkata') = '2023-11-15'"
    ).result_rows
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == wanted > 0
    assert {row["contentId"] for row in rows} == {"7"}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
async def test_an_export_that_breaks_off_leaves_what_was_there(
    ending: str, many: ClickHouse, server: ServerProcess, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "older.csv").write_text("older\n")
    target = folder / ("older.csv" if ending == "csv" else "new.parquet")
    running = await export(server, target)
    try:
        await eventually(lambda: any(part.stat().st_size > 1_000_000 for part in folder.glob("*.part")))
        clickhouse_server.kill()
        code, out, err = await done(running)
    finally:
        clickhouse_server.start()
    assert (code, out) == (1, ""), "it was whole before the kill"
    assert "the export broke off after" in err
    assert [file.name for file in folder.iterdir()] == ["older.csv"]
    assert (folder / "older.csv").read_text() == "older\n"


async def test_a_refusal_is_told_in_a_line(server: ServerProcess, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    code, _, err = await done(await export(server, file, scope="read:public"))
    refused = "answered 403: the token lacks the scope read:admin; it has read:public"
    assert (code, err) == (1, f"Error: {server.url}/api/v1/export {refused}\n")
    code, _, err = await done(await export(server, file, "--from", "soon"))
    assert code == 1
    assert "from timestamp 'soon'" in err
    assert await asyncio.to_thread(lambda: list(tmp_path.glob("*x.csv*"))) == []


CELLS = st.text(st.sampled_from('ab",\n\r"'), max_size=6)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=8), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_rows_of_a_csv_are_counted_whatever_is_in_them(rows: list[tuple[str, str]], cuts: list[int]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("a", "b"), *rows])
    body = text.getvalue().encode()
    tally = Tally("csv")
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(body)], strict=True):
        tally.add(body[start:end])
    assert tally.rows == len(rows)
    assert tally.lacking(len(rows)) == ""
    assert tally.lacking(len(rows) + 1) != ""
    assert tally.lacking(max(0, len(rows) - 1)) == ""  # events that came meanwhile


@pytest.mark.parametrize(
    ("form", "body"), [("csv", b'"a"\n"x'), ("jsonl", b'{"a":1}\n{"a"'), ("parquet", b"PAR1data")]
)
def test_a_file_without_its_end_is_seen(form: str, body: bytes) -> None:
    tally = Tally(form)
    tally.add(body)
    assert tally.lacking(None) != ""
