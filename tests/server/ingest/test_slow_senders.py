"""The Python client over a network so slow that the server gives up on the body: the same events are sent again."""

from __future__ import annotations

import asyncio

import pytest

from server.ingest import admission
from streakline_client import Client
from wire import Serve, play


async def test_events_whose_body_came_too_slowly_are_sent_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "BODY_SECONDS", 0.1)
    server = await serve(anonymous_writes=True)
    answers: list[bytes] = []

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a request on, the first one without its last byte, and the answer back."""
        there, back = await asyncio.open_connection(server.host, server.port)
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].split()[0])
        body = await reader.readexactly(size)
        back.write(head + (body if answers else body[:-1]))
        answers.append(await there.read(65_536))
        writer.write(answers[-1])
        await writer.drain()
        for end in (writer, back):
            end.close()

    hop = await asyncio.start_server(passed, "127.0.0.1")
    async with hop, Client(f"http://127.0.0.1:{hop.sockets[0].getsockname()[1]}") as client:
        receipt = await client.post([play(0), play(1)])
    assert (receipt.accepted, receipt.rejected) == (2, ())
    assert [answer.split()[1] for answer in answers] == [b"408", b"202"]
