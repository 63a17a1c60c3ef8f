"""The viewers flow's shell on a real Redis: what it says when its state is lost."""

from __future__ import annotations

import numpy as np
import pytest

from flows.process.gauges import Gauges
from flows.streams.reader import StreamReader
from flows.viewers import ViewerShells
from person_rows import Play, candidates
from real_servers import TestRedis
from streakline.people.live.places import place_of
from streakline.people.presence import PresenceTracker
from streakline.streams import keys
from streakline.streams.candidates import MARKED, MOVED
from streakline.times import HOUR_MS
from viewer_shells import T0, Shell, owed, row, say


@pytest.mark.parametrize("trimmed", [False, True])
def test_windows_are_complete_from_the_start_only_if_no_candidate_is_gone(
    redis_server: TestRedis, *, trimmed: bool
) -> None:
    # Also at the second start without state, when the first one was too short for three snapshots.
    client = redis_server.client()
    client.xadd(keys.candidates(0), {"s": 0, "u": f"{T0}-0", "c": b""}, id=f"{T0}-0")
    if trimmed:
        client.set(keys.trimmed_candidates(0), f"{T0}-0")
    reader = StreamReader(redis_server.url, [keys.candidates(0)])
    shells = ViewerShells(client, reader, 1, Gauges("viewers", "0"))
    for _ in range(2):
        tracker = PresenceTracker.thaw(shells.fresh(0).freeze(), {})
        assert tracker.since == (T0 + HOUR_MS if trimmed else 0)


def test_rows_of_persons_go_out_with_the_progress_and_a_lost_folder_changes_nothing(
    redis_server: TestRedis,
) -> None:
    client = redis_server.client()
    say(client, 1, p=candidates([Play(T0, 1), Play(T0, 2, person=9)]).tobytes())
    written = Shell(redis_server.url, client).read()
    assert {command[0:2] for command in written if ":streaks:" in str(command[1])} == {
        ("HSET", keys.streaks(0, place_of(person, 1).slot)) for person in (1, 9)
    }
    assert any(command[1] == keys.progress(0) for command in written)
    before = row(client, 1).packed(), row(client, 9).packed()
    say(client, 2, p=candidates([Play(T0 + 1, 1)]).tobytes(), m=np.array([(9, MOVED)], MARKED).tobytes())
    again = Shell(redis_server.url, client).read()
    assert (row(client, 1).packed(), row(client, 9).packed() != before[1]) == (before[0], True)
    assert row(client, 9).marks == MOVED
    assert keys.streaks(0, place_of(1, 1).slot) not in [command[1] for command in again]


def test_who_has_something_new_is_owed_events_in_the_write_that_says_so(redis_server: TestRedis) -> None:
    client = redis_server.client()
    say(client, 1, p=candidates([Play(T0, 1), Play(T0, 2, person=9)]).tobytes())
    shell = Shell(redis_server.url, client)
    written = shell.read()
    assert owed(written) == [1, 9]
    assert any(command[1] == keys.progress(0) for command in written)
    assert client.smembers(keys.people(0)) == {person.to_bytes(8, "little") for person in (1, 9)}
    say(client, 2, p=candidates([Play(T0 + 1, 1)]).tobytes())
    assert owed(shell.read()) == []
    say(client, 3, p=b"", m=np.array([(9, MOVED)], MARKED).tobytes())
    assert owed(shell.read()) == [9]
    # Without its folder it reads all of it again; what stands in rows with its progress is left as it is.
    say(client, 4, p=candidates([Play(T0 - 86_400_000, 1)]).tobytes())
    assert owed(Shell(redis_server.url, client).read()) == [1]


def test_what_is_not_written_yet_is_in_the_snapshot(redis_server: TestRedis) -> None:
    client = redis_server.client()
    say(client, 1, p=candidates([Play(T0 + 60_000, 1)]).tobytes())
    first = Shell(redis_server.url, client)
    first.read()
    assert first.shell is not None
    second = Shell(redis_server.url, client)
    second.shell = second.shells.thawed(0, first.shell.freeze(), {})
    second.reader.positions.update(first.reader.positions)
    assert not row(client, 1).days
    say(client, 60_000)
    second.read()
    assert row(client, 1).days


@pytest.mark.parametrize("fields", [{}, {"p": b""}], ids=["of an older content flow", "of this one"])
def test_candidates_without_plays_leave_persons_to_history(
    redis_server: TestRedis, fields: dict[str, bytes]
) -> None:
    client = redis_server.client()
    client.set(keys.PEOPLE_WHOLE, 1)
    say(client, 1, **fields)
    Shell(redis_server.url, client).read()
    assert bool(client.exists(keys.PEOPLE_WHOLE)) == bool(fields)


@pytest.mark.parametrize("older", [False, True])
def test_progress_of_an_older_build_leaves_persons_to_history(
    redis_server: TestRedis, *, older: bool
) -> None:
    client = redis_server.client()
    client.set(keys.PEOPLE_WHOLE, 1)
    say(client, 1, p=b"")
    Shell(redis_server.url, client).read()
    if older:
        client.hset(keys.progress(0), "viewers:cand", f"{T0 + 2}-0")
    say(client, 3, p=b"")
    Shell(redis_server.url, client).read()
    assert bool(client.exists(keys.PEOPLE_WHOLE)) is not older


FOREIGN = {
    "no rows": b"123",
    "too early": candidates([Play(1)]).tobytes(),
    "too late": candidates([Play(T0 + 10**9)]).tobytes(),
    "no type": candidates([Play(T0, ctype=99)]).tobytes(),
}


@pytest.mark.parametrize("played", FOREIGN.values(), ids=FOREIGN)
def test_plays_that_no_content_flow_writes_are_dead_letters(redis_server: TestRedis, played: bytes) -> None:
    client = redis_server.client()
    say(client, 1, p=played)
    written = Shell(redis_server.url, client).read()
    assert any(command[:2] == ("XADD", keys.DEAD) for command in written)
    assert not row(client, 1).days
