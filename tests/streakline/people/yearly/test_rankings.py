"""Rankings: ties are reported, in whatever order things were counted."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.people.yearly.rankings import Ranked, ranking


def test_equal_numbers_have_the_same_rank_and_are_ordered_by_id():
    found = ranking({"c": 5, "b": 5, "a": 2, "d": 9, "none": 0}, {"b": "Bee"}, 10)
    assert found.first == (
        Ranked(1, "d", "d", 9),
        Ranked(2, "b", "Bee", 5),
        Ranked(2, "c", "c", 5),
        Ranked(4, "a", "a", 2),
    )
    assert found.tied == 0


def test_those_left_out_that_have_as_many_as_the_last_one_are_counted():
    found = ranking(dict.fromkeys("abcde", 1), {}, 2)
    assert ([one.id for one in found.first], found.tied) == (["a", "b"], 3)


def test_leaders_are_all_of_rank_one_and_none_where_more_are_tied_than_are_listed():
    assert [one.id for one in ranking({"a": 3, "b": 3, "c": 1}, {}, 3).leaders] == ["a", "b"]
    assert ranking(dict.fromkeys("abcde", 1), {}, 2).leaders == ()
    assert ranking({}, {}, 2).leaders == ()


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 5)), st.integers(1, 6))
def test_a_rank_is_one_more_than_the_number_of_those_with_more_plays(plays, most):
    found = ranking(plays, {}, most)
    for one in found.first:
        assert one.rank == 1 + sum(count > one.plays for count in plays.values())
    assert len(found.first) == min(most, sum(count > 0 for count in plays.values()))
    if found.first:
        least = found.first[-1].plays
        assert sum(one.plays == least for one in found.first) + found.tied == list(plays.values()).count(
            least
        )
