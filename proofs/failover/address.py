"""An address that moves: what leads to one server now leads to another after a failover, as a proxy or a name would."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
CHUNK: Final = 1 << 16


class MovingAddress:
    """A port on loopback that forwards every connection to where it leads now. Use it with `with`."""

    def __init__(self, port: int) -> None:
        """Listen at a free port and lead to another."""
        self._target = port
        self._open: set[asyncio.StreamWriter] = set()
        self._forwarding: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="moving address", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accepted, LOOPBACK, 0), self._loop
        ).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    def lead_to(self, port: int) -> None:
        """Lead to another port; connections that were open are cut."""
        asyncio.run_coroutine_threadsafe(self._lead_to(port), self._loop).result()

    async def _lead_to(self, port: int) -> None:
        self._target = port
        for writer in list(self._open):
            writer.transport.abort()

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._forward(reader, writer))
        self._forwarding.add(task)
        task.add_done_callback(self._forwarding.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            there_reader, there = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            self._open.discard(writer)
            return
        self._open.add(there)
        both = [
            asyncio.ensure_future(_copy(reader, there)),
            asyncio.ensure_future(_copy(there_reader, writer)),
        ]
        # Who hangs up on one side hangs up on the other.
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, there):
            end.transport.abort()
            self._open.discard(end)
        await asyncio.gather(*both, return_exceptions=True)

    def close(self) -> None:
        """Cut everything and listen no more."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*self._forwarding, return_exceptions=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
