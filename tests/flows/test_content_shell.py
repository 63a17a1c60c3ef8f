"""The content flow's shell on a real Redis: what goes out together."""

from __future__ import annotations

import redis

from flows.content import ContentShell, ContentShells
from flows.process.gauges import Gauges
from flows.streams.connection import Command
from flows.streams.reader import StreamReader
from real_servers import TestRedis
from streakline.counting import snapshot as content_snapshot
from streakline.streams import keys
from streakline.streams.partitions import Partitions
from streakline.times import QUARTER_MS
from streams import Feeder

T0 = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS


class Running:
    """A shell of one shard, fed through its stream at wall-clock times of the test's own."""

    def __init__(self, redis_url: str, client: redis.Redis) -> None:
        self.feeder = Feeder(client, shards=1)
        self.reader = StreamReader(redis_url, [keys.events(0)])
        self.shells = ContentShells(client, self.reader, Partitions(1, 1), 1_000, Gauges("content", "0"))
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


def test_a_state_older_than_what_the_stream_holds_is_no_state(redis_server: TestRedis) -> None:
    # An old recovery folder came back: other processes counted on meanwhile, and the stream was trimmed.
    client = redis_server.client()
    running = Running(redis_server.url, client)
    running.play(100.0)
    assert running.shell is not None
    own = running.shell.freeze()
    chunks = {name: running.shell.chunk(name) or b"" for name in running.shells.needed(own)}
    assert running.shells.thawed(0, own, chunks).freeze() == own
    running.play(101.0)
    running.play(102.0)
    client.xtrim(keys.events(0), minid=f"{T0 + 3}", approximate=False)
    client.set(keys.trimmed(0), f"{T0 + 3}-0")
    again = running.shells.thawed(0, own, chunks).freeze()
    assert running.shells.needed(again) == set()
    tracker = content_snapshot.thaw(again, {}, 1_000)
    assert (tracker.position, tracker.floor) == (0, T0 + 2 * QUARTER_MS)


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


def test_what_is_shown_is_progress_so_that_a_restart_shows_nothing_older(redis_server: TestRedis) -> None:
    running = Running(redis_server.url, redis_server.client())
    running.play(100.0)
    shown = running.play(100.3)
    assert streams(shown) == [keys.UPDATES]
    assert ("HSET", keys.progress(0), "content", f"{T0 + 2}-0") in shown
