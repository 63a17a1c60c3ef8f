"""The raw connection that requests go out over, byte by byte as they are, and what comes back."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

PAUSE: Final = 0.004
"""Seconds between two pieces, so that they arrive as pieces."""
GARBLED: Final = 599
"""Stands for the status of what is no answer."""
Address = tuple[str, int]


class Request(NamedTuple):
    """One request: bytes as they go out but for what `sent` adds."""

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes | None = None


class Answer(NamedTuple):
    """An answer; status 0 for a connection that was closed without one."""

    status: int
    head: bytes
    body: bytes


def sent(to: Address, what: Request | bytes, *, patience: float) -> Answer:
    """Send something over a connection of its own; return the answer (of a stream its head), also if it is cut off."""
    answers, rest = heard(to, (what if isinstance(what, bytes) else _raw(what),), 1, patience=patience)
    if answers:
        return answers[0]
    head, _, body = rest.partition(b"\r\n\r\n")
    return Answer(_status(head) if head else 0, head, body)


def _raw(request: Request) -> bytes:
    lines = [request.method.encode("latin-1") + b" " + request.target + b" HTTP/1.1", b"Host: here"]
    lines += [name + b": " + value for name, value in request.headers]
    if request.body is not None:
        lines.append(b"Content-Length: %d" % len(request.body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (request.body or b"")


def heard(to: Address, pieces: Sequence[bytes], most: int, *, patience: float) -> tuple[list[Answer], bytes]:
    """Send pieces; return so many whole answers, fewer if the server hangs up, and what else came.

    Raises:
        TimeoutError: if they do not come in time.
    """
    deadline = time.monotonic() + patience
    answers: list[Answer] = []
    received = b""
    with socket.create_connection(to, timeout=patience) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError):  # hung up on: what it has answered before says why
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(PAUSE if len(pieces) > 1 else 0)
        while len(answers) < most:
            if time.monotonic() > deadline:
                raise TimeoutError
            try:
                more = connection.recv(65_536)
            except ConnectionError:
                break
            if not more:
                break
            received = _taken(received + more, answers, bare=pieces[0].startswith(b"HEAD "))
    return answers, received


def _taken(received: bytes, answers: list[Answer], *, bare: bool) -> bytes:
    """Move whole answers out of what was received, `bare` ones without a body; return the rest."""
    while b"\r\n\r\n" in received:
        head, _, body = received.partition(b"\r\n\r\n")
        status, low = _status(head), head.lower()
        length = int(low.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if bare or status in (101, 204) or b"text/event-stream" in low:
            length = 0
        elif b"transfer-encoding: chunked" in low:
            length = len(body) + (not body.endswith(b"0\r\n\r\n"))
        if len(body) < length:
            break
        if status >= 200 or status == 101:  # 100 announces an answer and is none
            answers.append(Answer(status, head, body[:length]))
        received = body[length:]
    return received


def _status(head: bytes) -> int:
    return int(head.split()[1]) if head.startswith(b"HTTP/1.") else GARBLED
