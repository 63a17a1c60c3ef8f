"""Codings: the dimensions of an event as they count."""

import pytest

from streakline import codings
from streakline.codings import Coding, Codings
from streakline.dictionary import CAP, FIRST, OTHER, Dictionary


def learnt(*sources: str) -> Dictionary:
    dictionary = Dictionary()
    dictionary.learn("source", {name: FIRST + number for number, name in enumerate(sources)})
    return dictionary


def test_codes_stand_in_the_order_of_the_dimensions_sixteen_bits_each():
    dictionary = learnt("feed")
    dictionary.learn("device", {"tv": 5})
    coding = Codings(dictionary).coding(("feed", None, "", "tv"))
    assert coding == Coding(FIRST | 5 << 48, "feed", "", "", "tv", {}, ())


def test_a_value_without_a_code_is_other_and_told_as_missing_until_it_has_one():
    dictionary = learnt()
    by = Codings(dictionary)
    assert by.coding(("x" * 600, "", "", "")) == Coding(
        OTHER, "other", "", "", "", {"source": "x" * 500}, (("source", "x" * 500),)
    )
    dictionary.learn("source", {"x" * 500: 7})
    assert by.coding(("x" * 600, "", "", "")) == Coding(7, "x" * 500, "", "", "", {}, ())


def test_past_the_cap_a_value_is_other_and_nothing_is_missing():
    by = Codings(learnt(*(f"s{number}" for number in range(CAP))))
    coding = by.coding(("new", None, "", ""))
    assert (coding.dims, coding.source, coding.sent, coding.missing) == (
        OTHER,
        "other",
        {"source": "new"},
        (),
    )


def test_only_what_is_final_is_remembered_and_no_more_than_the_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(codings, "KEPT", 2)
    by = Codings(learnt("a", "b", "c"))
    by.coding(("unlearnt", None, "", ""))
    assert by.known == {}
    for source in "abcab":
        coding = by.coding((source, None, "", ""))
        assert by.known[(source, None, "", "")] is coding
        assert len(by.known) <= 2
