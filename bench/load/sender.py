"""`python -m bench.load.sender HOST PORT`: posts on command, over plain blocking connections, one thread each.

Its address and what to send come as lines of JSON on stdin; each is answered by a line when everything is
acknowledged. What is refused for pressure (429, 503) is sent again after a moment.
"""

from __future__ import annotations

import itertools
import socket
import sys
import threading
import time
from collections import Counter
from typing import Final

import msgspec

from bench.load.requests import COUNTED, Template, filled, numbered, templates

PATH: Final = "/api/stats/events"
AGENT: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
PATIENCE: Final = 30.0
"""Seconds that one answer may take."""
PAUSE: Final = 0.25
"""Seconds before a request that was refused for pressure is sent again."""
_NOTHING_REJECTED: Final = b'"rejected":[]'


class Address(msgspec.Struct):
    """Whom to post to, and how much at once."""

    host: str
    port: int
    token: str
    events: int
    connections: int


class Order(msgspec.Struct):
    """What to send next."""

    posts: int
    rate: float
    """Events a second; 0 for as fast as answers come."""


class Report(msgspec.Struct):
    """What was acknowledged since the beginning."""

    posts: int = 0
    events: int = 0
    """As sent: repeats count."""
    adds: dict[str, int] = {}
    """Measure -> what the counts must have grown by."""
    refused: int = 0
    """Answers 429 and 503; the same was then sent again."""
    rejected: int = 0
    """Requests of which an event was rejected, or with an answer that a good one must never get."""
    behind: float = 0.0
    """The longest that a request of this order left after it was due, s."""
    wrong: str = ""
    """The first answer that was wrong."""

    def faults(self) -> list[str]:
        """Return what is not as it must be."""
        wrong = (
            [f"{self.rejected} requests with a wrong answer, the first: {self.wrong}"]
            if self.rejected
            else []
        )
        return wrong + ([f"{self.refused} requests were refused for pressure"] if self.refused else [])


class Sender:
    """Sends orders, one after another."""

    def __init__(self, address: Address) -> None:
        """Make the requests and open the connections."""
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {address.host}\r\nAuthorization: Bearer {address.token}\r\n"
            f"User-Agent: {AGENT}\r\nContent-Type: application/json\r\n"
        )
        self._templates: list[Template] = templates(head.encode(), address.events)
        self._lines = [Line(address) for _ in range(address.connections)]
        self._events = address.events
        self._next = 0
        self._lock = threading.Lock()
        self._adds: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
        self._report = Report()

    def send(self, order: Order) -> Report:
        """Return when everything of an order is acknowledged."""
        self._report.behind = 0.0
        numbers = enumerate(numbered(self._next, order.posts))
        first, self._next = self._next, self._next + order.posts
        began = time.time()
        apart = self._events / order.rate if order.rate else 0.0
        threads = [
            threading.Thread(target=self._work, args=(line, numbers, first, began, apart))
            for line in self._lines
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._report.adds = dict(self._adds)
        return self._report

    def _work(self, line: Line, numbers: enumerate[int], first: int, began: float, apart: float) -> None:
        while True:
            with self._lock:
                at, number = next(numbers, (0, -1))
            if number < 0:
                return
            due = began + at * apart
            late = time.time() - due
            if apart and late < 0:
                time.sleep(-late)
            template = self._templates[number % len(self._templates)]
            # Of the number alone, so that what is sent twice says the same time.
            second = int(began + (number - first) * apart)
            fault, refused = line.deliver(filled(template, number, second))
            with self._lock:
                self._note(template, late, fault, refused, again=number != first + at)

    def _note(self, template: Template, late: float, fault: bytes, refused: int, *, again: bool) -> None:
        report = self._report
        report.posts += 1
        report.events += self._events
        report.refused += refused
        report.behind = max(report.behind, late)
        if not again:
            self._adds.update(template.adds)
        if fault:
            report.rejected += 1
            report.wrong = report.wrong or fault[:500].decode(errors="replace")


class Line:
    """One connection."""

    def __init__(self, address: Address) -> None:
        """Connect."""
        self._socket = socket.create_connection((address.host, address.port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def deliver(self, request: bytes) -> tuple[bytes, int]:
        """Post until it is taken or wrong; return what is wrong with the answer (or nothing), and refusals."""
        for refused in itertools.count():
            self._socket.sendall(request)
            answer = self._answer()
            status = answer[9:12]
            if status in {b"429", b"503"}:
                time.sleep(PAUSE)
                continue
            good = status == b"202" and _NOTHING_REJECTED in answer
            return b"" if good else answer, refused
        raise AssertionError

    def _answer(self) -> bytes:
        answer = self._socket.recv(65_536)
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        length = int(answer[:end].lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(answer) < end + 4 + length:
            answer += self._more()
        return answer

    def _more(self) -> bytes:
        more = self._socket.recv(65_536)
        if not more:
            msg = "the server closed the connection in the middle of an answer"
            raise ConnectionError(msg)
        return more


def main() -> int:
    """Send what is ordered until stdin ends."""
    lines = sys.stdin.buffer
    sender = Sender(msgspec.json.decode(lines.readline(), type=Address))
    for line in lines:
        report = sender.send(msgspec.json.decode(line, type=Order))
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
