"""The Python client on a real stack, also through a network that breaks."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from running_stack import RunningStack
from streakline_client import Client, NotSettled, Patience, Refused, Unreachable, uuid7
from streakline_client.positions import merged

pytestmark = pytest.mark.stack


def play(content: str, **members: Any) -> dict[str, Any]:
    at = time.time_ns() // 1_000_000 - 60_000
    return {
        "id": uuid7(), "type": "play", "contentId": content, "contentType": "track",
        "userId": f"fan of {content}", "sessionId": "s", "timestamp": at, "duration": 45, **members,
    }  # fmt: skip


class Network:
    """A TCP hop before the stack that can lose connections."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self.lose = 0
        """So many of the next answers are lost: the server got the request, the sender hears nothing."""
        self.connections = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[Any]] = set()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._pass, "127.0.0.1")
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            self.cut()
            await asyncio.gather(*self._passing, return_exceptions=True)

    def cut(self) -> None:
        """Break all connections."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        there, back = await asyncio.open_connection(self._to.hostname, self._to.port)
        self._open |= {writer, back}
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(self._copy(reader, back, there=True), self._copy(there, writer, there=False))
        self._open -= {writer, back}
        for end in (writer, back):
            end.transport.abort()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, there: bool) -> None:
        while data := await source.read(65_536):
            if not there and self.lose:
                self.lose -= 1
                raise ConnectionResetError
            target.write(data)
            await target.drain()
        raise ConnectionResetError  # one end closed: close the other


async def found(client: Client, topic: str, wanted: Callable[[dict[str, Any]], bool]) -> None:
    async with asyncio.timeout(60), client.live([topic]) as live:
        async for message in live:
            if wanted(message.state):
                return


async def test_a_posted_play_moves_the_live_numbers_and_settles(stack: RunningStack):
    async with Client(stack.url, stack.token) as client:
        before: dict[str, int] = {}
        await found(client, "overview", lambda state: before.update(state["totals"]) or True)
        receipt = await client.post([play("moved"), play("moved", duration=3), {"id": "bad", "type": "play"}])
        assert (receipt.accepted, receipt.duplicates) == (2, 0)
        assert [(bad.index, bad.id) for bad in receipt.rejected] == [(2, "bad")]
        await found(client, "overview", lambda state: state["totals"]["plays"] >= before["plays"] + 1)
        await client.settled(receipt.position, wait=60)
        await found(client, "overview", lambda state: state["totals"]["starts"] >= before["starts"] + 2)
        assert (await client.get("/api/analytics/realtime"))["lastHour"]["plays"] >= 1


async def test_a_lost_answer_is_asked_for_again_and_counts_once(stack: RunningStack, history: ClickHouse):
    network = Network(stack.url)
    async with network.listening() as url, Client(url, stack.token) as client:
        await client.get("/api/live/definitions")
        before = network.connections
        network.lose = 2
        receipt = await client.post([play("lost answer")])
        assert receipt.accepted == 1
        assert network.connections >= before + 2
        await client.settled(receipt.position)
    shown = history.query("select totalPlays from daily_stats where trackId = 'lost answer'").result_rows
    assert shown == [(1,)]


async def test_a_broken_socket_is_opened_again_where_it_was(stack: RunningStack):
    network = Network(stack.url)
    patience = Patience(first=0.05)
    async with network.listening() as url, Client(url, stack.token, patience=patience) as client:
        seen: list[str] = []
        async with asyncio.timeout(60), client.live(["overview"]) as live:
            async for message in live:
                seen.append(message.type)
                if seen == ["snapshot"]:
                    network.cut()
                elif "resumed" in seen:
                    break
        assert live.cursors["overview"]["epoch"]


async def test_many_posts_settle_by_their_positions_together(stack: RunningStack):
    async with Client(stack.url, stack.token) as client:
        events = [play(f"many {number % 7}") for number in range(50)]
        parts = [part async for part in client.post_many(events, concurrency=4, most=5)]
        assert sum(receipt.accepted for _, receipt in parts) == 50
        assert sorted(batch.offset for batch, _ in parts) == list(range(0, 50, 5))
        await client.settled([receipt.position for _, receipt in parts])
        assert client.position == merged(receipt.position for _, receipt in parts)
        await client.settled(client.position, wait=0.0)
        await client.settled()


async def test_refusals_say_what_the_server_said_and_are_not_repeated(stack: RunningStack):
    async with Client(stack.url, "no.such.token") as client:
        with pytest.raises(Refused) as refused:
            await client.post([play("x")])
        assert refused.value.status == 401
    async with Client(stack.url) as client:
        with pytest.raises(Refused, match="position"):
            await client.settled("nonsense")


async def test_without_a_server_the_client_gives_up_when_its_patience_ends():
    async with Client("http://127.0.0.1:9", patience=Patience(total=0.3, first=0.05)) as client:
        with pytest.raises(Unreachable, match=r"in \d+ tries"):
            await client.post([play("x")])
        with pytest.raises(Unreachable):
            async for _ in client.live(["overview"]):
                pass


async def test_a_wait_that_ends_too_soon_says_what_it_waits_for(stack: RunningStack):
    async def ask_at_once(client: Client) -> None:
        for _ in range(50):  # now and then everything settles before the question arrives
            receipt = await client.post([play("hasty")])
            await client.settled(receipt.position, wait=0)

    async with Client(stack.url, stack.token) as client:
        with pytest.raises(NotSettled, match="it waits for") as late:
            await ask_at_once(client)
        assert late.value.answer["waitingFor"]


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url: str):
    with pytest.raises(ValueError, match="is no http address"):
        Client(url)
