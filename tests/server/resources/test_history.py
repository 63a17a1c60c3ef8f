"""History read by the web server: bounded, refused by name, and ended when its asker leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from real_servers import TestClickHouse
from server.door.leaving import ends_with_client
from server.problems import problems_middleware
from server.resources.history import HISTORY, History, HistoryAway, HistoryBusy, Limits, TooCostly, in_parts
from sql.connection import connect
from sql.migrate import migrate
from stack.servers.history_user import BOUNDS, READABLE
from stack.servers.ports import free_port
from wire import eventually

SLOW = "select sleepEachRow(0.2) from numbers(100) settings max_block_size = 1"
ASKED = "select {text:String} as text, {number:UInt64} as number"


class Asked:
    """The questions that a history has reported."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, str]] = []

    def __call__(self, name: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.ended.append((name, outcome))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
async def history_of(
    clickhouse_server: TestClickHouse, asked: Asked
) -> AsyncIterator[Callable[..., History]]:
    """Return a function that makes a history whose only statement is a text."""
    opened: list[History] = []

    def make(text: str, url: str | None = None, **limits: Any) -> History:
        address = clickhouse_server.history_url if url is None else url
        opened.append(History(address, asked, limits=Limits(**limits), text_of=lambda _: text))
        return opened[-1]

    yield make
    for history in opened:
        await history.close()


def running(client: Client, word: str) -> int:
    [(count,)] = client.query(
        "select count() from system.processes where user = 'history' and query like {word:String}",
        parameters={"word": f"%{word}%"},
    ).result_rows
    return int(count)


@pytest.mark.parametrize(
    "text", ["Straße 1", "a'b\\n\\t\t\n\\", "{x:String}", "%41%27", "\u202e\x01", "x" * 5_000, ""]
)
async def test_parameters_arrive_as_they_are(history_of: Callable[..., History], text: str) -> None:
    [row] = await history_of(ASKED).rows("history/asked", text=text, number=2**63)
    assert row == {"text": text, "number": 2**63}


async def test_a_question_is_a_file_of_the_queries(clickhouse_server: TestClickHouse, asked: Asked) -> None:
    history = History(clickhouse_server.history_url, asked)
    with pytest.raises(KeyError, match="no query 'history/nothing'"):
        await history.rows("history/nothing")


async def test_the_user_reads_the_tables_of_history_and_nothing_else(
    clickhouse_server: TestClickHouse, history_of: Callable[..., History]
) -> None:
    migrate(clickhouse_server.url)
    for table in READABLE:
        assert await history_of(f"select count() as n from {table}").rows("x") == [{"n": 0}]
    for refused in (
        "select * from recount_keys",
        "select * from system.query_log",
        "insert into closed (shard, upto) values (0, 1)",
        "truncate table events",
        "select * from file('/etc/passwd', 'LineAsString')",
        "select * from url('http://127.0.0.1:1/', 'LineAsString')",
        "create table mine (x Int8) engine = Memory",
    ):
        with pytest.raises(DatabaseError):
            await history_of(refused).rows("x")


def test_no_setting_lifts_a_limit_of_the_user(clickhouse_server: TestClickHouse) -> None:
    with connect(clickhouse_server.history_url) as client:
        rows = client.query("select name, min, max from system.settings where min is not null").result_rows
        held = {name: (int(least), int(most)) for name, least, most in rows}
        for name, value in (("max_execution_time", 604_801), ("readonly", 0), ("max_memory_usage", 0)):
            with pytest.raises(DatabaseError):
                client.query("select 1", settings={name: value})
    assert held == {bound.name: (bound.least, bound.most) for bound in BOUNDS}


async def test_a_question_over_a_limit_is_too_costly(
    history_of: Callable[..., History], asked: Asked
) -> None:
    with pytest.raises(TooCostly, match=r"TIMEOUT_EXCEEDED|Timeout exceeded"):
        await history_of("select count() from numbers(1000000000000) settings max_execution_time = 1").rows(
            "x"
        )
    with pytest.raises(TooCostly, match=r"MEMORY_LIMIT|memory limit"):
        # Half a megabyte a row: on a busy machine too the memory ends before the time does.
        await history_of("select length(groupArray(repeat('x', 500000))) from numbers(1000000)").rows("x")
    assert asked.ended == [("x", "costly")] * 2


async def test_a_history_without_an_address_is_away_and_says_what_to_set(
    history_of: Callable[..., History],
) -> None:
    with pytest.raises(HistoryAway, match="set CLICKHOUSE_HISTORY_URL"):
        await history_of("select 1", url="").rows("x")


async def test_an_address_that_is_none_is_named_without_its_password(
    history_of: Callable[..., History],
) -> None:
    with pytest.raises(HistoryAway, match="'clickhouse://there/x' is none; it looks like http://user"):
        await history_of("select 1", url="clickhouse://me:secret@there/x").rows("x")


async def test_a_wrong_password_is_no_fault_of_the_question(
    clickhouse_server: TestClickHouse, history_of: Callable[..., History]
) -> None:
    url = clickhouse_server.history_url.replace(clickhouse_server.server.history_password, "wrong")
    with pytest.raises(HistoryAway, match=r"[Aa]uthentication"):
        await history_of("select 1", url=url).rows("x")


async def test_nobody_is_kept_waiting_for_what_cannot_be_reached(history_of: Callable[..., History]) -> None:
    history = history_of("select 1", url=f"http://history:x@127.0.0.1:{free_port()}/streakline", again=60)
    for words in ("Cannot connect|Network Error", "a moment ago"):
        with pytest.raises(HistoryAway, match=words):
            await history.rows("x")


async def test_history_goes_on_when_the_engine_is_back(
    clickhouse_server: TestClickHouse, history_of: Callable[..., History], asked: Asked
) -> None:
    history = history_of("select 1 as one", again=0)
    assert await history.rows("x") == [{"one": 1}]
    clickhouse_server.kill()
    with pytest.raises(HistoryAway):
        await history.rows("x")
    clickhouse_server.start()
    assert await history.rows("x") == [{"one": 1}]
    assert [outcome for _, outcome in asked.ended] == ["answered", "away", "answered"]


async def test_an_engine_that_accepts_and_says_nothing_is_given_up(
    clickhouse_server: TestClickHouse, history_of: Callable[..., History]
) -> None:
    history = history_of("select 1 as one", answer=1)
    await history.rows("x")
    os.kill(clickhouse_server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(HistoryAway, match="did not answer within 1 s"):
            await history.rows("x")
    finally:
        os.kill(clickhouse_server.pid, signal.SIGCONT)
    await history.close()
    assert await history.rows("x") == [{"one": 1}]


async def test_a_few_are_under_way_at_once_and_who_waits_too_long_is_refused(
    clickhouse_server: TestClickHouse, history_of: Callable[..., History], asked: Asked
) -> None:
    history = history_of(SLOW, at_once=2, waiting=1, patience=0.3)
    under_way = [asyncio.create_task(history.rows("slow")) for _ in range(2)]
    with clickhouse_server.client() as client:
        await eventually(lambda: running(client, "sleepEachRow") == 2)
        waits = asyncio.create_task(history.rows("waits"))
        await asyncio.sleep(0)
        with pytest.raises(HistoryBusy, match="1 questions wait for their turn already"):
            await history.rows("too many")
        with pytest.raises(HistoryBusy, match=r"no turn came within 0\.3 s"):
            await waits
        assert running(client, "sleepEachRow") == 2
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way)
        await eventually(lambda: running(client, "sleepEachRow") == 0)
    assert asked.ended == [("too many", "busy"), ("waits", "busy"), ("slow", "left"), ("slow", "left")]


async def test_a_turn_that_was_cancelled_is_free_for_the_next(history_of: Callable[..., History]) -> None:
    history = history_of("select 1 as one", at_once=1, waiting=5, patience=20.0)
    for _ in range(20):
        tasks = [asyncio.create_task(history.rows("x")) for _ in range(3)]
        await asyncio.sleep(0.002)
        tasks[0].cancel()
        tasks[2].cancel()
        await asyncio.wait(tasks)
        assert tasks[1].result() == [{"one": 1}]
    assert await history.rows("x") == [{"one": 1}]


async def test_a_statement_ends_when_its_client_leaves(
    clickhouse_server: TestClickHouse, history_of: Callable[..., History], asked: Asked
) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(await request.app[HISTORY].rows("slow"))

    app = web.Application(middlewares=[problems_middleware])
    app[HISTORY] = history_of(SLOW)
    app.router.add_get("/slow", ends_with_client(handler))
    # The servers of aiohttp's tests cancel handlers by themselves, and no other server does.
    runner, port = web.AppRunner(app, handler_cancellation=False), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with ClientSession() as browser:
        with clickhouse_server.client() as client:
            leaving = asyncio.create_task(browser.get(f"http://127.0.0.1:{port}/slow"))
            await eventually(lambda: running(client, "sleepEachRow") == 1)
            leaving.cancel()
            began = time.monotonic()
            await eventually(lambda: running(client, "sleepEachRow") == 0)
            # By itself it would be stopped after ten seconds, and would end after twenty.
            assert time.monotonic() - began < 8
    await runner.cleanup()
    assert asked.ended == [("slow", "left")]


async def test_who_stays_gets_the_answer_or_the_refusal(history_of: Callable[..., History]) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(await request.app[HISTORY].rows("x", text="a", number=1))

    for text, url, status in ((ASKED, None, 200), (ASKED, "", 503)):
        app = web.Application(middlewares=[problems_middleware])
        app[HISTORY] = history_of(text, url=url)
        app.router.add_get("/asked", ends_with_client(handler))
        async with TestClient(TestServer(app)) as browser, browser.get("/asked") as response:
            body = await response.json(content_type=None)
            assert response.status == status
            if status == 200:
                assert body == [{"text": "a", "number": 1}]
            else:
                assert body["type"] == "urn:streakline:problem:history-away"
                assert response.headers["Retry-After"] == "2"


@pytest.mark.parametrize("text", ["x" * 200, "'" * 200, "\\" * 200, "\n\t\0" * 60, "\U0001f3a7" * 200])
async def test_a_part_of_any_texts_is_taken_and_all_parts_are_all_texts(
    clickhouse_server: TestClickHouse, text: str
) -> None:
    texts = [f"{n}{text}" for n in range(2_000)]
    parts = list(in_parts(texts, lambda one: [one]))
    assert [one for part in parts for one in part] == texts
    history = History(
        clickhouse_server.history_url,
        lambda *_: None,
        text_of=lambda _: "select arrayJoin({given:Array(String)}) as one",
    )
    try:
        found = [row["one"] for part in parts for row in await history.rows("x", given=part)]
    finally:
        await history.close()
    assert found == texts
