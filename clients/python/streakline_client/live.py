"""Live numbers: the websocket as an endless iterator that keeps itself connected.

Three states, as in the TypeScript client: a socket is opened, it delivers, it is lost and opened again after
a pause with full jitter; each topic resumes from the last sequence number seen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from streakline_client.errors import Refused, Unreachable
from streakline_client.retries import LATER, Patience, Tries

SUBPROTOCOL = Subprotocol("streakline.v1")
FINAL_CODES = frozenset({1008, 4400, 4401, 4403})
"""Close codes after which trying again cannot help: refused, unreadable, unauthorized, forbidden."""

Cursor = Mapping[str, str]
"""`{"epoch", "seq"}` of the last message of a topic."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the server."""

    type: str
    """`snapshot`, `update`, `resumed` or `error`."""
    topic: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    """Of a snapshot all members, of an update those that changed (None: gone)."""
    state: dict[str, Any] = field(default_factory=dict)
    """All that is known of the topic after this message."""
    recovered: bool = True
    """Of `resumed`: whether the gap of a lost connection was filled."""
    code: str = ""
    """Of an error, with `text`."""
    text: str = ""


class Live:
    """Messages of topics, for ever. Iterate it once; close it, or use it with `async with`."""

    def __init__(
        self,
        url: str,
        topics: Iterable[str],
        *,
        token: str | None = None,
        since: Mapping[str, Cursor] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._url = "ws" + url.removeprefix("http") + "/api/live"
        self._topics = list(topics)
        self._token = token
        self._patience = patience or Patience()
        self.cursors: dict[str, Cursor] = dict(since or {})
        """Topic -> where it is; keep it to go on later with `since`."""
        self.state: dict[str, dict[str, Any]] = {topic: {} for topic in self._topics}
        """Topic -> all its members as last heard."""
        self._messages: AsyncIterator[Message] | None = None
        self._socket: ClientConnection | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[Message]:
        if self._messages is None:
            self._messages = self._run()
        return self._messages

    async def close(self) -> None:
        """End the iteration and close the socket."""
        self._closed = True
        if self._socket is not None:
            await self._socket.close()

    async def _run(self) -> AsyncIterator[Message]:
        tries = Tries(self._patience)
        while not self._left():
            why = "closed"
            try:
                async with self._connection() as socket:
                    self._socket = socket
                    await socket.send(json.dumps(self._subscription()))
                    async for frame in socket:
                        tries = Tries(self._patience)
                        message = self._read(json.loads(frame))
                        if message is not None:
                            yield message
            except ConnectionClosed as closed:
                why = self._lost(closed)
            except InvalidStatus as refused:
                if refused.response.status_code not in LATER:
                    detail = (refused.response.body or b"")[:500].decode(errors="replace")
                    raise Refused(refused.response.status_code, self._url, {"detail": detail}) from refused
                why = str(refused)
            except (OSError, TimeoutError, WebSocketException) as error:
                why = str(error) or type(error).__name__
            finally:
                self._socket = None
            if self._left():
                return
            pause = tries.pause()
            if pause is None:
                msg = f"{self._url} is not to be reached after {tries.made} tries; last: {why}"
                raise Unreachable(msg)
            await asyncio.sleep(pause)

    def _left(self) -> bool:
        return self._closed

    def _connection(self) -> connect:
        return connect(
            self._url,
            subprotocols=[SUBPROTOCOL],
            additional_headers={"Authorization": f"Bearer {self._token}"} if self._token else None,
            user_agent_header="Streakline-Python/0.1",
            open_timeout=self._patience.connect,
            close_timeout=2,
            ping_interval=20,
            ping_timeout=10,
            max_size=4 * 1024 * 1024,
            compression=None,
            proxy=None,
        )

    def _subscription(self) -> dict[str, Any]:
        message: dict[str, Any] = {"type": "subscribe", "topics": self._topics}
        if self.cursors:
            message["since"] = {topic: dict(cursor) for topic, cursor in self.cursors.items()}
        return message

    def _read(self, raw: dict[str, Any]) -> Message | None:
        kind, topic = str(raw.get("type")), str(raw.get("topic") or "")
        if kind in {"snapshot", "update"}:
            data = raw["data"]
            state = merged({} if kind == "snapshot" else self.state.get(topic, {}), data)
            self.state[topic] = state
            self.cursors[topic] = {"epoch": raw["epoch"], "seq": raw["seq"]}
            return Message(kind, topic, data, state)
        if kind == "resumed":
            return Message(kind, topic, state=self.state.get(topic, {}), recovered=bool(raw["recovered"]))
        if kind == "error":
            return Message(kind, topic, code=str(raw.get("code")), text=str(raw.get("message")))
        return None  # a pong, or a message of a newer server: neither is for the caller

    def _lost(self, closed: ConnectionClosed) -> str:
        code = closed.rcvd.code if closed.rcvd else 1006
        reason = closed.rcvd.reason if closed.rcvd else "connection lost"
        if code in FINAL_CODES:
            raise Refused(code, self._url, {"detail": reason}) from closed
        return f"{code} {reason}"


def merged(state: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a topic's members after a change: each given one replaces the whole member, None removes it."""
    after = {**state, **changes}
    return {name: value for name, value in after.items() if value is not None}
