"""`streakline replay`: recorded times become now."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from stack.imports.replaying import Recording, Replay, recorded
from streakline_client import Receipt, Rejected

NOW = 1_795_250_000_000


def lines(*rows: dict[str, Any]) -> list[str]:
    return [json.dumps(row) + "\n" for row in rows]


def edit(seconds: int, **members: Any) -> dict[str, Any]:
    time_of = f"2015-09-12T00:{seconds // 60:02}:{seconds % 60:02}Z"
    return {"time": time_of, "page": "P", "user": "u", "channel": "#en.wikipedia", **members}


def test_the_first_event_is_now_and_the_others_follow_at_their_speed():
    recording = Recording.of(recorded(lines(edit(0), edit(60), edit(90))))
    replay = Replay(recording, start=NOW, speed=30)
    assert [event["timestamp"] for event in replay.due(NOW)[1]] == [NOW]
    assert replay.due(NOW + 1_999) == ([], [])
    assert [event["timestamp"] for event in replay.due(NOW + 2_500)[1]] == [NOW + 2_000]
    assert not replay.done
    assert [event["timestamp"] for event in replay.due(NOW + 60_000)[1]] == [NOW + 3_000]
    assert replay.done


def test_a_play_is_told_when_it_ended_and_keeps_its_start():
    play = {"id": "p", "type": "play", "timestamp": 1_000, "startedAt": 1_000, "playId": "x", "duration": 50}
    start = {"id": "s", "type": "play_start", "timestamp": 1_000, "startedAt": 1_000, "playId": "x"}
    replay = Replay(Recording.of(recorded(lines(play, start))), start=NOW, speed=10)
    ((first,), (second,)) = (replay.due(NOW)[1], replay.due(NOW + 5_000)[1])
    assert (first["type"], second["type"]) == ("play_start", "play")
    assert first["startedAt"] == second["startedAt"] == second["timestamp"] == NOW
    assert first["playId"] == second["playId"] != "x"


def test_each_replay_has_ids_of_its_own():
    recording = Recording.of(recorded(lines(edit(0))))
    one, other = (Replay(recording, start=NOW, speed=1).due(NOW)[1][0]["id"] for _ in range(2))
    assert one != other


def test_rows_that_are_neither_event_nor_edit_are_named():
    recording = Recording.of(recorded(lines(edit(0), {"milk": 1}, edit(1, time="noon"))))
    assert [row for row, _ in recording.unreadable] == [2, 3]
    assert "time 'noon' is no ISO 8601 time" in recording.unreadable[1][1]
    replay = Replay(recording, start=NOW, speed=1)
    replay.take([7], Receipt(accepted=0, rejected=(Rejected(0, "x", "no"),)))
    assert replay.rejected == [(7, "no")]


@pytest.mark.stack
def test_a_replayed_stream_arrives_with_its_countries_and_robots(
    streakline: Any, history: ClickHouse, tmp_path: Path
):
    began = time.time_ns() // 1_000_000
    file = tmp_path / "edits.json"
    rows = [edit(n, page=f"replayed {n % 3}", countryIsoCode="NZ", isRobot=n % 2 == 0) for n in range(60)]
    file.write_text("".join(lines(*rows)))
    done = streakline("replay", str(file), "--speed", "60")
    assert done.returncode == 0, done.stderr
    assert "60 of 60 events accepted, 0 rejected" in done.stdout
    assert streakline("import", "events", str(_marker(tmp_path)), "--user", "marker").returncode == 0
    ((number, robots, countries, first, last),) = history.query(
        "select count(), countIf(bot), groupUniqArray(country), toUnixTimestamp64Milli(min(ts)),"
        " toUnixTimestamp64Milli(max(ts)) from events final where source = 'wikipedia'"
    ).result_rows
    assert (number, robots, countries) == (60, 30, ["NZ"])
    assert began <= first <= last - 900


def _marker(folder: Path) -> Path:
    """Return a file whose import ends when everything sent before it shows."""
    file = folder / "marker.json"
    file.write_text(
        json.dumps(
            [{"type": "like", "contentId": f"m{n}", "timestamp": 1_600_000_000_000 + n} for n in range(40)]
        )
    )
    return file
