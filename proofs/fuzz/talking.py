"""Bad live connections: messages, frames and handshakes that make no sense, and clients that stall."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from proofs.fuzz.answers import Request, sent
from proofs.fuzz.crowding import Crowd
from proofs.fuzz.findings import LIVE, Findings

PATIENCE: Final = 8.0
STALLED, SLOW, SLOW_SECONDS = 20, 40, 2.0
"""Clients that never read; clients that send their handshake byte by byte, and for how long."""
MESSAGES: Final = (
    "", "x", "{}", "[]", "null", "1", '{"type":"x"}', '{"type":1}', '{"type":"subscribe"}', '{"type":"auth"}',
    '{"type":"subscribe","topics":null}', '{"type":"subscribe","topics":[1]}', '{"type":"auth","token":""}',
    '{"type":"subscribe","topics":["x"]}', '{"type":"subscribe","topics":["\\ud800"]}', "[" * 4_000,
    '{"type":"subscribe","topics":["overview"],"since":{"overview":1}}', '{"type":"auth","token":"a.b.c"}',
    '{"type":"auth","token":"\\ud800"}', '{"type":"subscribe","topics":["alerts"]}',
    json.dumps({"type": "subscribe", "topics": [f"content:{number}" for number in range(60)]}),
)  # fmt: skip
"""Live messages that are answered with an error; the connection stays."""
_HANDSHAKE: Final = (
    b"GET /api/live HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def frame(
    opcode: int, payload: bytes = b"", *, first: int = 0x80, masked: bool = True, said: int | None = None
) -> bytes:
    """Return a websocket frame as a client sends it.

    Args:
        opcode: its kind.
        payload: what it carries.
        first: the bits beside the opcode: 0x80 for the last fragment, 0x70 reserved.
        masked: as clients must.
        said: the length that it says it has; None for the true one.
    """
    size = len(payload) if said is None else said
    bit = 0x80 if masked else 0
    if size < 126:
        length = bytes((bit | size,))
    elif size < 1 << 16:
        length = struct.pack("!BH", bit | 126, size)
    else:
        length = struct.pack("!BQ", bit | 127, size)
    mask = b"\x01\x02\x03\x04" if masked else b""
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload)) if masked else payload
    return bytes((first | opcode,)) + length + mask + body


def frames(chance: random.Random) -> Iterator[bytes]:
    """Yield what may come after a handshake: corpus, then noise without end."""
    ping = b'{"type":"ping"}'
    yield from (frame(opcode, ping) for opcode in (2, 3, 4, 7, 0, 11, 15))
    yield from (frame(1, ping, first=bits) for bits in (0xC0, 0xA0, 0x90, 0xF0))
    texts = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"", b"\0", b"[" * 4_000, b"x" * 4_097)
    yield from (frame(1, text) for text in texts)
    yield frame(1, ping, masked=False)
    yield from (frame(1, ping, said=size) for size in (14, 16, 125, 126, 65_536, 2**31, 2**63 - 1, 2**64 - 1))
    yield from (frame(9, b"x" * size) for size in (0, 125, 126, 5_000))
    yield from (frame(9, b"x", first=0), frame(8, b"", first=0), frame(10, b"x" * 126))
    bodies = (b"", b"\x03", b"\x03\xe8", b"\0\0", b"\xff\xff", b"\x03\xe8\xff", b"x" * 126)
    yield from (frame(8, body) for body in bodies)
    yield frame(1, ping[:5], first=0) + frame(0, ping[5:])  # in two, as it may be
    yield frame(1, ping[:5], first=0) + frame(1, ping)
    yield frame(1, b"x", first=0) + b"".join(frame(0, b"x" * 1_000, first=0) for _ in range(20))
    yield b"".join(frame(1, b"", first=0) for _ in range(500))
    yield b"".join(frame(0, b"", first=0) for _ in range(500))
    yield frame(1, b"x", first=0) + frame(9, b"p") + frame(8, b"\x03\xe8") + frame(1, ping)
    yield frame(1, ping) * 2_000
    yield b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3
    yield frame(1, ping[:5], first=0) + frame(9, b"p") * 300 + frame(0, ping[5:])
    yield frame(1, b"\xe2\x82", first=0) + frame(0, b"\xac\xff")  # no UTF-8 across two fragments
    yield frame(1, b"", first=0) + b"".join(frame(0, b"x" * 100, first=0) for _ in range(50)) + frame(0, b"x")
    yield frame(1, zlib.compress(b" " * 5_000_000), first=0xC0) + frame(1, ping)
    yield frame(9, b"p", first=0x80) * 3_000 + frame(1, ping)
    yield frame(8, b"\x03\xe8") + frame(1, ping) * 50
    kinds = ("subscribe", "unsubscribe")
    yield b"".join(frame(1, _subscription(turn, kind)) for turn in range(200) for kind in kinds)
    yield frame(1, _subscription(0, "subscribe")) * 400
    while True:
        noise = chance.randbytes(chance.randrange(1, 600))
        opcode, bits = chance.randrange(16), chance.choice((0, 0x80, 0x80, 0xC0))
        said = chance.choice((None, None, 0, 3, 70_000))
        whole, begun = frame(opcode, noise, first=bits, said=said), frame(1, noise[:30], first=0)
        yield chance.choice((noise, whole, begun + noise))


def _subscription(turn: int, kind: str) -> bytes:
    topics = [f"content:{turn} {number}" for number in range(50)] * 2
    return json.dumps({"type": kind, "topics": topics}).encode()


class Talker:
    """Speaks to one server's live endpoints."""

    def __init__(self, url: str, token: str, findings: Findings) -> None:
        self._url, self._token, self._findings = url, token, findings
        address = urlsplit(url)
        self._to = address.hostname or "", address.port or 0

    def talk(self, number: int) -> None:
        """Try everything, with so many connections for frames; others stall meanwhile."""
        with self._stalled():
            for text, _ in zip(frames(random.Random(self._findings.seed)), range(number), strict=False):
                self._say(text)
            asyncio.run(self._messages())
            asyncio.run(self._slow_handshakes())
            asyncio.run(Crowd(self._url, self._token, self._findings).ask())

    @contextlib.contextmanager
    def _stalled(self) -> Iterator[None]:
        """Hold connections, of both sorts, that subscribe to everything and never read."""
        events = b"GET /api/live/events?topics=overview,top:plays HTTP/1.1\r\nHost: here\r\n\r\n"
        topics = frame(1, b'{"type":"subscribe","topics":["overview","top:plays"]}')
        with contextlib.ExitStack() as held:
            for number in range(STALLED):
                connection = held.enter_context(socket.socket())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                connection.connect(self._to)
                connection.sendall(events if number % 2 else _HANDSHAKE + topics)
            yield

    def _say(self, after: bytes) -> None:
        """Shake hands, say something, and wait until the server has hung up."""
        begun = time.monotonic()
        heard = b""
        with socket.create_connection(self._to, timeout=PATIENCE) as connection:
            try:
                connection.sendall(_HANDSHAKE)
                while b"\r\n\r\n" not in heard:
                    heard += connection.recv(65_536)
                with contextlib.suppress(ConnectionError, OSError):  # hung up on in the middle of it
                    connection.sendall(after)
                    connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(65_536):
                    heard += more
                    if time.monotonic() - begun > PATIENCE:
                        raise TimeoutError
            except ConnectionError:
                pass
            except TimeoutError:
                self._findings.fail(LIVE, after, f"still connected after {PATIENCE:.0f} seconds")
        answered = len(heard.partition(b"\r\n\r\n")[2]) > 0
        self._findings.note("live frames", "answered" if answered else "closed", time.monotonic() - begun)

    async def _messages(self) -> None:
        """Send whole messages that make no sense: each is answered with an error, and the connection stays."""
        chance = random.Random(self._findings.seed)
        texts = [*MESSAGES, *(_message(chance) for _ in range(200))]
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{self._url}/api/live") as live:
            for text in texts:
                begun = time.monotonic()
                await live.send_str(text)
                await live.send_str('{"type":"ping"}')
                errors = await _errors_until_pong(live)
                self._findings.note("live messages", "error" if errors else "taken", time.monotonic() - begun)
                if text in MESSAGES and not (errors and all(errors)):
                    self._findings.fail(LIVE, text, "answered without an error that says why")
            await live.send_bytes(b"\0\xff")
            await live.send_str("x" * 5_000)
            while (last := await live.receive(PATIENCE)).type is aiohttp.WSMsgType.TEXT:
                pass
            if live.close_code != 1009:
                self._findings.fail(LIVE, "5000 bytes", f"closed with {live.close_code}, not 1009: {last}")

    async def _slow_handshakes(self) -> None:
        """Send many handshakes byte by byte; meanwhile others are answered."""

        async def drip() -> None:
            _, writer = await asyncio.open_connection(*self._to)
            with contextlib.suppress(ConnectionError):
                for byte in _HANDSHAKE[:-1]:
                    writer.write(bytes((byte,)))
                    await asyncio.sleep(SLOW_SECONDS / len(_HANDSHAKE))
            writer.transport.abort()

        slow = [asyncio.create_task(drip()) for _ in range(SLOW)]
        begun = time.monotonic()
        await asyncio.sleep(SLOW_SECONDS / 2)
        answer = await asyncio.to_thread(sent, self._to, Request("GET", b"/health"), patience=PATIENCE)
        if answer.status != 200:
            why = f"answered {answer.status} while others shook hands slowly"
            self._findings.fail(LIVE, "GET /health", why)
        await asyncio.gather(*slow)
        for _ in slow:
            self._findings.note("live slow handshakes", "held nobody up", time.monotonic() - begun)


async def _errors_until_pong(live: aiohttp.ClientWebSocketResponse) -> list[str]:
    errors = []
    while (said := await live.receive_json(timeout=PATIENCE))["type"] != "pong":
        if said["type"] == "error":
            errors.append(said["message"])
    return errors


def _message(chance: random.Random) -> str:
    """Return a message with something wrong in it, mostly."""
    kind = chance.choice(("subscribe", "unsubscribe", "auth", "ping", "x", None, 5))
    far = ["content:" + "a" * chance.randrange(300)]
    odd: tuple[object, ...] = (None, 1, "", "overview", ["overview", 1], {"a": []}, far, -(10**40), "\ud800")
    names = chance.sample(("topics", "since", "token", "epoch", "seq"), 3)
    return json.dumps({"type": kind, **{name: chance.choice(odd) for name in names}})[:4_000]
