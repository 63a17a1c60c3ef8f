"""The importers against recorded histories; the answers were computed apart from the product."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from real_data import recorded_lines
from streakline_client.imports import lastfm, spotify, wikipedia, youtube
from streakline_client.imports.rows import Imported, Outcome, Skipped

LASTFM = "listening/lastfm_userA_2007-2018.csv.gz"
SPOTIFY_B = "listening/spotify_userB/StreamingHistory0.json"
SPOTIFY_C = "listening/spotify_userC_extended/processed_sample_1000.csv"
SPOTIFY_VIDEO = "listening/spotify_userC_extended/Streaming_History_Video_2020-2025.json"
YOUTUBE = "watching/youtube/watch-history.json"
WIKIPEDIA = "streams/wikiticker-2015-09-12.json.gz"


def events_of(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    strange = [outcome for outcome in outcomes if not isinstance(outcome, Imported | Skipped)]
    assert not strange
    return [outcome.event for outcome in outcomes if isinstance(outcome, Imported)]


def seconds(event: dict[str, Any]) -> float:
    return float(event["duration"])


def test_lastfm_history_has_the_plays_artists_and_tracks_of_its_owner():
    events = events_of(list(lastfm.parse(recorded_lines(LASTFM), "a")))
    assert len(events) == len({event["id"] for event in events}) == 40_556
    assert len({event["creatorId"] for event in events}) == 3_128
    assert len({event["contentId"] for event in events}) == 11_214
    years = Counter(datetime.fromtimestamp(event["timestamp"] / 1000, UTC).year for event in events)
    assert [years[year] for year in range(2007, 2019)] == [
        4_130, 6_140, 5_605, 4_609, 1, 1_456, 2_508, 5_511, 1_189, 3_660, 1_665, 4_082,
    ]  # fmt: skip
    assert Counter(event["creatorId"] for event in events).most_common(5) == [
        ("Arctic Monkeys", 2_321), ("Maximo Park", 1_417), ("The Beatles", 1_067), ("Bloc Party", 979),
        ("Jamie T", 810),
    ]  # fmt: skip
    assert not any("duration" in event for event in events)


def test_spotify_account_history_gives_its_hours_and_its_short_plays():
    outcomes = list(spotify.parse(recorded_lines(SPOTIFY_B), "b"))
    events = events_of(outcomes)
    assert len(outcomes) == 5_803
    assert len(events) == len({event["id"] for event in events}) == 5_781  # 22 are of nobody's unknown track
    assert round(sum(map(seconds, events)) / 3600, 2) == 271.91
    assert sum(seconds(event) < 30 for event in events) == 1_329
    assert sum(seconds(event) == 0 for event in events) == 163


def test_spotify_extended_history_keeps_its_flags_and_reasons():
    events = events_of(list(spotify.parse(recorded_lines(SPOTIFY_C), "c")))
    assert len(events) == len({event["id"] for event in events}) == 1_000
    flagged = {event["id"] for event in events if event["skipped"]}
    forward = {event["id"] for event in events if event["properties"]["reason_end"] == "fwdbtn"}
    assert (len(flagged), len(forward), len(flagged | forward)) == (87, 145, 159)
    assert sum(seconds(event) >= 30 for event in events) == 850
    assert round(sum(map(seconds, events)) / 3600, 3) == 60.446
    assert sum(event["properties"]["shuffle"] for event in events) == 848


def test_spotify_video_history_tells_episodes_from_tracks():
    events = events_of(list(spotify.parse(recorded_lines(SPOTIFY_VIDEO), "c")))
    assert Counter(event["contentType"] for event in events) == {"episode": 34, "track": 23}
    assert {event["platform"] for event in events} == {"android", "windows"}
    assert all(
        event["parentId"] == event["creatorId"] for event in events if event["contentType"] == "episode"
    )


def test_youtube_history_marks_rewatches_and_reports_rows_without_address():
    outcomes = list(youtube.parse(recorded_lines(YOUTUBE), "d"))
    events = events_of(outcomes)
    assert len(outcomes) == 4_826
    assert len(events) == len({event["id"] for event in events}) == 4_672
    assert len({event["contentId"] for event in events}) == 3_797
    assert sum(bool(event.get("replayed")) for event in events) == 875
    assert Counter(o.reason.partition(" (")[0] for o in outcomes if isinstance(o, Skipped)) == {
        "without an address": 152, "no view": 2
    }  # fmt: skip


def test_wikipedia_edits_keep_pages_editors_and_robots_apart():
    events = events_of(list(wikipedia.parse(recorded_lines(WIKIPEDIA))))
    people = [event for event in events if not event.get("bot")]
    assert (len(events), len(people)) == (16_500, 8_913)
    assert (len({e["contentId"] for e in events}), len({e["contentId"] for e in people})) == (15_296, 7_827)
    assert (len({e["userId"] for e in events}), len({e["userId"] for e in people})) == (4_868, 4_749)
    assert len({event["id"] for event in events}) == 16_500


@pytest.mark.parametrize(
    ("parse", "name"),
    [
        (lastfm.parse, LASTFM),
        (spotify.parse, SPOTIFY_B),
        (spotify.parse, SPOTIFY_C),
        (youtube.parse, YOUTUBE),
    ],
)
def test_the_same_history_of_another_person_shares_no_id(
    parse: Callable[[list[str], str], Iterator[Outcome]], name: str
):
    lines = recorded_lines(name)
    one = {event["id"] for event in events_of(list(parse(lines, "one")))}
    other = {event["id"] for event in events_of(list(parse(lines, "other")))}
    assert one.isdisjoint(other)
