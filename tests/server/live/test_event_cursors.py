"""One cursor for several topics: who breaks off after any event and comes back ends where one ends who never broke."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse

from live_sockets import event_of, fill
from live_states import content, say, viewers
from real_servers import TestRedis
from wire import Client, Serve, now_ms

TOPICS = ("overview", "top:plays", "content:track-1", "content:track-2")
POSITIONS = 8
SECONDS = 60.0


class Browser:
    """What a browser's EventSource keeps: the last id, and here the state of every topic."""

    def __init__(
        self, topics: tuple[str, ...], last_id: str = "", state: dict[str, Any] | None = None
    ) -> None:
        self.topics, self.last_id = topics, last_id
        self.state: dict[str, Any] = {name: dict(data) for name, data in (state or {}).items()}

    def take(self, event: dict[str, Any]) -> None:
        self.last_id = event.get("id", self.last_id)
        message = event["data"]
        if message["type"] == "snapshot":
            self.state[message["topic"]] = dict(message["data"])
        elif message["type"] == "update":
            held = self.state[message["topic"]]
            held.update(message["data"])

    @asynccontextmanager
    async def connected(self, client: Client) -> AsyncIterator[ClientResponse]:
        headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        query = ",".join(quote(topic) for topic in self.topics)
        async with client.get(f"/api/live/events?topics={query}", headers=headers) as response:
            assert response.status == 200
            yield response

    async def read_until(self, response: ClientResponse, active: int) -> list[dict[str, Any]]:
        """Read until the whole position is out that shows so many persons; return the events."""
        events = []
        while True:
            event = await event_of(response.content)
            self.take(event)
            events.append(event)
            if "id" in event and self.state.get("overview", {}).get("activeUsers") == active:
                return events


def change(redis_server: TestRedis, random_: random.Random, round_: int) -> int:
    """Change some of the topics, the overview always; return the persons that it then shows."""
    now, active = now_ms(), 1000 + round_
    watched = {
        f"track-{number}": {"listeners": random_.randrange(100)}
        for number in (1, 2)
        if random_.random() < 0.6
    }
    with redis_server.client() as redis:
        if random_.random() < 0.7:
            state = content(now, round_, content=watched)
            state.top = [("track-1", round_), ("track-2", random_.randrange(100))]
            say(redis, "content", 0, state, now)
        say(redis, "viewers", 0, viewers(active), now)
    return active + 3 * 4  # of the other parts


async def history(redis_server: TestRedis, client: Client, random_: random.Random) -> list[dict[str, Any]]:
    """Let the live numbers change some times; return the events that one who never broke off got."""
    browser = Browser(TOPICS)
    events: list[dict[str, Any]] = []
    async with browser.connected(client) as response:
        events += await browser.read_until(response, change(redis_server, random_, 0))
        for round_ in range(1, POSITIONS):
            events += await browser.read_until(response, change(redis_server, random_, round_))
    return events


@pytest.mark.parametrize("ring", [256, 2], ids=["everything kept", "windows expired"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_who_breaks_off_after_any_event_ends_where_one_ends_who_never_broke(
    serve: Serve, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch, seed: int, ring: int
) -> None:
    monkeypatch.setattr("server.live.topics.RING", ring)
    random_ = random.Random(f"{seed} {ring}")
    fill(redis_server)
    # The second server cuts the same updates elsewhere.
    servers = [await serve(), await serve()]
    events = await history(redis_server, servers[0], random_)
    async with AsyncExitStack() as stack:
        broken = []
        for after in range(len(events) + 1):
            browser = Browser(TOPICS)
            for event in events[:after]:
                browser.take(event)
            # Whoever returns with other topics than before is right in them too.
            if random_.random() < 0.4:
                others = [*random_.sample(TOPICS[1:], random_.randrange(3)), "content:track-3"]
                browser = Browser(("overview", *others), browser.last_id, browser.state)
            server = random_.choice(servers)
            broken.append((after, browser, await stack.enter_async_context(browser.connected(server))))
        whole = Browser((*TOPICS, "content:track-3"))
        response = await stack.enter_async_context(whole.connected(servers[0]))
        shown = change(redis_server, random_, POSITIONS)
        # Read a little at a time: the next update is of the whole's own connection and of all others.
        async with asyncio.timeout(SECONDS):
            await whole.read_until(response, shown)
            for after, browser, answer in broken:
                await browser.read_until(answer, shown)
                expected = {topic: _settled(whole.state[topic]) for topic in browser.topics}
                found = {topic: _settled(browser.state.get(topic, {})) for topic in browser.topics}
                assert (after, found) == (after, expected)


def _settled(data: dict[str, Any]) -> dict[str, Any]:
    """Return a state without the members that were removed."""
    return {name: value for name, value in data.items() if value is not None}
