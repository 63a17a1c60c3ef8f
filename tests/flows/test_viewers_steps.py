"""The viewers flow's shell on a real Redis: what it holds is bounded, and what it says is the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.streams.candidates import Limits
from flows.streams.connection import Command
from flows.streams.reader import StreamReader
from flows.viewers import ViewerShells
from person_rows import Play, candidates
from real_servers import TestRedis
from streakline.streams import keys, progress
from streakline.streams.candidates import MARKED, MOVED
from streakline.times import DAY_MS
from viewer_shells import T0, Shell, owed, row, say


def size_of(commands: list[Command]) -> int:
    """Return the bytes of the rows among commands."""
    rows = [row for command in commands if ":streaks:" in str(command[1]) for row in command[3::2]]
    return sum(len(row) for row in rows if isinstance(row, bytes))


def rows(client: Any) -> dict[bytes, dict[bytes, bytes]]:
    """Return all live rows as they stand."""
    return {key: client.hgetall(key) for key in client.scan_iter("sl:*:streaks:*")}


FEW = Limits(waiting=4_000, plays=40, page=8, written=1_500, held=3_000)


def test_many_persons_at_once_take_many_small_writes_and_leave_the_rows_of_one(
    redis_server: TestRedis,
) -> None:
    client, rng = redis_server.client(), np.random.default_rng(3)
    for number in range(1, 31):
        # The last message alone is more than a step.
        some = rng.integers(1, 400, 300 if number == 30 else int(rng.integers(0, 60))).tolist()
        plays = candidates([Play(T0 - DAY_MS * (person % 5), number, person=person) for person in some])
        say(
            client,
            number,
            p=plays.tobytes(),
            m=np.array([(some[0], MOVED)] if some else [], MARKED).tobytes(),
        )
    few = Shell(redis_server.url, client, FEW)
    writes, persons = [few.read()], set[int]()
    assert few.shell is not None
    while few.shell.waiting or few.shell.due() is not None:
        writes += [*few.go_on(), few.read()]
    largest = max(len(row) for hashed in rows(client).values() for row in hashed.values())
    assert max(size_of(commands) for commands in writes) < FEW.written + FEW.page * largest
    for commands in writes:
        persons.update(owed(commands))
    written, progressed = rows(client), client.hgetall(keys.progress(0))
    assert len(writes) > 30
    client.delete(*written, keys.progress(0), keys.people(0))
    once = Shell(redis_server.url, client)
    at_once = once.read()
    assert rows(client) == written
    assert client.hgetall(keys.progress(0)) == progressed
    assert persons == set(owed(at_once))


def test_nothing_is_read_while_a_write_is_on_its_way_nor_while_enough_waits(redis_server: TestRedis) -> None:
    client = redis_server.client()
    say(client, 1, p=candidates([Play(T0, person=person) for person in range(50)]).tobytes())
    shell = Shell(redis_server.url, client, FEW)
    assert shell.read()
    assert shell.shell is not None
    (write,) = shell.shell.wake(200.0)
    assert shell.shell.wake(300.0) == []
    say(client, 2, p=candidates([Play(T0, person=person) for person in range(150)]).tobytes())
    shell.shell.take(shell.reader.read()[0], 300.0)
    assert shell.shell.waiting.size > FEW.waiting
    say(client, 3, p=b"")
    assert shell.reader.read()[0] == []
    for command in write.commands:
        client.execute_command(*command)
    write.written()
    shell.go_on()
    assert [entry for item in shell.reader.read()[0] for entry in item.entries] != []


def test_progress_goes_out_with_the_last_row_and_a_crash_between_repeats_them(
    redis_server: TestRedis,
) -> None:
    client = redis_server.client()
    say(client, 1, p=candidates([Play(T0, person=person) for person in range(100)]).tobytes())
    first = Shell(redis_server.url, client, FEW)
    commands = first.read()
    assert owed(commands)
    assert not client.exists(keys.progress(0))
    frozen = first.shell.freeze() if first.shell else b""
    for lost in (True, False):
        again = Shell(redis_server.url, client, FEW)
        if not lost:
            again.shell = again.shells.thawed(0, frozen, {})
            again.reader.positions.update(first.reader.positions)
        again.read()
        again.go_on()
        assert len(client.smembers(keys.people(0))) == 100
        assert client.hget(keys.progress(0), progress.VIEWERS_PEOPLE) == f"{T0 + 1}-0".encode()
        client.delete(keys.progress(0))


def test_messages_that_wait_are_in_the_snapshot(redis_server: TestRedis) -> None:
    client = redis_server.client()
    for number in range(1, 9):
        say(client, number, p=candidates([Play(T0, person=number * 50 + n) for n in range(30)]).tobytes())
    first = Shell(redis_server.url, client, FEW)
    first.read()
    assert first.shell is not None
    assert len(first.shell.waiting) > 3
    second = Shell(redis_server.url, client)
    second.shell = second.shells.thawed(0, first.shell.freeze(), {})
    second.reader.positions.update(first.reader.positions)
    second.go_on()
    assert all(row(client, number * 50 + n).days for number in range(1, 9) for n in range(30))
    assert client.hget(keys.progress(0), progress.VIEWERS.field) == f"{T0 + 8}-0".encode()


def test_without_its_folder_rows_that_stand_are_not_read_again(
    redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = redis_server.client()
    say(client, 1, p=candidates([Play(T0, 1), Play(T0 + 60_000, 1, person=9)]).tobytes())
    Shell(redis_server.url, client).read()
    say(client, 60_001, p=candidates([Play(T0, 2, person=4)]).tobytes())
    asked = list[int]()
    rows_of = ViewerShells.rows
    monkeypatch.setattr(
        ViewerShells, "rows", lambda shells, some: asked.extend(some) or rows_of(shells, some)
    )
    Shell(redis_server.url, client).read()
    assert sorted(asked) == [4, 9]  # the play of 9 had not begun
    assert row(client, 9).days


def test_a_read_brings_as_many_messages_as_their_size_allows(redis_server: TestRedis) -> None:
    client = redis_server.client()
    plays = candidates([Play(T0, person=person) for person in range(500)]).tobytes()
    for number in range(100):
        say(client, number, p=plays)
    reader = StreamReader(redis_server.url, [keys.candidates(0)], most=10_000)
    reader.read()
    ((item,), _) = reader.read()
    assert 10 <= len(item.entries) <= 20
