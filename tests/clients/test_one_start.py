"""Our own clients tell of a play with one start for ever: no other start would be the same play (ADR 19)."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from real_data import recorded_lines
from stack.demo.crowd import Crowd
from stack.demo.history import DAY_MS, history
from stack.imports.replaying import Recording, Replay
from stack.imports.replaying import recorded as rows_of
from streakline.ingest.events import MAX_EVENTS, decode_batch
from streakline.ingest.repeated_starts import Warned, second_starts
from streakline_client.imports import lastfm, spotify, youtube
from streakline_client.imports.events import parse
from streakline_client.imports.rows import Imported

NOW = 1_795_250_000_000
MINUTE = 60_000


def warned(events: list[dict[str, Any]]) -> list[Warned]:
    """Return what a server would warn of if all events came in one request."""
    read = []
    for begin in range(0, len(events), MAX_EVENTS):
        batch = decode_batch(msgspec.json.encode(events[begin : begin + MAX_EVENTS]))
        assert not batch.rejected
        read += [(begin + place, event) for place, event in batch.events]
    return second_starts(read)


def test_the_demo_tells_of_every_play_with_one_start():
    crowd = Crowd(7, NOW)
    told = [event for minute in range(21) for event in crowd.due(NOW + minute * MINUTE)]
    restarted = Crowd(7, NOW + 10 * MINUTE).due(NOW + 20 * MINUTE)
    past = list(history(7, NOW, days=2))
    plays = [event["playId"] for event in [*told, *restarted, *past] if "playId" in event]
    assert len(plays) > len(set(plays)) > 1_000  # starts, heartbeats and reports of the same plays
    assert warned([*told, *restarted, *past]) == []
    assert past[0]["timestamp"] < NOW - DAY_MS


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20_000)), min_size=1, max_size=30),
    st.floats(0.01, 1_000),
)
def test_a_replay_moves_every_sign_of_a_play_to_one_start(signs: list[tuple[int, int]], speed: float):
    said = [
        {
            "id": f"e{number}", "type": "heartbeat", "playId": f"p{play}", "contentId": "c", "sessionId": "s",
            "startedAt": NOW + 1_000 * play, "timestamp": NOW + 1_000 * play + later, "duration": 1,
        }
        for number, (play, later) in enumerate(signs)
    ]  # fmt: skip
    recording = Recording.of(rows_of([json.dumps(event) + "\n" for event in said]))
    _, moved = Replay(recording, start=NOW, speed=speed).due(NOW + 10_000_000_000)
    assert len(moved) == len(said)
    assert warned(moved) == []


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("imports/small/lastfm_scraper.tsv", lastfm.parse),
        ("imports/small/spotify_extended_paused.json", spotify.parse),
        ("imports/small/youtube_german.json", youtube.parse),
        ("listening/spotify_userB/StreamingHistory0.json", spotify.parse),
    ],
)
def test_an_import_tells_of_every_play_once(name: str, read: Callable[[Iterable[str], str], Iterable[Any]]):
    events = [outcome.event for outcome in read(recorded_lines(name), "u") if isinstance(outcome, Imported)]
    assert events
    assert not any("playId" in event for event in events)


def test_an_import_of_events_leaves_plays_and_their_starts_as_they_are():
    event = {"id": "a", "type": "play", "playId": "p", "contentId": "c", "timestamp": "2026-11-20T12:05:10Z"}
    again = event | {"id": "b", "duration": 120}
    outcomes = parse([json.dumps([event, again])], "u")
    events = [outcome.event for outcome in outcomes if isinstance(outcome, Imported)]
    assert len({event["playId"] for event in events}) == 1
    assert warned(events) == []
