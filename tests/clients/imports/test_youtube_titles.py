"""The verb around a title of YouTube's history, in languages that nobody told the importer of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline_client.imports import youtube
from streakline_client.imports.rows import Imported, Skipped
from streakline_client.imports.youtube_titles import Verb, verb_of

WORDS = ["Knots", "Fog", "A wheel, part 1", "Watched pots", "Harbour angesehen", "1", "« Pont »"]
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=30)
VERBS = st.sampled_from(
    [Verb("Zrel "), Verb(after=" nézte meg"), Verb("「", "」を視聴しました"), Verb("Watched ")]
)


def address(number: int) -> str:
    return f"https://www.youtube.com/watch?v={number}"


@given(titles=TITLES, verb=VERBS)
def test_one_video_that_is_gone_shows_the_verb_of_all(titles: list[str], verb: Verb):
    said = [(verb.before + title + verb.after, address(n)) for n, title in enumerate(titles)]
    gone = (verb.before + address(99) + verb.after, address(99))
    found = verb_of([*said, gone])
    assert found is not None
    assert [found.without(title) for title, _ in said] == titles


def test_what_nearly_all_of_many_titles_share_is_the_verb():
    titles = [(f"Skatījās {chr(65 + n)} video {n}", address(n)) for n in range(26)]
    assert verb_of(titles) == Verb("Skatījās ")
    assert verb_of(titles[:19]) is None


def test_titles_without_a_verb_keep_all_their_words():
    assert verb_of([(f"{chr(65 + n)}, part {n}", address(n)) for n in range(26)]) is None


def test_titles_of_another_language_lose_nothing_to_the_word_watched():
    rows = [
        {"title": f"{title} angesehen", "titleUrl": address(n), "time": "2024-05-01T10:05:00Z"}
        for n, title in enumerate(["Watched pots", "Fog", "Knots"])
    ]
    outcomes = youtube.parse([json.dumps(rows)], "u")
    titles = [o.event["title"] for o in outcomes if isinstance(o, Imported)]
    assert sorted(titles) == ["Fog", "Knots", "Watched pots"]


@pytest.mark.parametrize("known", [True, False])
def test_a_row_without_address_is_gone_only_where_its_words_say_so(known: bool):
    rows = [
        {"title": "Watched Fog", "titleUrl": address(1), "time": "2024-05-01T10:05:00Z"},
        {"title": "Watched a video that has been removed", "time": "2024-05-01T10:06:00Z"},
        {"title": "Answered survey question", "time": "2024-05-01T10:07:00Z"},
    ]
    outcomes = list(youtube.parse([json.dumps(rows if known else rows[1:])], "u"))
    reasons = [o.reason for o in outcomes if isinstance(o, Skipped)]
    assert reasons == ([youtube.GONE, youtube.NO_VIEW] if known else [youtube.NO_ADDRESS] * 2)


@pytest.mark.parametrize("path", ["watch?v=x", "shorts/x", "live/x?t=5", "embed/x"])
def test_a_video_is_known_by_each_form_of_its_address(path: str):
    row = {"title": "T", "titleUrl": f"https://www.youtube.com/{path}", "time": "2024-05-01T10:05:00Z"}
    (outcome,) = youtube.parse([json.dumps([row])], "u")
    assert isinstance(outcome, Imported)
    assert outcome.event["contentId"] == "youtube:x"


@pytest.mark.parametrize(
    "spoilt", [{"time": "yesterday"}, {"titleUrl": "http://["}, {"time": None, "titleUrl": None}]
)
def test_an_advertisement_is_skipped_whatever_else_is_wrong_with_it(spoilt: dict[str, object]):
    row = {
        "title": "T",
        "titleUrl": address(1),
        "time": "2024-05-01T10:05:00Z",
        "details": [{"name": "Реклама"}],
    }
    (outcome,) = youtube.parse([json.dumps([{**row, **spoilt}])], "u")
    assert outcome == Skipped(1, youtube.ADVERTISEMENT)
