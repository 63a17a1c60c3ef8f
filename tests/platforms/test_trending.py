"""Eleven days of trending videos as their owners' channels, through grants and looks into a real stack."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import clickhouse_connect
import pytest

from connecting import CONNECTIONS, bearer, connect, cookies, sync
from real_data import recorded
from running_stack import RunningStack
from trending import DAY_MS, Row, fill, read
from youtube_server import YouTubeServer

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]
NAMES = ("views", "likes", "dislikes", "comments")
OWNERS = 5
"""One person has at most a hundred connections."""
WRITTEN = """
SELECT owner, account, post, name, toInt64(value), toUnixTimestamp64Milli(observedAt) FROM observations FINAL
"""
Written = Counter[tuple[str, str, str, str, int, int]]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return read(recorded("social/youtube_trending/USvideos.csv"))


def owner(account: str) -> str:
    return f"owner-{int(account.removeprefix('UC')) % OWNERS}"


def expected(rows: list[Row], server: YouTubeServer) -> Written:
    """Return what has to be there: owner, account, post, name, value, moment."""
    accounts = {channel.title: channel.id for channel in server.channels.values()}
    return Counter(
        (owner(accounts[row.channel]), accounts[row.channel], row.video, name, value, row.at)
        for row in rows
        for name in NAMES
        if (value := getattr(row, name)) is not None
    )


def test_the_file_is_what_it_was(rows: list[Row]) -> None:
    assert (len(rows), len({row.video for row in rows}), len({row.channel for row in rows})) == (
        1249,
        392,
        290,
    )
    counts = [sum(getattr(row, name) is not None for row in rows) for name in NAMES]
    assert counts == [1249, 1247, 1247, 1228]
    last = {row.video: row for row in sorted(rows, key=lambda row: row.at)}
    assert sum(row.views for row in last.values()) == 346_906_990


async def test_every_snapshot_arrives_once_and_a_second_sync_sends_nothing(
    rows: list[Row], tmp_path: Path
) -> None:
    days = sorted({row.at for row in rows})
    server = YouTubeServer(days[0])
    server.access_ms = 30 * DAY_MS  # its days pass in seconds
    fill(server, rows)
    await server.start()
    file = tmp_path / "apps.json"
    file.write_text(json.dumps({"youtube": server.app()}))
    stack = await asyncio.to_thread(
        RunningStack, tmp_path / "data", environment={"STREAKLINE_PLATFORMS": str(file)}
    )
    try:
        async with aiohttp.ClientSession(cookie_jar=cookies()) as session:
            for account in server.channels:
                page = await connect(
                    session, stack.url, stack.token, server, "youtube", owner(account), account
                )
                assert page.status == 200
            for server.clock.now in days:
                await day_of_looks(session, stack, accounts_on(server, rows))
            again = await day_of_looks(session, stack, accounts_on(server, rows))
            await settled(session, stack)
        with clickhouse_connect.get_client(dsn=run_file(stack)["clickhouse_url"]) as history:
            written = Counter(tuple(row) for row in history.query(WRITTEN).result_rows)
    finally:
        await asyncio.to_thread(stack.stop)
        await server.stop()
    assert written == expected(rows, server)
    assert sum(written.values()) == 4_971
    assert again == 0
    # Of the 290 channels no quota was passed, as the platform itself counted.
    assert not [key for key in server.used if key.startswith("refused")]


def accounts_on(server: YouTubeServer, rows: list[Row]) -> list[str]:
    """Return the accounts of which the file has a row on the server's day: of others there is nothing to learn."""
    there = {row.channel for row in rows if row.at == server.clock.now}
    return [channel.id for channel in server.channels.values() if channel.title in there]


async def day_of_looks(session: aiohttp.ClientSession, stack: RunningStack, accounts: list[str]) -> int:
    """Let accounts be looked at; return how many numbers were written."""
    turns, written = asyncio.Semaphore(16), 0
    ids: dict[str, str] = {}
    for number in range(OWNERS):
        asked = {"user": f"owner-{number}"}
        async with session.get(
            f"{stack.url}{CONNECTIONS}", params=asked, headers=bearer(stack.token)
        ) as answer:
            ids |= {one["account"]: one["id"] for one in (await answer.json())["connections"]}

    async def look(account: str) -> int:
        asked = {"user": owner(account), "connection": ids[account], "wait": "60"}
        async with turns:
            status, answer = await sync(session, stack.url, stack.token, **asked)
        assert (status, answer["accounts"][0]["outcome"]) == (200, "done"), answer
        return int(answer["accounts"][0]["values"])

    for one in await asyncio.gather(*map(look, accounts)):
        written += one
    return written


async def settled(session: aiohttp.ClientSession, stack: RunningStack) -> None:
    async with session.get(f"{stack.url}/api/v1/settled?wait=60", headers=bearer(stack.token)) as answer:
        assert (await answer.json())["settled"]


def run_file(stack: RunningStack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((stack.folder / "run.json").read_text())
    return found
