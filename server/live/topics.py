"""Topics: the newest data of each, its last updates, and the clients that listen to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Protocol

from server.live.cursors import followed

RING: Final = 256
"""Updates of a topic kept for clients that come back: about a minute."""

Encode = Callable[[Mapping[str, Any]], bytes]
Render = Callable[[Mapping[str, Any], str], bytes]
"""Renders a message that ends a position, for who follows topics of such a name."""


class Transport(Protocol):
    """What the fan-out needs of a connection."""

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
        self._rendered: dict[Encode | str, bytes] = {}

    def bytes_for(self, encode: Encode) -> bytes:
        """Return the message as one kind of client reads it."""
        rendered = self._rendered.get(encode)
        if rendered is None:
            rendered = self._rendered[encode] = encode(self.message)
        return rendered

    def last_for(self, crowd: Crowd) -> bytes:
        """Return the message as a crowd reads it at the end of a position."""
        rendered = self._rendered.get(crowd.followed)
        if rendered is None:
            rendered = self._rendered[crowd.followed] = crowd.render(self.message, crowd.followed)
        return rendered


class Client:
    """One connection: a websocket, or a stream of server-sent events, which follows its topics with one cursor."""

    __slots__ = (
        "behind", "close", "crowd", "encode", "lagging_since", "queued", "render", "topics", "transport", "write",
    )  # fmt: skip

    def __init__(
        self,
        transport: Transport,
        encode: Encode,
        close: Callable[[int, str], None],
        render: Render | None = None,
    ) -> None:
        self.transport = transport
        # Bound once: they are called for every message of every socket.
        self.write = transport.write
        self.queued = transport.get_write_buffer_size
        self.encode = encode
        self.close = close
        self.render = render
        """Renders the message that ends a position; None where every message tells its own."""
        self.topics: set[str] = set()
        self.crowd: Crowd | None = None
        """All who follow the same topics with one cursor."""
        self.behind: set[str] = set()
        """Topics of which it missed an update."""
        self.lagging_since: float | None = None


class Crowd:
    """Clients that follow the same topics with one cursor: a position of those is rendered once for all of them."""

    __slots__ = ("clients", "encode", "followed", "render", "topics")

    def __init__(self, topics: Collection[str], encode: Encode, render: Render) -> None:
        self.topics = frozenset(topics)
        self.followed = followed(topics)
        """The name of the topics."""
        self.encode, self.render = encode, render
        self.clients: set[Client] = set()

    def bytes_for(self, position: Sequence[tuple[str, Frame]]) -> bytes:
        """Return a position, the (topic, message) of each topic that moved, as these clients read it."""
        *frames, (_, last) = position
        return b"".join([*(frame.bytes_for(self.encode) for _, frame in frames), last.last_for(self)])


class Topic:
    """The newest data of a topic, its listeners, and its last updates."""

    __slots__ = ("clients", "crowds", "data", "ring", "seq", "since")

    def __init__(self, data: Mapping[str, Any], seq: int) -> None:
        self.data = data
        self.seq = seq
        self.since = seq
        """The ring holds every update after this position."""
        self.clients: set[Client] = set()
        self.crowds: set[Crowd] = set()
        """Those with one cursor for all their topics: they are sent a whole position at a time."""
        self.ring: deque[Frame] = deque(maxlen=RING)

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self.clients or self.crowds)

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
