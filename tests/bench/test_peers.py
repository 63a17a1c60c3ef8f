"""The job of the peers: right by a plain count, also when it is put down and taken up again in the middle."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from bytewax.testing import run_main

from bench.baselines import plain_windows
from bench.peers import job
from bench.peers.generator import LATE_MS, generate
from bench.peers.minutes import WAIT_MS, MinutesTracker
from bench.peers.reference import Reference

EVENTS = 20_000
MINUTE = 60_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("peers") / "events.jsonl"
    generate(path, EVENTS)
    return path


def counted(source: Path) -> list[str]:
    """Count with dicts and sets."""
    rows: dict[tuple[str, int], list[dict]] = defaultdict(list)  # type: ignore[type-arg]
    for line in source.read_text().splitlines():
        event = json.loads(line)
        rows[event["trackId"], event["timestamp"] // MINUTE * MINUTE].append(event)
    return sorted(
        f"{track},{minute},{len(plays)},{sum(play['duration'] for play in plays)},"
        f"{sum(play['skipped'] for play in plays)},{len({play['userId'] for play in plays})}"
        for (track, minute), plays in rows.items()
    )


def test_the_job_gives_the_rows_of_a_plain_count(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    run_main(job.topology(source, target))
    assert sorted(target.read_text().split()) == counted(source)
    assert Reference(source).difference(target).none


def test_bytewaxs_own_windows_give_them_too(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    run_main(plain_windows.topology(source, target, default=False))
    assert sorted(target.read_text().split()) == counted(source)


def test_the_reference_tells_what_is_missing_wrong_and_double(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    first, second, *rest = counted(source)
    target.write_text("\n".join([second + "0", *rest, rest[0]]))
    difference = Reference(source).difference(target)
    assert (difference.rows, difference.missing, difference.extra) == (len(rest) + 2, 2, 2)
    assert not difference.none
    assert first not in target.read_text().split()


def test_a_state_that_is_put_down_and_taken_up_again_counts_on(source: Path) -> None:
    lines = source.read_bytes().splitlines(keepends=True)
    tracker, rows = MinutesTracker(), []
    for first in range(0, len(lines), 1999):
        rows += tracker.take(b"".join(lines[first : first + 1999]))
        tracker = MinutesTracker.thaw(tracker.freeze())
    assert sorted(rows + tracker.rows()) == counted(source)


def test_a_minute_is_said_when_nothing_of_it_is_awaited_any_more() -> None:
    tracker = MinutesTracker()
    at = 1_767_225_600_000
    assert tracker.take(play(at)) == []
    assert tracker.take(play(at + MINUTE + WAIT_MS - 1)) == []
    assert tracker.take(play(at + 1)) == []
    assert tracker.take(play(at + MINUTE + WAIT_MS)) == [f"t,{at},2,10,0,1"]
    assert tracker.take(play(at)) == []
    assert tracker.late == 1


def play(at: int) -> bytes:
    event = {"event_id": str(at), "trackId": "t", "userId": "u", "timestamp": at}
    return json.dumps({**event, "duration": 5, "skipped": False}).encode() + b"\n"


def test_no_event_of_the_generator_is_later_than_it_says(source: Path) -> None:
    newest, late, tracks = 0, 0, set()
    for line in source.read_text().splitlines():
        event = json.loads(line)
        late = max(late, newest - event["timestamp"])
        newest = max(newest, event["timestamp"])
        tracks.add(event["trackId"])
    assert 0 < late <= LATE_MS
    assert len(tracks) > 1000


def test_the_same_seed_makes_the_same_events(source: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again.jsonl", EVENTS)
    assert (tmp_path / "again.jsonl").read_bytes() == source.read_bytes()
