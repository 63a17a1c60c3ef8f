"""A name server of one's own: what Docker's is to containers."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_ANSWER: Final = 0x8180
_A, _IN = 1, 1


class Names(asyncio.DatagramProtocol):
    """Answers questions for IPv4 addresses of the names in `addresses`, which may change."""

    def __init__(self, addresses: dict[str, str]) -> None:
        """Take the names and their addresses."""
        self.addresses = addresses
        self._transport: asyncio.DatagramTransport | None = None

    @asynccontextmanager
    async def served(self) -> AsyncIterator[int]:
        """Answer during the block, on the port that it is given."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        try:
            yield self._transport.get_extra_info("sockname")[1]
        finally:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a question (RFC 1035): the address, for no longer than a second, or that there is none."""
        labels, place = [], 12
        while length := data[place]:
            labels.append(data[place + 1 : place + 1 + length].decode())
            place += length + 1
        question = data[12 : place + 5]
        (kind,) = struct.unpack_from(">H", data, place + 1)
        address = self.addresses.get(".".join(labels)) if kind == _A else None
        head = data[:2] + struct.pack(">HHHHH", _ANSWER, 1, int(address is not None), 0, 0)
        record = b""
        if address is not None:
            record = b"\xc0\x0c" + struct.pack(">HHIH", _A, _IN, 1, 4) + socket.inet_aton(address)
        assert self._transport is not None
        self._transport.sendto(head + question + record, addr)
