"""Codes of dimension values."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.streams.dictionary import CAP, FIRST, NOT_GIVEN, OTHER, OTHER_NAME, Dictionary, read_codes
from streakline.streams.records import DIMENSIONS


def test_not_given_and_other_have_their_codes_from_the_start():
    for dimension in DIMENSIONS:
        assert (Dictionary().code(dimension, ""), Dictionary().code(dimension, OTHER_NAME)) == (
            NOT_GIVEN,
            OTHER,
        )
        assert (Dictionary().value(dimension, 0), Dictionary().value(dimension, 1)) == ("", "other")


@given(st.lists(st.text(min_size=1).filter(lambda v: v != OTHER_NAME), unique=True, max_size=20))
def test_learnt_codes_and_values_are_inverse(values):
    dictionary = Dictionary()
    for code, value in enumerate(values, FIRST):
        assert dictionary.code("source", value) is None
        dictionary.learn("source", {value: code})
    for code, value in enumerate(values, FIRST):
        assert (dictionary.code("source", value), dictionary.value("source", code)) == (code, value)
        assert dictionary.code("platform", value) is None


def test_a_code_that_is_not_learnt_has_no_value():
    assert Dictionary().value("source", 2) is None


def test_past_the_cap_new_values_count_as_other_and_known_ones_keep_their_code():
    dictionary = Dictionary()
    dictionary.learn("source", {f"s{n}": n + FIRST for n in range(CAP - 1)})
    assert dictionary.code("source", "new") is None
    dictionary.learn("source", {"last": CAP + 1})
    assert dictionary.code("source", "new") == OTHER
    assert dictionary.code("source", "last") == CAP + 1
    assert dictionary.code("source", "s0") == FIRST
    assert dictionary.code("platform", "new") is None


def test_the_first_value_of_a_code_is_its_value():
    dictionary = Dictionary()
    dictionary.learn("source", {"a": 2})
    dictionary.learn("source", {"b": 2})
    assert dictionary.value("source", 2) == "a"


def test_codes_that_no_ingest_gives_are_left_out():
    good = {b"web": b"2", "é".encode(): b"%d" % (CAP + FIRST - 1)}
    bad = (
        b"",
        b"x",
        b"-2",
        b"0",
        b"1",
        b"2.5",
        b"nan",
        b"%d" % (CAP + FIRST),
        b"65536",
        b"9" * 5_000,
        b"\xff",
        b"\xc2\xb2",
    )
    poison = {b"bad %d" % number: code for number, code in enumerate(bad)} | {b"\xff": b"3"}
    assert read_codes({**good, **poison}.items()) == {"web": 2, "é": CAP + FIRST - 1}
