"""What several shards insert at the same time is one statement, and nobody goes on before his own rows are stored."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.codes import Codes
from flows.archive.flow import HistorySink
from flows.archive.gathering import FULL, Gathering
from flows.archive.ledger import Ledger
from flows.archive.shard import ShardArchive
from flows.archive.store import Store
from flows.process.gauges import Gauges
from flows.streams.reader import StreamReader
from real_servers import TestClickHouse, TestRedis
from sql.connection import connect, pool
from sql.migrate import migrate
from streakline.streams import keys
from streakline.times import QUARTER_MS
from streams import Feeder

SECONDS = 60
NEWEST_PART = (
    "select max(max_block_number) from system.parts where database = currentDatabase() and table = 'events'"
)
"""Every insert into a year gives its part the next number."""
T0 = 1_700_000_100_000 // QUARTER_MS * QUARTER_MS


class Statements:
    """Notes what was inserted; refuses what holds some bytes."""

    def __init__(self, refused: bytes = b"-") -> None:
        self.sent: list[bytes] = []
        self._refused = refused

    def __call__(self, data: bytes) -> None:
        self.sent.append(data)
        if self._refused in data:
            msg = f"refused: {data!r}"
            raise ValueError(msg)


def batch(gathering: Gathering, shards: Sequence[Callable[[], None]]) -> list[BaseException | None]:
    """Let each shard of a batch do its work in a thread; return what each raised."""

    def work(own: Callable[[], None]) -> None:
        with gathering.works():
            own()

    gathering.begin(len(shards))
    with ThreadPoolExecutor(len(shards)) as threads:
        running: list[Future[None]] = [threads.submit(work, own) for own in shards]
        return [one.exception(SECONDS) for one in running]


def test_what_all_shards_insert_is_one_statement_a_table() -> None:
    gathering, events, rollup = Gathering(), Statements(), Statements()

    def shard(number: int) -> Callable[[], None]:
        return lambda: gathering.insert(
            "rollup" if number == 9 else "events", b"%d" % number, rollup if number == 9 else events
        )

    assert batch(gathering, [shard(number) for number in (1, 2, 3, 9)]) == [None] * 4
    assert [sorted(data) for data in events.sent] == [sorted(b"123")]
    assert rollup.sent == [b"9"]


def test_a_shard_that_inserts_nothing_or_ends_holds_nobody_up() -> None:
    gathering, events = Gathering(), Statements()

    def fails() -> None:
        msg = "redis went back"
        raise RuntimeError(msg)

    ended = batch(gathering, [lambda: gathering.insert("events", b"1", events), lambda: None, fails])
    assert events.sent == [b"1"]
    assert [str(error) for error in ended] == ["None", "None", "redis went back"]


def test_rows_that_are_refused_are_the_fault_of_their_shard_alone() -> None:
    gathering, events = Gathering(), Statements(refused=b"2")

    def shard(data: bytes) -> Callable[[], None]:
        return lambda: gathering.insert("events", data, events)

    ended = batch(gathering, [shard(data) for data in (b"1", b"2", b"3")])
    assert [error is None for error in ended] == [True, False, True]
    assert sorted(events.sent[1:]) == [b"1", b"2", b"3"]


def test_what_is_worth_a_statement_of_its_own_is_inserted_beside_the_others() -> None:
    gathering, events, both = Gathering(), Statements(), threading.Barrier(2)

    def send(data: bytes) -> None:
        both.wait(SECONDS)
        events(data)

    shards = [lambda: gathering.insert("events", bytes(FULL), send) for _ in range(2)]
    assert batch(gathering, shards) == [None, None]
    assert [len(data) for data in events.sent] == [FULL, FULL]


def test_outside_of_a_batch_everybody_inserts_alone() -> None:
    gathering, events = Gathering(), Statements()
    gathering.insert("events", b"1", events)
    gathering.insert("events", b"2", events)
    assert events.sent == [b"1", b"2"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["events", "rollup", "facts"]), st.booleans()), max_size=4),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_shards_insert_is_stored_before_they_go_on(plans: list[list[tuple[str, bool]]]) -> None:
    gathering, lock = Gathering(), threading.Lock()
    stored: dict[str, list[bytes]] = {"events": [], "rollup": [], "facts": []}
    early: list[bytes] = []

    def shard(number: int, plan: list[tuple[str, bool]]) -> Callable[[], None]:
        def work() -> None:
            for place, (table, good) in enumerate(plan):
                data = b"<%d.%d%s>" % (number, place, b"" if good else b"!")

                def send(data: bytes, table: str = table) -> None:
                    if b"!" in data:
                        msg = "refused"
                        raise ValueError(msg)
                    with lock:
                        stored[table].append(data)

                if good:
                    gathering.insert(table, data, send)
                    if data not in b"".join(stored[table]):
                        early.append(data)
                else:
                    with pytest.raises(ValueError, match="refused"):
                        gathering.insert(table, data, send)

        return work

    assert batch(gathering, [shard(number, plan) for number, plan in enumerate(plans)]) == [None] * len(plans)
    assert early == []
    for table, sent in stored.items():
        good = [
            b"<%d.%d>" % (number, place)
            for number, plan in enumerate(plans)
            for place, (where, fine) in enumerate(plan)
            if where == table and fine
        ]
        assert sorted(b"".join(sent).replace(b">", b"> ").split()) == sorted(good)


def test_a_batch_of_many_shards_is_one_part_of_raw_rows(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    migrate(clickhouse_server.url)
    client, stop, gathering, shards = redis_server.client(), threading.Event(), Gathering(), range(16)
    own = pool(len(shards))
    feeder = Feeder(client, len(shards), parts=4)
    reader = StreamReader(redis_server.url, [keys.events(shard) for shard in shards])
    codes = Codes(client, stop)
    archives = {
        shard: ShardArchive(
            Ledger(shard, client, stop),
            Store(
                lambda seconds: connect(clickhouse_server.url, seconds=seconds, pool=own),
                stop,
                gathering=gathering,
            ),
            codes,
        )
        for shard in shards
    }
    partition: Any = HistorySink(archives, Gauges("archive", "all"), gathering).build("", 0, 1)
    inserted = []
    with clickhouse_server.client() as history:
        for number in range(3):
            plays = [play(100 * number + n) for n in range(100)]
            feeder.append(plays, T0 + number, seq=number)
            items, _ = reader.read()
            assert len(items) == len(shards)
            partition.write_batch(items)
            inserted.append(history.query(NEWEST_PART).result_rows[0][0])
        rows = history.query("select uniqExact(shard), count() from events final").result_rows
    partition.close()
    assert rows == [(16, 300)]
    assert [later - before for before, later in pairwise(inserted)] == [1, 1]
    at = [client.hget(keys.progress(shard), "archive") for shard in shards]
    assert at == [f"{T0 + 2}-2".encode()] * len(shards)


def play(number: int) -> dict[str, object]:
    return {
        "id": f"play-{number}",
        "type": "play",
        "contentId": f"song-{number}",
        "userId": f"user-{number % 7}",
        "timestamp": T0,
        "duration": 30,
    }


def test_of_all_shards_one_makes_its_rows_at_a_time_and_none_waits_for_an_insert_of_another() -> None:
    gathering = Gathering()
    at_work, most, inserting = list[int](), list[int](), threading.Event()

    def made(shard: int) -> Iterator[int]:
        for _ in range(50):
            at_work.append(shard)
            zlib.compress(bytes(200_000))  # lets go of the interpreter's lock
            most.append(len(at_work))
            at_work.remove(shard)
            yield shard

    def inserted() -> list[int]:
        for one in gathering.one_by_one(made(0)):
            assert inserting.wait(30)
            return [one]
        return []

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(inserted)
        others = [
            threads.submit(lambda shard=shard: list(gathering.one_by_one(made(shard)))) for shard in (1, 2)
        ]
        assert [len(other.result(30)) for other in others] == [50, 50]
        inserting.set()
        assert first.result(30) == [0]
    assert max(most) == 1
