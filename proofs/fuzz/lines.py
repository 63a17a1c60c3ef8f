"""Whole conversations over one connection: requests behind requests, in odd pieces, some of which turn bad midway."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from proofs.fuzz.requests import DEEP, EVENTS

REPEATED: Final = 120
"""Conversations of one head sent again and again with other bodies."""


class Line(NamedTuple):
    """What is sent over a connection, and how many answers it is worth."""

    pieces: tuple[bytes, ...]
    answers: int

    def __repr__(self) -> str:
        shown = [piece if len(piece) < 150 else piece[:100] + b"..." + piece[-40:] for piece in self.pieces]
        return f"{len(shown)} pieces, {self.answers} answers: {shown}"


def lines(token: str, seed: int) -> Iterator[Line]:
    """Yield the corpus, then repeated heads with bodies by chance."""
    chance = random.Random(seed)
    yield from _corpus(token)
    for _ in range(REPEATED):
        bodies = [chance.choice(_BODIES) for _ in range(chance.randrange(2, 12))]
        yield _cut(chance, b"".join(_post(token, body) for body in (_good(), *bodies)), len(bodies) + 1)


def _cut(chance: random.Random, whole: bytes, answers: int) -> Line:
    places = sorted(chance.randrange(len(whole)) for _ in range(chance.choice((0, 1, 5, 30))))
    return Line(tuple(whole[a:b] for a, b in zip((0, *places), (*places, len(whole)), strict=True)), answers)


def _head(
    token: str, *more: str, length: int | None = None, method: str = "POST", path: str = EVENTS
) -> bytes:
    lengths = [] if length is None else [f"Content-Length: {length}"]
    start = f"{method} {path} HTTP/1.1", "Host: here", f"Authorization: Bearer {token}"
    return "\r\n".join((*start, *more, *lengths, "", "")).encode()


def _post(token: str, body: bytes) -> bytes:
    return _head(token, length=len(body)) + body


def _good(number: int = 1) -> bytes:
    at = time.time_ns() // 1_000_000
    play = {"type": "like", "action": "like", "contentId": "lines", "sessionId": "s", "timestamp": at}
    return json.dumps([{**play, "id": f"line-{at}-{n}"} for n in range(number)]).encode()


def _corpus(token: str) -> Iterator[Line]:
    """Yield what is framed wrongly or oddly; each is worth an answer without the client hanging up first."""
    chunked, good = _head(token, "Transfer-Encoding: chunked"), _post(token, _good())
    health = _head(token, method="GET", path="/health")
    for wrong in (
        b"zz\r\n", b"-1\r\n", b"f" * 17 + b"\r\n", b"2\r\n[]]]\r\n", b"2\n[]\n0\n\n", b"0\r\nA\0: b\r\n\r\n",
        b"\r\n\r\n",
        b"1;" + b"x" * 20_000 + b"\r\n[\r\n0\r\n\r\n", b"0\r\n" + b"t: v\r\n" * 5_000 + b"\r\n", b"0x2\r\n[]\r\n",
    ):  # fmt: skip
        yield Line((chunked + wrong,), 1)
        yield Line((chunked, wrong), 1)
        yield Line((good, good, chunked, b"1\r\n[\r\n", wrong), 3)
    ones = b"".join(b"1\r\n%c\r\n" % byte for byte in b"[" + b" " * 50_000 + b"]") + b"0\r\n\r\n"
    yield Line((chunked, ones), 1)
    yield Line((chunked + b"2;a=b\r\n[]\r\n0\r\nTrailer: x\r\n\r\n" + health,), 2)
    yield from (
        Line((_head(token, "Content-Encoding: " + coding, length=8), b"\xffrubbish"), 1)
        for coding in _CODINGS
    )
    yield Line((_head(token, "Content-Encoding: deflate", length=7), b"\x78\x9c\x8b\x8e", b"\x05\0\1"), 1)
    yield Line((_head(token, "Expect: 100-continue", length=2), b"[]", health), 2)
    yield Line((_head(token, "Expect: 100-continue", length=2) + b"[]" + good,), 2)
    yield Line((good, _head(token, "Expect: money", length=2) + b"[]"), 2)
    yield Line((health * 100,), 100)
    yield Line((good * 60,), 60)
    yield Line((good, health, good, health * 3, good), 7)
    yield Line((good + b"GET /\0 HTTP/1.1\r\n\r\n",), 2)
    yield Line((good, good[:-1], b"}\r\n\r\n\r\n"), 2)
    yield Line((good, good + b"rubbish\r\n\r\n"), 3)
    yield from (Line((good, good, good.replace(b"Content-Length: ", said)), 3) for said in _LENGTHS)
    yield Line((good, good.replace(b"Host: here", b"Host: here\r\nHost: there")), 2)
    yield Line((good, good.replace(b"Host: here", b"Host:\there ")), 2)
    yield Line((good, _post("none", _good())), 2)
    yield Line((good, good.lower()), 2)
    yield Line((good, good.replace(b"HTTP/1.1", b"HTTP/1.0")), 2)
    yield Line((good, *(bytes((byte,)) for byte in health)), 2)
    yield Line((_head(token, "Upgrade: websocket", "Connection: Upgrade", length=2) + b"[]" + health,), 1)
    yield Line((_head(token, "Connection: close", length=2) + b"[]" + health * 2,), 1)


_CODINGS: Final = ("gzip", "deflate", "zstd")
_LENGTHS: Final = (
    b"Content-Length: -", b"Content-Length: +", b"Content-Length: 0x", b"Content-Length: 9999999999999999999",
    b"Content-Length : ", b"content-length:\t-", b"Content-Length: 1\r\nContent-Length: ", b"Content-Length: 1,",
)  # fmt: skip
_BODIES: Final = (
    b"", b"[]", b"[", b"{}", b"\0", b"[null]", b"[{}]", b"\xff", DEEP.encode(), b"[]" + b" " * 900_000,
    b'{"events":[]}', b"[" + b"{}," * 1_000 + b"{}]", b'[{"id":"\\ud800"}]', b"GET / HTTP/1.1\r\n\r\n", _good(),
    _good(3), _good(500), _good().replace(b"lines", b"l" * 300), _good().replace(b'"s"', b'"s","source":"a new one"'),
)  # fmt: skip
