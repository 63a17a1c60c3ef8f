"""Shapes: what follows of the few values that most events share."""

import pytest

from streakline.ingest import shapes
from streakline.ingest.events import Event
from streakline.ingest.rules import Refused
from streakline.ingest.senders import Sender, Senders
from streakline.ingest.shapes import Coding, Shapes, coding
from streakline.ingest.stamping import Stamper
from streakline.kinds import KINDS
from streakline.streams.dictionary import CAP, FIRST, OTHER, Dictionary


def learnt() -> Shapes:
    dictionary = Dictionary()
    dictionary.learn("source", {"feed": FIRST})
    return Shapes(dictionary)


def event(**fields: object) -> Event:
    return Event(**{"id": "e", "type": "like", "timestamp": 1, "contentId": "c", **fields})  # type: ignore[arg-type]


def learn(by: Shapes, sent: Event, *, trusted: bool = False) -> shapes.Shape:
    missing: list[tuple[str, str]] = []
    shape = by.learn(sent, trusted, "", "", missing)
    assert not missing
    return shape


def test_a_shape_is_kind_content_type_dimensions_and_the_properties_of_an_action():
    by = learnt()
    shape = learn(by, event(action="unlike", contentType="track", source="feed"))
    assert shape == (KINDS["unlike"], 2, "track", FIRST, "feed", "", "", "", {}, '{"action":"unlike"}')
    assert by.of(False, "", "") == {("like", "unlike", "track", "feed", None): shape}


def test_what_one_sender_may_send_is_not_known_of_another():
    by = learnt()
    learn(by, event(type="freeze"), trusted=True)
    assert by.of(False, "", "") == {}
    with pytest.raises(Refused, match="scope write"):
        learn(by, event(type="freeze"))
    assert by.of(True, "DE", "") == by.of(True, "", "tv") == {}


def test_values_without_a_code_are_told_and_the_shape_is_not_remembered():
    by, missing = learnt(), []
    by.learn(event(source="new"), False, "", "", missing)
    assert missing == [("source", "new")]
    assert by.of(False, "", "") == {}


@pytest.mark.parametrize("name", ["contentType", "action", "source", "platform"])
def test_long_texts_are_no_key_in_memory(name):
    by = learnt()
    by.learn(event(**{"type": "comment", name: "x" * 501}), False, "", "", [])
    assert by.of(False, "", "") == {}


def test_the_properties_of_a_long_action_need_a_look():
    assert learn(learnt(), event(type="comment", action="x" * 500))[-1] is None


def test_codes_that_are_forgotten_stand_in_no_shape_any_more():
    dictionary = Dictionary()
    dictionary.learn("source", {"feed": FIRST})
    stamper = Stamper(7, 1, dictionary)
    sent = event(userId="u", source="feed")
    senders = Senders(Sender(), lambda _: Sender())
    assert stamper.stamp_all([(0, sent)], senders, 1_700_000_000_000).missing == []
    stamper.forget_codes()
    assert stamper.stamp_all([(0, sent)], senders, 1_700_000_000_000).missing == [("source", "feed")]


def test_no_more_are_remembered_than_the_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shapes, "KEPT", 3)
    by = learnt()
    for number in range(20):
        learn(by, event(contentType=f"t{number}"))
        assert sum(len(known) for known in by._known.values()) <= 3
    for number in range(20):
        by.of(False, f"country {number}", "")
        assert len(by._known) <= 4


def with_sources(*sources: str) -> Dictionary:
    dictionary = Dictionary()
    dictionary.learn("source", {name: FIRST + number for number, name in enumerate(sources)})
    return dictionary


def test_codes_stand_in_the_order_of_the_dimensions_sixteen_bits_each():
    dictionary = with_sources("feed")
    dictionary.learn("device", {"tv": 5})
    found = coding(dictionary, ("feed", None, "", "tv"))
    assert found == Coding(FIRST | 5 << 48, "feed", "", "", "tv", {}, ())


def test_a_value_without_a_code_is_other_and_missing_until_it_has_one():
    dictionary, given = with_sources(), ("x" * 600, "", "", "")
    other = Coding(OTHER, "other", "", "", "", {"source": "x" * 500}, (("source", "x" * 500),))
    assert coding(dictionary, given) == other
    dictionary.learn("source", {"x" * 500: 7})
    assert coding(dictionary, given) == Coding(7, "x" * 500, "", "", "", {}, ())


def test_past_the_cap_a_value_is_other_and_nothing_is_missing():
    found = coding(with_sources(*(f"s{number}" for number in range(CAP))), ("new", None, "", ""))
    assert (found.dims, found.source, found.sent, found.missing) == (OTHER, "other", {"source": "new"}, ())
