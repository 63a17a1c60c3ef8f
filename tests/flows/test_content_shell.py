"""The content flow's shell on a real Redis: what goes out together."""

from __future__ import annotations

import redis

from flows.content import ContentShell, ContentShells
from flows.gauges import Gauges
from flows.reader import StreamReader
from flows.sinks import Command
from real_servers import TestRedis
from streakline import keys
from streakline.times import QUARTER_MS
from streams import Feeder

T0 = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS


class Running:
    """A shell of one shard, fed through its stream at wall-clock times of the test's own."""

    def __init__(self, redis_url: str, client: redis.Redis) -> None:
        self.feeder = Feeder(client, shards=1)
        self.reader = StreamReader(redis_url, [keys.events(0)])
        self.shells = ContentShells(client, self.reader, 1, 1_000, Gauges("content", "0"))
        self.shell: ContentShell | None = None
        self._number = 0

    def play(self, now: float) -> list[Command]:
        """Let somebody play at a time in seconds; return the commands of what is written then."""
        self._number += 1
        at = T0 + self._number
        self.feeder.append(
            [{"id": f"p{self._number}", "type": "play", "contentId": "a", "userId": "u", "timestamp": at}], at
        )
        items, _ = self.reader.read()
        self.shell = self.shell or self.shells.fresh(0)
        return [command for write in self.shell.take(items, now) for command in write.commands]


def streams(commands: list[Command]) -> list[object]:
    return [command[1] for command in commands if command[0] == "XADD"]


def test_live_numbers_go_out_with_the_message_to_archive_at_the_latest(redis_server: TestRedis) -> None:
    # `settled` waits for what archive makes of that message, and then for the newest live update.
    running = Running(redis_server.url, redis_server.client())
    assert {keys.out(0), keys.UPDATES} <= set(streams(running.play(100.0)))
    assert keys.UPDATES in streams(running.play(100.9))
    told = streams(running.play(101.0))
    assert keys.out(0) in told
    assert keys.UPDATES in told
