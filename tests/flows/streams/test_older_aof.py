"""Redis comes back with an older append-only file under the three real flows: they notice, say so, and agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from flow_processes import FlowProcesses, wait_for_close, wait_until
from real_servers import TestClickHouse, TestRedis
from sql.connection import connect
from sql.migrate import migrate
from stack.verify.verifier import Verifier
from streakline.health import faults
from streakline.measures import INDEX, unpack_counts
from streakline.streams import keys
from streakline.streams.progress import FLOWS
from streakline.times import DAY_MS, HOUR_MS, QUARTER_MS
from streams import Feeder

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]
T0 = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS


@pytest.fixture
def flows(tmp_path: Path, store: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[FlowProcesses]:
    migrate(clickhouse_server.url)
    folder = tmp_path / "data"
    folder.mkdir()
    processes = FlowProcesses(folder, store.url, clickhouse_server.url, STREAKLINE_EPOCH_SECONDS="0.3")
    yield processes
    processes.close()


class Story:
    """Plays of several contents and listeners, each told apart, late ones among them."""

    def __init__(self, client: redis.Redis) -> None:
        self.feeder = Feeder(client)
        self.plays = 0
        self.at = T0

    def go_on(self, minutes: int) -> str:
        """Send a play a minute and every fifth time one of the day before; return the last position."""
        for _ in range(minutes):
            self.at += 60_000
            self.plays += 1
            start = self.at - DAY_MS if self.plays % 5 == 0 else self.at
            self.feeder.append([self._play(start)], self.at)
        self.feeder.tick(self.at, seq=1)
        return f"{self.at}-1"

    def end(self) -> str:
        """Let every bucket close."""
        self.at += 3 * HOUR_MS
        self.feeder.tick(self.at)
        return f"{self.at}-0"

    def _play(self, start: int) -> dict[str, object]:
        return {
            "id": f"play-{self.plays}",
            "type": "play",
            "contentId": f"song-{self.plays % 7}",
            "userId": f"user-{self.plays % 5}",
            "timestamp": start,
            "duration": 30,
            "source": f"source-{self.plays % 3}",
        }


def told(client: redis.Redis) -> set[str]:
    """Return where Redis is said to have gone back."""
    held = client.hgetall(keys.FAULTS)
    return {fault.where for fault in faults.unpacked(held) if fault.name == faults.WENT_BACK}


def assert_agreement(
    story: Story, client: redis.Redis, clickhouse_url: str, flows: FlowProcesses, *, plays: int
) -> None:
    """Let everything close, and compare history with itself and with the number of plays."""
    end = story.end()
    flows.wait_for(client, end)
    wait_for_close(client, story.at)
    wait_until(
        "no recount is owed",
        lambda: all(not client.hget(keys.progress(shard), "archive:mark") for shard in range(4)),
    )
    history = connect(clickhouse_url)
    verifier = Verifier(client, history, 4)
    differing = [check for check in verifier.checks(verifier.fixed(), 30) if check.differing]
    assert differing == []
    assert history.query("select count() from events final").result_rows == [(plays,)]
    bases = [client.hget(keys.base(shard), "*") for shard in range(4)]
    assert sum(unpack_counts(base).measures[INDEX["plays"]] for base in bases if base) == plays
    assert [client.hget(keys.progress(shard), "archive:differences") for shard in range(4)] == [None] * 4


def test_a_redis_that_only_starts_again_alarms_nobody(
    store: TestRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse
) -> None:
    client = store.client()
    story = Story(client)
    flows.start()
    flows.wait_for(client, story.go_on(30))
    store.kill()
    store.start()
    flows.wait_for(client, story.go_on(30))
    flows.kill()
    store.kill()
    store.start()
    flows.start()
    flows.wait_for(client, story.go_on(5))
    assert told(client) == set()
    assert_agreement(story, client, clickhouse_server.url, flows, plays=story.plays)


def test_an_older_file_under_running_flows_is_noticed_and_raw_rows_still_count(
    store: TestRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    client = store.client()
    story = Story(client)
    flows.start()
    flows.wait_for(client, story.go_on(100))
    older = store.copy_out(tmp_path)
    flows.wait_for(client, story.go_on(80))  # inserted, counted, shown: and forgotten by redis
    store.go_back(older)
    for flow in FLOWS:
        # The end of another flow's log may name this one too: only the beginning says whose it is.
        ended = f"{flow}: "
        wait_until(f"{flow} ends", lambda ended=ended: any(d.startswith(ended) for d in flows.died()))  # type: ignore[misc]
        flows.start(flow)
    flows.wait_for(client, story.go_on(20))
    assert {where.partition(" ")[0] for where in told(client)} == set(FLOWS)
    assert_agreement(story, client, clickhouse_server.url, flows, plays=story.plays)


def test_an_older_file_found_at_the_start_by_flows_that_were_killed_in_different_places(
    store: TestRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    client = store.client()
    story = Story(client)
    flows.start()
    flows.wait_for(client, story.go_on(100))
    older = store.copy_out(tmp_path)
    flows.kill("archive")  # what comes now is nowhere but in redis, and lost
    lost = story.plays
    story.go_on(20)
    lost = story.plays - lost
    wait_until(
        "content has read it", lambda: client.hget(keys.progress(0), "content") == f"{story.at}-1".encode()
    )
    flows.kill("content", "viewers")
    store.go_back(older)
    flows.start()
    story.go_on(20)
    flows.kill()  # before there are snapshots of what was read again
    flows.start()
    flows.wait_for(client, story.go_on(20))
    assert_agreement(story, client, clickhouse_server.url, flows, plays=story.plays - lost)


def test_a_redis_that_lost_everything_gets_back_what_history_knows(
    store: TestRedis, flows: FlowProcesses, clickhouse_server: TestClickHouse
) -> None:
    client = store.client()
    story = Story(client)
    flows.start()
    flows.wait_for(client, story.go_on(200))
    flows.kill()
    store.go_back(None)
    story.feeder = Feeder(client)  # seed, shards and codes, as `prepare` and ingest make them again
    story.go_on(3)
    flows.start()
    flows.wait_for(client, story.go_on(20))
    assert_agreement(story, client, clickhouse_server.url, flows, plays=story.plays)
