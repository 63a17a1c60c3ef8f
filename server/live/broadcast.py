"""Broadcast: the loop that turns the feed into frames, at most four times a second."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.door.tokens import NOBODY
from server.live.conversation import Conversation
from server.live.creators import PATIENCE, Creators
from server.live.fan_out import FanOut
from server.live.feed import FEED, Feed
from server.live.frames import SSE_BEAT
from server.live.lifetimes import Lifetimes
from server.live.named import WATCHED_MS, forget_expired
from server.live.people import FROM_HISTORY, People
from server.metrics import METRICS
from server.resources.clock import CLOCK, Clock
from server.resources.history import HISTORY
from server.resources.redis_client import INSTALLATION, REDIS, redis_ms
from server.resources.tasks import running
from streakline.live.creators import CREATOR
from streakline.live.messages import GOING_AWAY
from streakline.live.state import CONTENT, PUBLIC
from streakline.live.topic_lists import USER, is_user
from streakline.people.live.answers import user_topic
from streakline.streams import keys
from streakline.times import named_moment

EVERY: Final = 0.25
"""Seconds between two updates of a topic."""
BEAT: Final = 25.0
"""Seconds between two signs of life on a silent stream of server-sent events."""
SLACK: Final = EVERY / 2
"""How much earlier an update may go, so that one of four a second need not wait for its turn."""
LOOK_EVERY: Final = 1.0
"""Seconds between two looks at every connection: whether it is gone, whether its token has expired."""
WATCHED_EVERY: Final = 5.0
_log = structlog.get_logger()


class Pace:
    """When the next update may go: four a second on the whole, each at most `SLACK` before its quarter second.

    Times are of any one clock, in seconds.
    """

    def __init__(self) -> None:
        self._due = 0.0

    def wait(self, now: float) -> float:
        """Return how long the next update has to wait."""
        return max(0.0, self._due - SLACK - now)

    def went(self, now: float) -> None:
        """Note that an update goes. What sending takes is part of its quarter second."""
        self._due = max(self._due, now) + EVERY


class Broadcast:
    """The live connections of this process and the tasks that serve them."""

    def __init__(
        self,
        fan_out: FanOut,
        feed: Feed,
        redis: Redis,
        lifetimes: Lifetimes,
        creators: Creators,
        people: People,
        clock: Clock,
    ) -> None:
        self.fan_out = fan_out
        self.feed = feed
        self.lifetimes = lifetimes
        self.creators = creators
        self.people = people
        self._clock = clock
        self._left: set[str] = set()
        self._asked = asyncio.Event()
        self.conversations: set[Conversation] = set()
        self._redis = redis
        self._named = asyncio.Event()
        self._beaten = self._looked = time.monotonic()
        self._pace = Pace()

    def publish(self) -> None:
        """Send what changed since the last time."""
        self.feed.moved.clear()
        topics = self.feed.standing.topics(self.watched(), self.lifetimes.totals)
        for creator in self.watched_creators():
            known = self.creators.contents.get(creator)
            topics[CREATOR + creator] = self.feed.standing.creator(creator, known, self.lifetimes.totals)
        for user in self.watched_people():
            topics[USER + user] = user_topic(user, self.people.known.get(user))
        self.fan_out.publish(self.feed.epoch, self.feed.seq, topics, time.monotonic())

    def watched(self) -> list[str]:
        """Return the contents that somebody listens to."""
        return self._heard(CONTENT)

    def watched_creators(self) -> list[str]:
        """Return the creators that somebody listens to."""
        return self._heard(CREATOR)

    def watched_people(self) -> list[str]:
        """Return the persons that somebody listens to."""
        return self._heard(USER)

    def _heard(self, prefix: str) -> list[str]:
        return [
            name.removeprefix(prefix)
            for name, topic in self.fan_out.topics.items()
            if topic.heard and name.startswith(prefix)
        ]

    async def learn(self, topics: Sequence[str]) -> None:
        """Read what the first snapshots hold of contents and creators that somebody is about to watch."""
        asked = {topic.removeprefix(CONTENT) for topic in topics if topic.startswith(CONTENT)}
        creators = [topic.removeprefix(CREATOR) for topic in topics if topic.startswith(CREATOR)]
        await self.creators.learn(creators)
        asked.update(self.creators.followed(creators))
        await self.lifetimes.read(asked - self.lifetimes.totals.keys(), self.feed.standing)
        now, people = self._clock.now_ms(), {topic.removeprefix(USER) for topic in topics if is_user(topic)}
        left = await self.people.read(people - self.people.known.keys(), now)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.people.ask(left, now)

    def open(self, conversation: Conversation) -> None:
        """Serve a connection."""
        self.fan_out.join(conversation.client)
        self.conversations.add(conversation)

    def close(self, conversation: Conversation) -> None:
        """Forget a connection that ended."""
        self.conversations.discard(conversation)
        self.fan_out.leave(conversation.client)

    def ask(self) -> None:
        """Name what is watched now: somebody has just asked for more."""
        self._named.set()
        self.creators.ask()

    async def run(self) -> None:
        """Publish, serve who fell behind and end what expired, for ever."""
        while True:
            await self._moved()
            now = time.monotonic()
            self.fan_out.sweep(now)
            self.fan_out.drop_unheard(PUBLIC.__contains__)
            if now - self._looked >= LOOK_EVERY:
                self._looked = now
                self._look()
            if now - self._beaten >= BEAT:
                self._beaten = now
                self._beat()

    async def _moved(self) -> None:
        """Publish what comes: at once after a pause, and then let what follows gather."""
        try:
            async with asyncio.timeout(EVERY):
                await self.feed.moved.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._pace.wait(time.monotonic()))
        self._pace.went(time.monotonic())
        watched = {*self.watched(), *self.creators.followed(self.watched_creators())}
        self.lifetimes.keep(watched)
        await self.lifetimes.read(watched, self.feed.standing)
        self.people.keep(self.watched_people())
        self._left.update(await self.people.read(self.watched_people(), self._clock.now_ms()))
        if self._left:
            self._asked.set()
        self.publish()

    def _look(self) -> None:
        self.fan_out.forget_gone()
        for conversation in [one for one in self.conversations if one.grant is not NOBODY]:
            conversation.expire()

    def _beat(self) -> None:
        self.fan_out.forget_gone()  # uvloop refuses to write to them
        for client in self.fan_out.clients:
            if client.render is not None and not client.behind:
                client.transport.write(SSE_BEAT)

    async def name_watched(self) -> None:
        """Tell the content flow which contents are listened to, for ever: all now and then, new ones at once."""
        named = set[str]()
        again = 0.0
        while True:
            # Before looking: who asks while the answer of Redis is awaited must not be forgotten for a whole round.
            self._named.clear()
            watched = self.watched()
            if time.monotonic() >= again:
                again = time.monotonic() + WATCHED_EVERY
                named.clear()
            unnamed = [content for content in watched if content not in named]
            try:
                if unnamed:
                    until = await redis_ms(self._redis) + WATCHED_MS
                    await self._redis.hset(keys.SUBSCRIBED, mapping=dict.fromkeys(unnamed, until))
                    named.update(unnamed)
                elif not watched:
                    await forget_expired(self._redis, keys.SUBSCRIBED, named_moment)
            except (RedisError, OSError) as error:
                _log.warning("watched_not_named", error=str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCHED_EVERY):
                    await self._named.wait()

    async def follow_creators(self) -> None:
        """Keep up whose contents the watched creators have, for ever."""
        await self.creators.run(self.watched_creators)

    async def ask_history(self) -> None:
        """Ask history about the persons whom live rows do not tell everything of, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            left, self._left = self._left, set()
            await self.people.ask(left, self._clock.now_ms())

    def end(self) -> None:
        """Close every connection: the server stops."""
        for client in list(self.fan_out.clients):
            client.close(GOING_AWAY, "the server stops; connect again")


BROADCAST: Final = web.AppKey("broadcast", Broadcast)


async def broadcast_resource(app: web.Application) -> AsyncIterator[None]:
    """Run the loops for as long as the application runs."""
    redis, installation = app[REDIS], app[INSTALLATION]
    broadcast = Broadcast(
        FanOut(app[METRICS]),
        app[FEED],
        redis,
        Lifetimes(redis, installation),
        Creators(redis, app[HISTORY], installation),
        People(redis, installation, app[FROM_HISTORY]),
        app[CLOCK],
    )
    broadcast.publish()
    app[BROADCAST] = broadcast

    async with running(
        broadcast.run, broadcast.name_watched, broadcast.follow_creators, broadcast.ask_history
    ):
        yield


async def end_connections(app: web.Application) -> None:
    """Close every live connection before the server waits for its handlers."""
    app[BROADCAST].end()
