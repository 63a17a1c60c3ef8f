"""The sender as a child process: orders in, reports out."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import msgspec

from bench.load.sender import Address, Order, Report
from proofs.running.child import Child
from proofs.running.stack import StackProcess


class SenderProcess(Child):
    """`with` ends it; `send` returns what has been acknowledged since its start."""

    def __init__(self, stack: StackProcess, *, events: int = 50, connections: int = 32) -> None:
        """Start it, to post to a running stack, so many events a request."""
        super().__init__("bench.load.sender")
        self.events, parts = events, urlsplit(stack.url)
        address = Address(parts.hostname or "", parts.port or 80, stack.token, events, connections)
        self.say(msgspec.json.encode(address))

    async def send(self, events: int, rate: float = 0.0) -> Report:
        """Send about so many events at a rate (events/s; 0: as fast as answers come) and wait for the last answer.

        Raises:
            RuntimeError: if the sender ended; it has said why on stderr.
        """
        order = msgspec.json.encode(Order(events // self.events, rate))
        return msgspec.json.decode(await asyncio.to_thread(self.ask, order), type=Report)
