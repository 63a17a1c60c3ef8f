"""Conversation: what one live connection asks for, and what it may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.door.access import may_read_public
from server.door.bearers import Bearers
from server.door.tokens import NOBODY, BadToken, Grant
from server.live.creators import Creators
from server.live.cursors import Cursor
from server.live.fan_out import FanOut
from server.live.feed import Feed
from server.live.lifetimes import Lifetimes
from server.live.people import People
from server.live.topics import Client
from streakline.creators.ownership import NotYours, creator_of
from streakline.live.creators import CREATOR
from streakline.live.messages import (
    BAD_MESSAGE,
    FORBIDDEN,
    GOING_AWAY,
    MAX_TOPICS,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    TOO_MANY_TOPICS,
    UNKNOWN_TOPIC,
    Auth,
    BadMessage,
    Ping,
    Since,
    Subscribe,
    Unsubscribe,
    error,
    pong,
    read_message,
)
from streakline.live.state import CONTENT, PUBLIC
from streakline.live.topic_lists import USER
from streakline.people.live.answers import user_topic
from streakline.settings import Settings

MAX_ID = 200
"""Characters of the id of a content or creator."""


class TopicRefused(Exception):
    """A topic that is not served to this bearer.

    Attributes:
        code: an error code of the live protocol.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_topic(topic: str, grant: Grant, settings: Settings) -> None:
    """Let a bearer have a topic.

    Raises:
        TopicRefused: if there is no such topic, or it is not for him.
    """
    name, _, rest = topic.partition(":")
    if topic in PUBLIC or (topic.startswith(CONTENT) and 0 < len(rest) <= MAX_ID):
        if not may_read_public(grant, settings):
            raise TopicRefused(FORBIDDEN, f"topic {topic[:80]!r} needs a token with the scope read:public")
        return
    if topic.startswith(CREATOR) and 0 < len(rest) <= MAX_ID:
        if not _speaks_for(rest, grant):
            raise TopicRefused(
                FORBIDDEN,
                f"topic {topic[:80]!r} needs a token with the scope read:self that speaks for this creator",
            )
        return
    own = grant.may("read:self") and grant.sub == rest
    if topic.startswith(USER) and 0 < len(rest) <= MAX_ID and (own or grant.may("read:admin")):
        return
    if name in {"user", "alerts"} and not grant.may("read:admin"):
        raise TopicRefused(FORBIDDEN, f"topic {topic[:80]!r} is private; send a token that may read it")
    raise TopicRefused(
        UNKNOWN_TOPIC,
        f"topic {topic[:80]!r} is not served; there are {', '.join(PUBLIC)}, {CONTENT}ID, {CREATOR}ID and {USER}ID",
    )


def _speaks_for(creator: str, grant: Grant) -> bool:
    if not grant.may("read:self"):
        return False
    try:
        creator_of(creator, creators=grant.creators, sub=grant.sub, reads_all=grant.may("read:admin"))
    except NotYours:
        return False
    return True


class Conversation:
    """One client's requests, answered."""

    def __init__(
        self,
        client: Client,
        fan_out: FanOut,
        feed: Feed,
        lifetimes: Lifetimes,
        creators: Creators,
        people: People,
        *,
        settings: Settings,
        grant: Grant,
        bearers: Bearers,
    ) -> None:
        self.client = client
        self.grant = grant
        self._fan_out = fan_out
        self._feed = feed
        self._lifetimes = lifetimes
        self._creators = creators
        self._people = people
        self._settings = settings
        self._bearers = bearers

    def asked(self, text: str | bytes) -> list[str]:
        """Return the topics that a message asks for and that the client may have; `hear` says why not others."""
        try:
            message = read_message(text)
        except BadMessage:
            return []
        if not isinstance(message, Subscribe):
            return []
        return [topic for topic in message.topics[:MAX_TOPICS] if self._served(topic)]

    def hear(self, text: str | bytes) -> None:
        """Do what a client says, or tell it why not."""
        try:
            message = read_message(text)
        except BadMessage as problem:
            self.refuse(BAD_MESSAGE, str(problem))
            return
        match message:
            case Auth(token):
                self._authenticate(token)
            case Subscribe(topics, since):
                for topic in topics:
                    self.subscribe(topic, since.get(topic))
            case Unsubscribe(topics):
                for topic in topics:
                    self._fan_out.unsubscribe(self.client, topic)
            case Ping():
                self._fan_out.send(self.client, pong())

    def refuse(self, code: str, message: str, topic: str | None = None) -> None:
        """Tell the client an error; the connection stays."""
        self._fan_out.send(self.client, error(code, message, topic))

    def subscribe(self, topic: str, since: Since | None) -> None:
        """Send a topic from now on, if the client may have it."""
        if len(self.client.topics) >= MAX_TOPICS and topic not in self.client.topics:
            self.refuse(TOO_MANY_TOPICS, f"{MAX_TOPICS} topics are the most of one connection", topic)
            return
        if self._may_have(topic):
            self._fan_out.subscribe(self.client, topic, self._newest(topic), since)

    def follow(self, topics: Iterable[str], cursor: Cursor | None) -> None:
        """Send topics from now on with one cursor for all of them, those that the client may have."""
        served = {topic: self._newest(topic) for topic in topics if self._may_have(topic)}
        self._fan_out.follow(self.client, served, cursor)
        self._end_if_nothing_is_left()

    def _served(self, topic: str) -> bool:
        try:
            check_topic(topic, self.grant, self._settings)
        except TopicRefused:
            return False
        return True

    def _may_have(self, topic: str) -> bool:
        try:
            check_topic(topic, self.grant, self._settings)
        except TopicRefused as refused:
            self.refuse(refused.code, str(refused), topic)
            return False
        return True

    def _newest(self, topic: str) -> Mapping[str, Any]:
        if topic.startswith(CREATOR):
            creator = topic.removeprefix(CREATOR)
            known = self._creators.contents.get(creator)
            return self._feed.standing.creator(creator, known, self._lifetimes.totals)
        if topic.startswith(USER):
            user = topic.removeprefix(USER)
            return user_topic(user, self._people.known.get(user))
        if not topic.startswith(CONTENT):
            return {}
        content = topic.removeprefix(CONTENT)
        return self._feed.standing.content(content, self._lifetimes.totals.get(content))

    def _end_if_nothing_is_left(self) -> None:
        # A socket may ask for other topics; a stream of events cannot, and would stay open and silent for ever.
        if self.client.render is not None and not self.client.topics:
            self.client.close(GOING_AWAY, "no topic is left")

    def _authenticate(self, token: str) -> None:
        try:
            self.grant = self._bearers.grant(token)
        except BadToken as problem:
            self.refuse(TOKEN_INVALID, str(problem))

    def expire(self) -> None:
        """End what only a token allowed that has expired, or a key that was revoked."""
        ended = self._bearers.ended(self.grant)
        if not ended:
            return
        self.grant = NOBODY
        for topic in list(self.client.topics):
            try:
                check_topic(topic, NOBODY, self._settings)
            except TopicRefused:
                self._fan_out.unsubscribe(self.client, topic)
                self.refuse(TOKEN_EXPIRED, f"{ended} and topic {topic[:80]!r} needs one", topic)
        self._end_if_nothing_is_left()
