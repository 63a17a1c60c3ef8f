"""Fan-out of live topics to those who listen, with backpressure for slow clients.

A message is rendered once for all clients of a kind and written straight to their transports. Nobody is
awaited, so nobody holds up the others: a client whose queue is full is skipped and later given the newest
state, and one that stays behind for too long is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from server.live.cursors import Cursor, followed, positions
from server.live.topics import Client, Crowd, Encode, Frame, Topic
from server.metrics import Metrics
from streakline.live.messages import GOING_AWAY, LAGGING, Since, changes, resumed, snapshot, update
from streakline.times import enc

QUEUED: Final = 64 * 1024
"""Bytes waiting for a client beyond which it is skipped."""
DRAINED: Final = 16 * 1024
"""Bytes below which a skipped client is up to date again with one snapshot."""
PATIENCE: Final = 15.0
"""Seconds behind after which a client is closed."""


class FanOut:
    """All topics of this process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.topics: dict[str, Topic] = {}
        self.clients: set[Client] = set()
        self._behind: set[Client] = set()
        self._crowds: dict[str, Crowd] = {}
        self.epoch = ""
        self.seq = "0-0"

    @property
    def slow(self) -> int:
        """How many clients are behind."""
        return len(self._behind)

    def join(self, client: Client) -> None:
        """Know a client."""
        self.clients.add(client)

    def leave(self, client: Client) -> None:
        """Forget a client and the topics that nobody else listens to."""
        self.clients.discard(client)
        self._behind.discard(client)
        self._leave_crowd(client)
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
        frames = self._missed(name, since)
        topic = self._topic(name, data)
        topic.clients.add(client)
        client.topics.add(name)
        if since is not None:
            self.send(client, resumed(name, recovered=frames is not None))
        for frame in [self._whole(name, topic)] if frames is None else frames:
            self._write(client, name, frame.bytes_for(client.encode))

    def follow(
        self, client: Client, topics: Mapping[str, Mapping[str, Any]], cursor: Cursor | None = None
    ) -> None:
        """Send a client with one cursor its topics from now on: first what it missed of all, merged, or the whole.

        Args:
            client: who listens.
            topics: topic -> its newest data, used if nobody listens to it yet.
            cursor: where the client's knowledge ends, if it has any.
        """
        since = None if cursor is None else cursor.of(topics)
        missed = {name: self._missed(name, since) for name in topics}
        for name, data in topics.items():
            self._topic(name, data)
        client.topics = set(topics)
        self._join_crowd(client)
        if since is not None:
            for name, frames in missed.items():
                self.send(client, resumed(name, recovered=frames is not None))
        replayed = {name: frames for name, frames in missed.items() if frames is not None}
        whole = [(name, self._whole(name, self.topics[name])) for name in topics if name not in replayed]
        for position in positions(replayed, whole):
            self._write_position(client, position)

    def unsubscribe(self, client: Client, name: str) -> None:
        """Stop sending a client a topic."""
        client.topics.discard(name)
        client.behind.discard(name)
        topic = self.topics.get(name)
        if topic is not None:
            topic.clients.discard(client)
        if client.crowd is not None:
            self._leave_crowd(client)
            self._join_crowd(client)

    def _join_crowd(self, client: Client) -> None:
        """Let a client follow its topics together with all who follow the same."""
        if client.render is None or not client.topics:
            return
        name = followed(client.topics)
        crowd = self._crowds.get(name)
        if crowd is None:
            crowd = self._crowds[name] = Crowd(client.topics, client.encode, client.render)
            for topic in crowd.topics:
                self.topics[topic].crowds.add(crowd)
        crowd.clients.add(client)
        client.crowd = crowd

    def _leave_crowd(self, client: Client) -> None:
        crowd, client.crowd = client.crowd, None
        if crowd is None:
            return
        crowd.clients.discard(client)
        if not crowd.clients:
            del self._crowds[crowd.followed]
            for topic in crowd.topics:
                self.topics[topic].crowds.discard(crowd)

    def _topic(self, name: str, data: Mapping[str, Any]) -> Topic:
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = Topic(data, enc(self.seq))
        return topic

    def drop_unheard(self, kept: Callable[[str], bool]) -> None:
        """Forget the topics without a listener but for those to keep (whose rings serve who comes back)."""
        for name in [name for name, topic in self.topics.items() if not topic.heard and not kept(name)]:
            del self.topics[name]

    def publish(self, epoch: str, seq: str, topics: Mapping[str, Mapping[str, Any]], now: float) -> None:
        """Send the changed members of every topic to who listens to it.

        With another epoch than before nothing of the past holds: everybody gets the whole.
        """
        renewed = epoch != self.epoch
        self.epoch, self.seq = epoch, seq
        positions: dict[Crowd, list[tuple[str, Frame]]] = {}
        for name, data in topics.items():
            topic = self.topics.get(name)
            if topic is None or renewed:
                topic = self._restarted(name, topic, data)
                frame = self._whole(name, topic)
            else:
                changed = changes(topic.data, data)
                topic.data, topic.seq = data, enc(seq)
                if not changed:
                    continue
                frame = Frame(update(name, epoch, seq, changed), topic.seq)
                topic.keep(frame)
            self._broadcast([name], topic.clients, frame.bytes_for, now)
            for crowd in topic.crowds:
                positions.setdefault(crowd, []).append((name, frame))
        for crowd, position in positions.items():
            written = crowd.bytes_for(position)
            self._broadcast([name for name, _ in position], crowd.clients, partial(_given, written), now)

    def _restarted(self, name: str, topic: Topic | None, data: Mapping[str, Any]) -> Topic:
        fresh = self.topics[name] = Topic(data, enc(self.seq))
        if topic is not None:
            fresh.clients, fresh.crowds = topic.clients, topic.crowds
        return fresh

    def _broadcast(
        self,
        names: Sequence[str],
        clients: Collection[Client],
        bytes_for: Callable[[Encode], bytes],
        now: float,
    ) -> None:
        """Write what moved of some topics to clients: nine tenths of what a socket costs, so nothing else is here."""
        encode, data, skipped, gone = None, b"", 0, list[Client]()
        for client in clients:
            if client.behind or client.queued() > QUEUED:
                self._skip(client, names, now)
                skipped += 1
                continue
            if client.encode is not encode:
                encode = client.encode
                data = bytes_for(encode)
            try:
                client.write(data)
            except RuntimeError:  # uvloop says so of a connection that has ended; nobody else did yet
                gone.append(client)
        self._metrics.frames.inc(len(names) * (len(clients) - skipped))
        self._metrics.skipped.inc(len(names) * skipped)
        for client in gone:
            self._forget(client)

    def _write_position(
        self, client: Client, position: list[tuple[str, Frame]], now: float | None = None
    ) -> None:
        """Write all topics of a position; the last one ends it. Whoever lacks one of them gets the whole later."""
        for number, (name, frame) in enumerate(position, 1):
            if client in self.clients:
                crowd = client.crowd if number == len(position) else None
                data = frame.bytes_for(client.encode) if crowd is None else frame.last_for(crowd)
                self._write(client, name, data, now)

    def _write(self, client: Client, name: str, data: bytes, now: float | None = None) -> None:
        if client.behind or client.queued() > QUEUED:
            self._skip(client, [name], now)
            self._metrics.skipped.inc()
            return
        try:
            client.write(data)
        except RuntimeError:  # see `_broadcast`
            self._forget(client)
            return
        self._metrics.frames.inc()

    def _skip(self, client: Client, names: Iterable[str], now: float | None) -> None:
        client.behind.update(names)
        self._behind.add(client)
        if client.lagging_since is None:
            client.lagging_since = now

    def sweep(self, now: float) -> None:
        """Bring skipped clients up to date once they have drained; close those that do not."""
        for client in list(self._behind):
            if not client.behind or client.queued() <= DRAINED:
                self._behind.discard(client)
                behind, client.behind, client.lagging_since = client.behind, set(), None
                names = sorted(behind & client.topics)
                self._write_position(
                    client, [(name, self._whole(name, self.topics[name])) for name in names], now
                )
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

    def send(self, client: Client, message: Mapping[str, Any]) -> None:
        """Send one client a message of its own; a client that asks and never reads is closed."""
        if client.queued() > QUEUED:
            self.leave(client)
            client.close(LAGGING, "asks without reading")
            return
        try:
            client.write(client.encode(message))
        except RuntimeError:  # see `_broadcast`
            self._forget(client)

    def _missed(self, name: str, since: Since | None) -> list[Frame] | None:
        topic = self.topics.get(name)
        # Of a topic that nobody listened to until now the newest data may be newer than any update that comes.
        if topic is None or since is None or since.epoch != self.epoch:
            return None
        try:
            return topic.missed(enc(since.seq))
        except ValueError:
            return None  # a seq that no server ever gave: the whole will do

    def _whole(self, name: str, topic: Topic) -> Frame:
        return Frame(snapshot(name, self.epoch, self.seq, topic.data))


def _given(written: bytes, _: Encode) -> bytes:
    return written
