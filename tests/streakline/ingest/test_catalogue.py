"""Statements of the catalogue: facts become one event; what cannot be taken is refused by its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.ingest.catalogue import (
    LONGEST,
    MOST_FREE,
    BadFacts,
    content_event,
    creator_event,
    facts_of,
    listed_event,
    listed_facts,
)
from streakline.ingest.events import MAX_EVENTS, Event


def content(**facts: Any) -> Event:
    return content_event("song", facts, at_ms=1_700_000_000_000, new_id="e1")


def test_facts_that_an_event_has_members_for_are_stated_by_them() -> None:
    event = content(
        title="A Song",
        type="track",
        creator="band",
        parent="album",
        genre="rock",
        duration=200,
        createdAt="2020-01-01",
    )
    assert (event.type, event.contentId, event.id, event.timestamp) == (
        "content",
        "song",
        "e1",
        1_700_000_000_000,
    )
    assert (event.title, event.contentType, event.creatorId, event.parentId) == (
        "A Song",
        "track",
        "band",
        "album",
    )
    assert (event.genre, event.contentDuration, event.createdAt, event.properties) == (
        "rock",
        200,
        "2020-01-01",
        None,
    )


def test_names_of_events_are_taken_too() -> None:
    assert content(creatorId="band", contentType="track") == content(creator="band", type="track")


def test_every_other_fact_is_free_and_hashtags_are_a_list() -> None:
    event = content(
        status="accepted", cover="https://a/b.png", hashtags=["#one", "two", "one"], year=1999, live=True
    )
    assert event.properties == {
        "status": "accepted", "cover": "https://a/b.png", "hashtags": "one two", "year": 1999, "live": True
    }  # fmt: skip


def test_null_empties_a_fact_also_one_that_has_a_member() -> None:
    assert content(title=None, hashtags=None).properties == {"title": None, "hashtags": None}


def test_a_creator_has_a_name_and_free_facts() -> None:
    event = creator_event("band", {"name": "The Band", "city": "Sheffield"}, at_ms=1, new_id="e")
    assert (event.type, event.creatorId, event.name, event.properties) == (
        "creator", "band", "The Band", {"city": "Sheffield"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "no fact is given"),
        ({"title": 7}, "title '7' is no text"),
        ({"title": ""}, "title '' is no text"),
        ({"title": "x" * (LONGEST + 1)}, "is no text of 1 to 500"),
        ({"creator": "x" * 201}, "creatorId: Expected"),
        ({"duration": "long"}, "contentDuration: Expected"),
        ({"createdAt": "soon"}, "createdAt 'soon': 'soon' is neither"),
        ({"createdAt": True}, "createdAt 'True' is neither"),
        ({"hashtags": [1]}, "is no list of texts"),
        ({"hashtags": ["two words"]}, "hashtag 'two words' holds other"),
        ({"hashtags": ["x" * 300, "y" * 300]}, "hashtags have 601 characters"),
        ({"status": {"a": 1}}, "status \"{'a': 1}\" is no number"),
        ({"2nd": "x"}, "'2nd' is no name of a fact"),
        ({f"f{n}": n for n in range(MOST_FREE + 1)}, "51 free facts are given"),
    ],
)
def test_a_fact_that_cannot_be_taken_is_named(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(BadFacts) as refused:
        content_event("song", facts, at_ms=1, new_id="e")
    assert words in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b'"x"', b"{", b'{"a":' * 2_000])
def test_a_body_that_is_no_object_states_nothing(body: bytes) -> None:
    with pytest.raises(BadFacts, match="the body is no JSON"):
        facts_of(body)


def test_a_list_states_facts_of_many_and_each_says_of_what() -> None:
    [one, other] = listed_facts(b'[{"id": "song", "title": "A Song"}, 7]')
    assert listed_event(one, content_event, at_ms=1, new_id="e").title == "A Song"
    for bad, words in ((other, "'7' is no JSON object"), ({"title": "x"}, "id 'None' is no text")):
        with pytest.raises(BadFacts, match=words):
            listed_event(bad, content_event, at_ms=1, new_id="e")


def test_a_list_has_a_limit() -> None:
    with pytest.raises(BadFacts, match="at most 1,000"):
        listed_facts(json.dumps([{}] * (MAX_EVENTS + 1)).encode())
    with pytest.raises(BadFacts, match="no JSON list"):
        listed_facts(b"{}")


def test_half_of_a_character_spoils_nothing() -> None:
    assert facts_of(rb'{"title": "A \ud83d"}') == {"title": "A �"}
