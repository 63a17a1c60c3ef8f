"""Hub: live topics and who listens to them.

A message is rendered once for all clients of a kind and written straight to their transports. Nobody is
awaited, so nobody holds up the others: a client whose queue is full is skipped and later given the newest
state, and one that stays behind for too long is closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from server.metrics import Metrics
from streakline.messages import GOING_AWAY, LAGGING, Since, changes, resumed, snapshot, update
from streakline.times import enc

QUEUED: Final = 64 * 1024
"""Bytes waiting for a client beyond which it is skipped."""
DRAINED: Final = 16 * 1024
"""Bytes below which a skipped client is up to date again with one snapshot."""
PATIENCE: Final = 15.0
"""Seconds behind after which a client is closed."""
RING: Final = 256
"""Updates of a topic kept for clients that come back: about a minute."""

Encode = Callable[[Mapping[str, Any]], bytes]


class Transport(Protocol):
    """What the hub needs of a connection."""

    def write(self, data: bytes) -> None:
        """Queue bytes."""

    def get_write_buffer_size(self) -> int:
        """Return the bytes still queued in this process."""

    def is_closing(self) -> bool:
        """Tell whether the connection is gone or going."""


class Frame:
    """A message and the position that it leads to, rendered once for each kind of client."""

    __slots__ = ("_rendered", "after", "message")

    def __init__(self, message: Mapping[str, Any], after: int = 0) -> None:
        self.message = message
        self.after = after
        self._rendered: dict[Encode, bytes] = {}

    def bytes_for(self, encode: Encode) -> bytes:
        """Return the message as one kind of client reads it."""
        rendered = self._rendered.get(encode)
        if rendered is None:
            rendered = self._rendered[encode] = encode(self.message)
        return rendered


class Client:
    """One connection: a websocket or a stream of server-sent events."""

    __slots__ = ("behind", "close", "encode", "lagging_since", "queued", "topics", "transport", "write")

    def __init__(self, transport: Transport, encode: Encode, close: Callable[[int, str], None]) -> None:
        self.transport = transport
        # Bound once: they are called for every message of every socket.
        self.write = transport.write
        self.queued = transport.get_write_buffer_size
        self.encode = encode
        self.close = close
        self.topics: set[str] = set()
        self.behind: set[str] = set()
        """Topics of which it missed an update."""
        self.lagging_since: float | None = None


class Topic:
    """The newest data of a topic, its listeners, and its last updates."""

    __slots__ = ("clients", "data", "ring", "seq", "since")

    def __init__(self, data: Mapping[str, Any], seq: int) -> None:
        self.data = data
        self.seq = seq
        self.since = seq
        """The ring holds every update after this position."""
        self.clients: set[Client] = set()
        self.ring: deque[Frame] = deque(maxlen=RING)

    def keep(self, frame: Frame) -> None:
        """Put an update into the ring; the oldest falls out."""
        if len(self.ring) == RING:
            self.since = self.ring[0].after
        self.ring.append(frame)

    def missed(self, since: int) -> list[Frame] | None:
        """Return the updates after a position, or None if they cannot be told any more.

        Another server may have cut the stream elsewhere: an update that straddles the position is sent whole,
        which is right because members are absolute.
        """
        if not self.since <= since <= self.seq:
            return None
        return [frame for frame in self.ring if frame.after > since]


class Hub:
    """All topics of this process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.topics: dict[str, Topic] = {}
        self.clients: set[Client] = set()
        self._behind: set[Client] = set()
        self.epoch = ""
        self.seq = "0-0"

    def join(self, client: Client) -> None:
        """Know a client."""
        self.clients.add(client)

    def leave(self, client: Client) -> None:
        """Forget a client and the topics that nobody else listens to."""
        self.clients.discard(client)
        self._behind.discard(client)
        for name in list(client.topics):
            self.unsubscribe(client, name)

    def subscribe(
        self, client: Client, name: str, data: Mapping[str, Any], since: Since | None = None
    ) -> None:
        """Send a client a topic from now on: first what it missed, or the whole.

        Args:
            client: who listens.
            name: the topic.
            data: its newest data, used if nobody listens to it yet.
            since: where the client's knowledge ends, if it has any.
        """
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = Topic(data, enc(self.seq))
        topic.clients.add(client)
        client.topics.add(name)
        frames = self._missed(topic, since)
        if since is not None:
            self.tell(client, resumed(name, recovered=frames is not None))
        for frame in [self._whole(name, topic)] if frames is None else frames:
            self._write(client, name, frame)

    def unsubscribe(self, client: Client, name: str) -> None:
        """Stop sending a client a topic."""
        client.topics.discard(name)
        client.behind.discard(name)
        topic = self.topics.get(name)
        if topic is not None:
            topic.clients.discard(client)

    def drop_unheard(self, kept: Callable[[str], bool]) -> None:
        """Forget the topics without a listener but for those to keep (whose rings serve who comes back)."""
        for name in [name for name, topic in self.topics.items() if not topic.clients and not kept(name)]:
            del self.topics[name]

    def publish(self, epoch: str, seq: str, topics: Mapping[str, Mapping[str, Any]], now: float) -> None:
        """Send the changed members of every topic to who listens to it.

        With another epoch than before nothing of the past holds: everybody gets the whole.
        """
        renewed = epoch != self.epoch
        self.epoch, self.seq = epoch, seq
        for name, data in topics.items():
            topic = self.topics.get(name)
            if topic is None or renewed:
                self._restart(name, topic, data, now)
                continue
            changed = changes(topic.data, data)
            topic.data, topic.seq = data, enc(seq)
            if changed:
                frame = Frame(update(name, epoch, seq, changed), topic.seq)
                topic.keep(frame)
                self._broadcast(name, topic, frame, now)

    def _restart(self, name: str, topic: Topic | None, data: Mapping[str, Any], now: float) -> None:
        fresh = self.topics[name] = Topic(data, enc(self.seq))
        if topic is not None:
            fresh.clients = topic.clients
            self._broadcast(name, fresh, self._whole(name, fresh), now)

    def _broadcast(self, name: str, topic: Topic, frame: Frame, now: float) -> None:
        """Write a frame to all listeners of a topic: nine tenths of what a socket costs, so nothing else is here."""
        encode, data, skipped, gone = None, b"", 0, list[Client]()
        for client in topic.clients:
            if client.behind or client.queued() > QUEUED:
                self._skip(client, name, now)
                skipped += 1
                continue
            if client.encode is not encode:
                encode = client.encode
                data = frame.bytes_for(encode)
            try:
                client.write(data)
            except RuntimeError:  # uvloop says so of a connection that has ended; nobody else did yet
                gone.append(client)
        for client in gone:
            self._forget(client)
        self._metrics.frames.inc(len(topic.clients) - skipped)
        self._metrics.skipped.inc(skipped)

    def _write(self, client: Client, name: str, frame: Frame, now: float | None = None) -> None:
        if client.behind or client.queued() > QUEUED:
            self._skip(client, name, now)
            self._metrics.skipped.inc()
            return
        try:
            client.write(frame.bytes_for(client.encode))
        except RuntimeError:  # see `_broadcast`
            self._forget(client)
            return
        self._metrics.frames.inc()

    def _skip(self, client: Client, name: str, now: float | None) -> None:
        client.behind.add(name)
        self._behind.add(client)
        if client.lagging_since is None:
            client.lagging_since = now

    def sweep(self, now: float) -> None:
        """Bring skipped clients up to date once they have drained; close those that do not."""
        for client in list(self._behind):
            if not client.behind or client.queued() <= DRAINED:
                self._behind.discard(client)
                behind, client.behind, client.lagging_since = client.behind, set(), None
                for name in behind & client.topics:
                    self._write(client, name, self._whole(name, self.topics[name]), now)
            elif client.lagging_since is None:
                client.lagging_since = now
            elif now - client.lagging_since > PATIENCE:
                self._metrics.lagging.inc()
                self.leave(client)
                client.close(LAGGING, "read too slowly for 15 s")

    def forget_gone(self) -> None:
        """Forget the clients whose connection is gone or going; nobody else notices it of a stream of events."""
        for client in [client for client in self.clients if client.transport.is_closing()]:
            self._forget(client)

    def _forget(self, client: Client) -> None:
        self.leave(client)
        client.close(GOING_AWAY, "gone already")

    def tell(self, client: Client, message: Mapping[str, Any]) -> None:
        """Send one client a message of its own; a client that asks and never reads is closed."""
        if client.queued() > QUEUED:
            self.leave(client)
            client.close(LAGGING, "asks without reading")
            return
        client.transport.write(client.encode(message))

    def _missed(self, topic: Topic, since: Since | None) -> list[Frame] | None:
        if since is None or since.epoch != self.epoch:
            return None
        try:
            return topic.missed(enc(since.seq))
        except ValueError:
            return None  # a seq that no server ever gave: the whole will do

    def _whole(self, name: str, topic: Topic) -> Frame:
        return Frame(snapshot(name, self.epoch, self.seq, topic.data))
