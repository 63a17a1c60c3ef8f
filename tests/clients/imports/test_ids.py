"""Ids of imported rows: the same for ever, whatever else is in the file."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline_client.imports import events, lastfm, spotify, youtube
from streakline_client.imports.rows import BadFile, Imported, Skipped, Unreadable, content_id, short_id

NAMES = st.sampled_from(["Ada", "Ada — Bo", "Bo — Cy", "Cy", "Ünder  Wäter", "x" * 190])
STREAMS = st.lists(
    st.fixed_dictionaries(
        {
            "endTime": st.sampled_from(["2020-01-16 03:13", "2020-01-16 03:14", "2020-03-29 02:30"]),
            "artistName": NAMES,
            "trackName": NAMES,
            "msPlayed": st.sampled_from([0, 4_454, 199_925]),
        }
    ),
    max_size=30,
)
SCROBBLES = st.lists(
    st.tuples(NAMES, st.just("album"), NAMES, st.sampled_from(["31 Dec 2018 12:54", "1 Jan 2019 00:00"])),
    min_size=1,
    max_size=30,
)


def ids(outcomes: Iterable[Any]) -> list[str]:
    return [outcome.event["id"] for outcome in outcomes if isinstance(outcome, Imported)]


def streams(rows: list[dict[str, Any]], user: str = "u") -> list[str]:
    return ids(spotify.parse([json.dumps(rows)], user))


def scrobbles(rows: list[tuple[str, ...]]) -> list[str]:
    return ids(lastfm.parse([",".join(row) + "\n" for row in rows], "u"))


@given(rows=STREAMS, data=st.data())
def test_reordering_a_file_changes_no_id(rows: list[dict[str, Any]], data: st.DataObject):
    shuffled = data.draw(st.permutations(rows))
    assert sorted(streams(rows)) == sorted(streams(shuffled))
    assert len(set(streams(rows))) == len(rows)


@given(rows=SCROBBLES, data=st.data())
def test_equal_scrobbles_of_one_minute_stay_apart_in_any_order(
    rows: list[tuple[str, ...]], data: st.DataObject
):
    shuffled = data.draw(st.permutations(rows))
    assert sorted(scrobbles(rows)) == sorted(scrobbles(shuffled))
    assert len(set(scrobbles(rows))) == len(rows)


@given(rows=STREAMS, cut=st.integers(0, 30))
def test_a_shorter_export_has_a_part_of_the_longer_ones_ids(rows: list[dict[str, Any]], cut: int):
    assert set(streams(rows[:cut])) <= set(streams(rows))
    assert set(streams(rows[cut:])) <= set(streams(rows))


@given(rows=STREAMS)
def test_two_people_never_share_an_id(rows: list[dict[str, Any]]):
    assert set(streams(rows, "u")).isdisjoint(streams(rows, "v"))


@given(creator=st.text(min_size=1), title=st.text(min_size=1), other=st.text(min_size=1))
def test_different_contents_have_different_ids_of_allowed_length(creator: str, title: str, other: str):
    first, second = content_id(creator, title), content_id(other, title)
    assert (first == second) == (creator == other)
    assert len(first) <= 200


def test_a_separator_in_the_artist_does_not_join_two_contents():
    assert content_id("Ada — Bo", "Cy") != content_id("Ada", "Bo — Cy")
    assert short_id("y" * 201) != short_id("y" * 202)


def test_an_end_becomes_a_start():
    row = {"endTime": "2020-01-16 03:13", "artistName": "A", "trackName": "B", "msPlayed": 199_925}
    (outcome,) = spotify.parse([json.dumps([row])], "u", "Europe/Madrid")
    assert isinstance(outcome, Imported)
    assert outcome.event["timestamp"] == 1_579_144_380_000 - 199_925
    assert (outcome.event["duration"], outcome.event["tz"]) == (199.925, "Europe/Madrid")


def test_a_row_that_cannot_be_read_names_its_field_and_value():
    row = {"endTime": "yesterday", "artistName": "A", "trackName": "B", "msPlayed": -1}
    (outcome,) = spotify.parse([json.dumps([row])], "u")
    assert outcome == Unreadable(1, "endTime 'yesterday' is no ISO 8601 time")


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (lastfm.parse, "artist;track\nA;B\n"),
        (spotify.parse, '{"endTime": 1}'),
        (youtube.parse, "<html>"),
        (events.parse, '{"type": "play"\n "x": 1}'),
    ],
)
def test_a_foreign_file_is_refused_with_what_was_expected(parse: Any, text: str):
    with pytest.raises(BadFile, match="expected"):
        list(parse(text.splitlines(keepends=True), "u"))


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": "e1", "type": "play", "timestamp": 1}]',
        '{"sentAt": 5, "events": [{"id": "e1", "type": "play", "timestamp": 1}]}',
        '{"events": [\n{"id": "e1", "type": "play",\n "timestamp": 1}]}',
        '\n{"id": "e1", "type": "play", "timestamp": 1}\n\n',
    ],
)
def test_wire_events_are_read_in_each_of_their_shapes(text: str):
    (outcome,) = events.parse(text.splitlines(keepends=True), "u", "UTC")
    assert isinstance(outcome, Imported)
    assert outcome.event["userId"] == "u"
    assert outcome.event["tz"] == "UTC"
    assert outcome.event["id"] != "e1"  # another user's import of this file is another history


def test_wire_events_that_name_somebody_keep_their_ids():
    (outcome,) = events.parse(['{"id": "e1", "type": "play", "timestamp": 1, "userId": "w"}'], "u")
    assert isinstance(outcome, Imported)
    assert (outcome.event["id"], outcome.event["userId"]) == ("e1", "w")


def test_advertisements_and_posts_are_no_views():
    rows = [
        {"titleUrl": "https://www.youtube.com/watch?v=a", "time": "2019-06-30T18:04:10.024Z",
         "details": [{"name": "From Google Ads"}]},
        {"titleUrl": "https://www.youtube.com/post/x", "time": "2019-06-30T18:04:10.024Z"},
        {"titleUrl": "https://www.youtube.com/shorts/b", "time": "2019-06-30T18:04:10.024Z"},
        {"titleUrl": "https://youtu.be/b", "time": "2019-06-30T18:05:10.024Z"},
    ]  # fmt: skip
    outcomes = list(youtube.parse([json.dumps(rows)], "u"))
    assert [type(outcome) for outcome in outcomes] == [Skipped, Skipped, Imported, Imported]
    assert [o.event["contentId"] for o in outcomes if isinstance(o, Imported)] == ["youtube:b", "youtube:b"]
    assert [bool(o.event.get("replayed")) for o in outcomes if isinstance(o, Imported)] == [False, True]


_EXTENDED = {"ts": "2024-08-01T18:03:21Z", "ms_played": 200_000}


@pytest.mark.parametrize(
    ("parse", "text", "wanted"),
    [
        (lastfm.parse, "uts,artist,track\n1704067200,Ada,Harbour\n", ["bab52b53-882d-50f0-83c5-ae76b9bd73c1"]),
        (
            lastfm.parse,
            "Ada,Low Tide,Harbour,31 Dec 2018 12:54\n" * 2,
            ["a7f3abd4-7aab-51de-981a-fcf0d870bcef", "dcb8efb4-9afc-546e-a5a4-22e114be6b2a"],
        ),
        (
            spotify.parse,
            json.dumps(
                [{"endTime": "2020-01-16 03:13", "artistName": "Ada", "trackName": "Harbour", "msPlayed": 199_925}]
            ),
            ["5aa827b0-7e22-5a8e-ac2a-a0561f7c0368"],
        ),
        (
            spotify.parse,
            json.dumps(
                [{**_EXTENDED, "master_metadata_track_name": "Harbour", "master_metadata_album_artist_name": "Ada",
                  "spotify_track_uri": "spotify:track:1", "offline_timestamp": 1_722_535_200}]
            ),
            ["37ffafa3-d9e4-5fe5-8391-5133f2368cb0"],
        ),
        (
            spotify.parse,
            json.dumps(
                [{**_EXTENDED, "audiobook_title": "Pier", "audiobook_chapter_title": "One",
                  "audiobook_chapter_uri": "spotify:episode:1"}]
            ),
            ["0f3606e0-877f-590e-8f5b-dabf44b17bdb"],
        ),
        (
            youtube.parse,
            json.dumps(
                [{"title": "Watched Fog", "titleUrl": "https://www.youtube.com/watch?v=a",
                  "time": "2019-06-30T18:04:10.024Z"}]
            ),
            ["a59b7a7c-f30c-5ce1-8f45-d9c766e08f12"],
        ),
        (
            events.parse,
            '{"type":"play","contentId":"c","timestamp":"2024-03-01T00:00:00Z"}',
            ["6e7b7a21-784a-5f4e-b128-81d04a0dd244"],
        ),
    ],
)  # fmt: skip
def test_a_row_has_the_id_that_every_release_gave_it(parse: Any, text: str, wanted: list[str]):
    assert ids(parse(text.splitlines(keepends=True), "u")) == wanted


def test_the_same_scrobble_has_one_id_in_every_shape_that_tells_its_second():
    shapes = [
        "uts,artist,track\n1704067200,Ada,Harbour\n",
        "Title\tArtist\tAlbum\tDate\tTimestamp\nHarbour\tAda\t\tx\t1704067200\n",
        "Artist;Album;AlbumId;Track;Date#ada\nAda;;;Harbour;1704067200000\n",
        "date,artist,track\n2024-01-01 00:00:00,Ada,Harbour\n",
        "time,artist,track\n2024-01-01T01:00:00+01:00,Ada,Harbour\n",
        json.dumps({"scrobbles": [{"track": "Harbour", "artist": "Ada", "date": 1_704_067_200_000}]}),
        json.dumps([[{"name": "Harbour", "artist": {"#text": "Ada"}, "date": {"uts": "1704067200"}}]]),
        json.dumps({"recenttracks": {"track": {"name": "Harbour", "artist": {"name": "Ada"},
                                               "date": {"uts": "1704067200"}}}}),
    ]  # fmt: skip
    assert len({tuple(ids(lastfm.parse(text.splitlines(keepends=True), "u"))) for text in shapes}) == 1


@given(rows=SCROBBLES, places=st.sets(st.integers(0, 30)))
def test_tracks_that_play_now_change_nothing_wherever_they_stand(
    rows: list[tuple[str, ...]], places: set[int]
):
    mixed = list(rows)
    for place in places:
        mixed.insert(place, ("Ada", "album", "Bo", ""))
    assert scrobbles(mixed) == scrobbles(rows)


END_MS = 1_722_535_401_000


@given(said=st.one_of(st.none(), st.just(0), st.integers(1_000_000_000, 1_800_000_000)), text=st.booleans())
def test_a_play_begins_when_spotify_says_unless_that_is_after_it_can_have_begun(said: int | None, text: bool):
    row = {"ts": "2024-08-01T18:03:21Z", "ms_played": 200_000, "episode_name": "E", "episode_show_name": "S"}
    told = f"{said}.0" if text and said is not None else said
    (outcome,) = spotify.parse([json.dumps([{**row, "offline_timestamp": told}])], "u")
    (older,) = spotify.parse([json.dumps([{**row, "offline_timestamp": said and said * 1000}])], "u")
    assert isinstance(outcome, Imported)
    assert isinstance(older, Imported)
    computed = END_MS - 200_000
    wanted = said * 1000 if said and said * 1000 <= computed + 1_000 else computed
    assert outcome.event["timestamp"] == older.event["timestamp"] == wanted
    assert bool(outcome.note) == (wanted != computed)
    assert outcome.event["duration"] == 200


@pytest.mark.parametrize(
    ("said", "kept"), [("DE", "DE"), ("de", "DE"), ("ZZ", None), ("", None), (None, None), (5, None)]
)
def test_the_country_of_a_play_is_kept_where_it_is_one(said: Any, kept: str | None):
    row = {"ts": "2024-08-01T18:03:21Z", "ms_played": 1, "episode_name": "E", "episode_show_name": "S"}
    (outcome,) = spotify.parse([json.dumps([{**row, "conn_country": said}])], "u")
    assert isinstance(outcome, Imported)
    assert (outcome.event.get("country"), outcome.event["properties"].get("country")) == (kept, kept)
