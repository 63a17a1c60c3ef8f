"""The shell of viewers on a real Redis, as Bytewax and the sink drive it."""

from __future__ import annotations

from typing import Any

from flows.process.gauges import Gauges
from flows.streams.candidates import Limits
from flows.streams.connection import Command
from flows.streams.reader import StreamReader
from flows.streams.sink import Write
from flows.viewers import ViewerShell, ViewerShells
from streakline.people.live.places import place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys

T0 = 1_700_000_100_000


class Shell:
    """The shell of the only part, which reads candidates at wall-clock times of the test's own."""

    def __init__(self, url: str, client: Any, limits: Limits = Limits()) -> None:  # noqa: B008 - it never changes
        self.client = client
        self.reader = StreamReader(url, [keys.candidates(0)])
        self.shells = ViewerShells(client, self.reader, 1, Gauges("viewers", "0"), limits)
        self.shell: ViewerShell | None = None
        self._now = 100.0

    def read(self) -> list[Command]:
        """Take what came; return the commands of what is written then, which Redis has executed."""
        items, _ = self.reader.read()
        self.shell = self.shell or self.shells.fresh(0)
        self._now += 1
        return self._executed(self.shell.take(items, self._now))

    def go_on(self) -> list[list[Command]]:
        """Let the time pass until nothing is due; return the commands of each write."""
        writes = []
        while self.shell and self.shell.due() is not None:
            self._now += 1
            writes.append(self._executed(self.shell.wake(self._now)))
        return writes

    def _executed(self, writes: list[Write]) -> list[Command]:
        commands = [command for write in writes for command in write.commands]
        for command in commands:
            self.client.execute_command(*command)
        for write in writes:
            write.written()
        return commands


def say(client: Any, number: int, **fields: Any) -> None:
    """Let content write candidates."""
    at = f"{T0 + number}-0"
    client.xadd(keys.candidates(0), {"s": 0, "u": at, "c": b"", **fields}, id=at)


def row(client: Any, person: int) -> PersonRow:
    _, slot, field = place_of(person, 1)
    return PersonRow.unpacked(client.hget(keys.streaks(0, slot), field))


def owed(commands: list[Command]) -> list[int]:
    """Return the persons of whom commands say that domain events are owed."""
    return [
        int.from_bytes(person, "little")
        for command in commands
        if command[:2] == ("SADD", keys.people(0))
        for person in command[2:]
        if isinstance(person, bytes)
    ]
