"""Made-up exports of the shapes that people have, each with its right answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streakline_client.imports import lastfm, spotify, youtube
from streakline_client.imports.rows import BadFile, Imported, Outcome, Skipped, Unreadable

EXPORTS = Path(__file__).with_name("exports")
Parse = Callable[[Iterable[str], str, str | None], Iterator[Outcome]]
PARSERS: dict[str, Parse] = {"lastfm": lastfm.parse, "spotify": spotify.parse, "youtube": youtube.parse}


def outcomes_of(name: str, tz: str | None = None) -> list[Outcome]:
    with (EXPORTS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(PARSERS[name.partition("_")[0]](file, "u", tz))


def events_of(name: str) -> list[dict[str, Any]]:
    outcomes = outcomes_of(name)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Unreadable)]
    return [outcome.event for outcome in outcomes if isinstance(outcome, Imported)]


def skipped(name: str) -> dict[str, int]:
    """Return how many rows were skipped, by the first words of the reason."""
    outcomes = outcomes_of(name)
    return dict(Counter(o.reason.partition(" (")[0] for o in outcomes if isinstance(o, Skipped)))


def start(event: dict[str, Any]) -> str:
    return datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(" ", "milliseconds")[:-6]


def starts(name: str) -> list[str]:
    return [start(event).removesuffix(".000") for event in events_of(name)]


# --- YouTube --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["german", "korean", "french"])
def test_an_advertisement_is_none_of_the_views_in_any_language(language: str):
    name = f"youtube_{language}.json"
    assert [(start(e), e.get("title"), e["contentType"]) for e in events_of(name)] == [
        ("2024-05-01 10:05:00.120", "How to true a wheel, part 1", "video"),
        ("2024-05-01 10:10:00.000", None, "video"),
        ("2024-05-01 10:20:00.000", "Harbour", "track"),
    ]
    assert events_of(name)[0]["creatorId"] == "North Workshop"
    assert skipped(name) == {"an advertisement": 2, "without an address": 1}


def test_what_is_no_view_is_skipped_for_the_reason_it_has():
    (event,) = events_of("youtube_not_views.json")
    assert (start(event), event["title"]) == ("2024-12-05 09:05:00.000", "Knots for beginners")
    assert skipped("youtube_not_views.json") == {
        "an advertisement": 2, "no video": 3, "no view": 2, "without an address": 1
    }  # fmt: skip


def test_takeouts_list_of_2016_is_read():
    events = events_of("youtube_2016_api_shape.json")
    assert [event["contentId"] for event in events] == [f"youtube:AAAAAAAAA0{n}" for n in range(5)]
    assert starts("youtube_2016_api_shape.json") == [f"2016-03-0{n} 18:30:00" for n in range(1, 6)]
    assert events[0]["title"] == "Knots for beginners 0"
    assert "creatorId" not in events[0]  # the channel that it names is the viewer's own


def test_the_page_for_people_is_read_with_its_local_times():
    assert starts("youtube_watch-history.html") == [
        "2021-09-03 04:00:00", "2021-11-29 07:06:16", "2024-01-13 13:16:16"
    ]  # fmt: skip
    assert [(e["title"], e["creatorId"]) for e in events_of("youtube_watch-history.html")] == [
        ("Wheel truing", "North Workshop"), ("Fog", "Coast Radio"), ("Knots & hitches", "North Workshop")
    ]  # fmt: skip
    assert skipped("youtube_watch-history.html") == {"an advertisement": 1}


def test_a_list_of_another_service_is_no_watch_history():
    with pytest.raises(BadFile, match=r"no row has titleUrl, or title and time .*endTime, artistName"):
        outcomes_of("youtube_wrong_file_spotify.json")


# --- Last.fm --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("lastfm_headerless_now_playing_first.csv", ["00:05", "00:00", "23:55", "23:50"]),
        ("lastfm_headerless_comma_date.csv", ["00:05", "00:00", "23:50"]),
        ("lastfm_headerless_page_shift.csv", ["00:05", "00:00", "00:00", "23:50"]),
        ("lastfm_lastfmstats.csv", ["00:05", "00:00", "23:55", "23:50"]),
        ("lastfm_lastfmstats_old.csv", ["00:05", "00:00"]),
        ("lastfm_lastfmstats.json", ["00:05", "00:00", "23:50"]),
        ("lastfm_scraper.tsv", ["00:05", "23:55", "00:00"]),
        ("lastfm_uts_milliseconds.csv", ["00:05", "00:00"]),
        ("lastfm_api_page1.json", ["00:05", "00:00", "23:55"]),
        ("lastfm_api_extended.json", ["00:05"]),
        ("lastfm_ghan_recenttracks.json", ["00:05", "00:00", "23:55", "23:50"]),
    ],
)
def test_scrobbles_of_each_exporter_are_read(name: str, wanted: list[str]):
    days = {"0": "2024-01-01", "2": "2023-12-31"}
    assert starts(name) == [f"{days[time[0]]} {time}:00" for time in wanted]
    assert len({event["id"] for event in events_of(name)}) == len(wanted)


def test_a_column_by_another_name_is_read():
    assert starts("lastfm_date_column.csv") == ["2020-04-13 05:01:31", "2020-04-13 04:57:59"]


def test_names_keep_their_separators_and_quotes():
    assert {e["creatorId"] for e in events_of("lastfm_lastfmstats.csv")} == {
        "Paper Lanterns", "Paper; Lanterns", "Nils Aker"
    }  # fmt: skip
    assert events_of("lastfm_lastfmstats.csv")[2]["title"] == 'The "Last" Bus'
    assert events_of("lastfm_scraper.tsv")[1]["title"] == '"Last" Bus'


def test_what_plays_now_is_skipped_wherever_it_stands():
    for name, playing in {
        "headerless_now_playing_first.csv": 2,
        "api_page1.json": 1,
        "ghan_recenttracks.json": 2,
    }.items():
        assert skipped(f"lastfm_{name}") == {"without a time": playing}


def test_scrobbles_without_a_real_time_are_skipped():
    assert starts("lastfm_1970.csv") == ["2009-10-12 13:01:13", "2024-01-01 00:00:00"]
    assert skipped("lastfm_1970.csv") == {"without a real time": 5}
    assert skipped("lastfm_api_extended.json") == {"without a real time": 1}


def test_equal_neighbours_of_one_minute_are_told():
    notes = [o.note for o in outcomes_of("lastfm_headerless_page_shift.csv") if isinstance(o, Imported)]
    assert [bool(note) for note in notes] == [False, False, True, False]


# --- Spotify --------------------------------------------------------------------------------------


def test_paused_plays_begin_when_they_began():
    assert starts("spotify_extended_paused.json") == [
        "2024-08-01 18:00:00", "2024-08-01 19:00:00", "2024-08-01 22:10:00", "2024-08-02 08:56:40",
        "2019-11-05 14:27:42.330", "2019-11-05 14:56:40", "2024-08-03 09:56:40", "2026-02-08 02:17:00",
    ]  # fmt: skip
    events = events_of("spotify_extended_paused.json")
    assert round(sum(event["duration"] for event in events), 3) == 1288.778
    assert {(e["country"], e["properties"]["country"]) for e in events} == {("NO", "NO")}


def test_books_of_the_account_data_are_read():
    events = events_of("spotify_account_audiobooks.json")
    assert {(e["contentType"], e["creatorId"]) for e in events} == {("book", "N. Writer")}
    assert round(sum(event["duration"] for event in events), 3) == 541.368
    assert sum(event["duration"] >= 30 for event in events) == 3
    assert {e["parentId"] for e in events} == {"The Long Pier", "A Field Guide to Fog"}
    assert starts("spotify_account_audiobooks.json")[1] == "2024-04-03 17:04:18.742"
    assert starts("spotify_account_audiobooks.json")[-1] == "2024-04-29 15:25:34.288"


def test_a_track_that_spotify_does_not_name_is_none():
    (event,) = events_of("spotify_account_unknown.json")
    assert event["contentId"] == "Paper Lanterns — Harbour"
    assert skipped("spotify_account_unknown.json") == {"names neither track nor episode nor chapter": 4}
