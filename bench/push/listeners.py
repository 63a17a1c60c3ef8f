"""Many listeners in one process: raw sockets in one epoll loop that count messages and measure their age.

A child of the benchmark. Arguments as JSON: port, request (path), say (what to send after the handshake), kind, number,
source (address), receive_buffer. It obeys lines on its input (`begin`, `stall`, `report`) and answers each with one
line of JSON.
"""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import sys
import time
from typing import Any, Final, NamedTuple

PACE: Final = 100
"""Connections that may wait for their first answer: fewer than the backlog of any server (aiohttp's own is 128)."""
PATIENCE: Final = 60.0
LONGEST_MS: Final = 120_000
_PONG: Final = bytes((0x8A, 0x80, 0, 0, 0, 0))
_MARK: Final = b'"seq":"'
_HEAD_END: Final = b"\r\n\r\n"


class Message(NamedTuple):
    """Where the next message of a stream of bytes ends, and what it is."""

    end: int
    kind: str
    """`data`, `ping`, `close` or `end`."""


def websocket_message(data: bytes, at: int) -> Message | None:
    """Return the unmasked frame that begins at a place, None while its end has not come."""
    if len(data) < at + 2:
        return None
    size, head = data[at + 1], 2
    if size == 126:
        size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
    elif size == 127:
        size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
    end = at + head + size
    if end > len(data) or len(data) < at + head:
        return None
    return Message(end, {0x81: "data", 0x89: "ping", 0x88: "close"}.get(data[at], "end"))


def event_message(data: bytes, at: int) -> Message | None:
    """Return the HTTP chunk that begins at a place, None while its end has not come."""
    line = data.find(b"\r\n", at)
    if line < 0:
        return None
    size = int(data[at:line], 16)
    end = line + 2 + size + 2
    if end > len(data):
        return None
    if not size:
        return Message(end, "end")
    return Message(end, "ping" if data[line + 2] == ord(":") else "data")


def age_ms(data: bytes, at: int, now_ms: int) -> int:
    """Return how long ago the update of a message was written: its `seq` begins with the ms of that moment."""
    mark = data.find(_MARK, at)
    if mark < 0:
        return 0
    mark += len(_MARK)
    return now_ms - int(data[mark : data.index(b"-", mark)])


class Listeners:
    """Connections to one path of one server."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._asked = asked
        self._message = websocket_message if asked["kind"] == "websocket" else event_message
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._pending: dict[int, bytes] = {}
        self._heads: set[int] = set()
        self.answered = 0
        self.begin()
        self._closed = 0

    def begin(self) -> None:
        """Count from here."""
        self._ages = [0] * (LONGEST_MS + 1)
        self._messages = self._bytes = 0

    def connect(self) -> None:
        """Open all connections; return when each has had its first message."""
        end = time.monotonic() + PATIENCE
        while len(self._sockets) < self._asked["number"]:
            self._open()
            if len(self._sockets) - self.answered >= PACE:
                self._wait_for(len(self._sockets) - PACE // 2, end)
        self._wait_for(len(self._sockets), end)

    def obey(self) -> None:
        """Read from the sockets, and do what the lines of the input say, until it ends."""
        commands = sys.stdin.fileno()
        self._epoll.register(commands, select.EPOLLIN)
        while True:
            for fd, _ in self._epoll.poll():
                if fd != commands:
                    self._read(fd)
                    continue
                lines = os.read(commands, 4096).decode()
                if not lines:
                    return
                for line in lines.split():
                    self._do(line)

    def _do(self, command: str) -> None:
        answer: dict[str, Any] = {}
        if command == "begin":
            self.begin()
        elif command == "stall":
            for fd in self._sockets:
                self._epoll.unregister(fd)
        elif command == "report":
            answer = {
                "messages": self._messages, "bytes": self._bytes, "closed": self._closed,
                "ages": {age: n for age, n in enumerate(self._ages) if n},
            }  # fmt: skip
        say(answer)

    def _wait_for(self, answered: int, end: float) -> None:
        while self.answered < answered:
            if time.monotonic() > end:
                sys.exit(
                    f"{self.answered} of {len(self._sockets)} listeners were answered; waited {PATIENCE:.0f} s"
                )
            for fd, _ in self._epoll.poll(1.0):
                self._read(fd)

    def _open(self) -> None:
        connection = socket.socket()
        if self._asked["receive_buffer"]:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._asked["receive_buffer"])
        connection.connect(("127.0.0.1", self._asked["port"]))
        connection.sendall(handshake(self._asked))
        connection.setblocking(False)
        fd = connection.fileno()
        self._sockets[fd] = connection
        self._pending[fd] = b""
        self._heads.add(fd)
        self._epoll.register(fd, select.EPOLLIN)

    def _read(self, fd: int) -> None:
        try:
            data = self._sockets[fd].recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._epoll.unregister(fd)
            self._closed += 1
            return
        self._bytes += len(data)
        pending = self._pending[fd]
        if pending:
            data = pending + data
        self._pending[fd] = self._take(fd, data)

    def _take(self, fd: int, data: bytes) -> bytes:
        """Count whole messages; return what is left."""
        at = 0
        if fd in self._heads:
            end = data.find(_HEAD_END)
            if end < 0:
                return data
            if not data.startswith((b"HTTP/1.1 101", b"HTTP/1.1 200")):
                sys.exit(f"the server answered {data[:80]!r}")
            self._heads.remove(fd)
            self.answered += 1
            at = end + len(_HEAD_END)
        now = time.time_ns() // 1_000_000
        while at < len(data):
            message = self._message(data, at)
            if message is None:
                break
            if message.kind == "data":
                self._messages += 1
                self._ages[min(LONGEST_MS, max(0, age_ms(data, at, now)))] += 1
            elif message.kind == "ping" and self._asked["kind"] == "websocket":
                self._sockets[fd].send(_PONG)
            at = message.end
        return data[at:]


def handshake(asked: dict[str, Any]) -> bytes:
    """Return the request, and the first websocket message behind it."""
    request = f"GET {asked['request']} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if asked["kind"] != "websocket":
        return f"{request}\r\n".encode()
    request += (
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    said = asked["say"].encode()
    frame = bytes((0x81, 0x80 | len(said), 0, 0, 0, 0)) + said if said else b""
    return request.encode() + frame


def say(answer: dict[str, Any]) -> None:
    """Write one line to who started this."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Connect, say so, and obey."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listeners = Listeners(json.loads(sys.argv[1]))
    listeners.connect()
    say({"answered": listeners.answered})
    listeners.obey()
    return 0


if __name__ == "__main__":
    sys.exit(main())
