"""Scores: a post among its account's own posts at the same age, by the plain definition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measured import subject
from streakline.platforms.figures.rates import rate_of
from streakline.platforms.figures.scores import PEERS, Aged, scores

posts = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 1), st.integers(0, 5), st.none() | st.integers(0, 3)),
    min_size=8, max_size=30,
)  # fmt: skip


def aged(number: int, account: str, age: int, views: int, likes: int | None) -> Aged:
    values = {"views": views} if likes is None else {"views": views, "likes": likes}
    return Aged(subject(number, account), age, values)


def slow(one: Aged, everybody: list[Aged]) -> float | None:
    peers = [
        other for other in everybody
        if other.of != one.of and (other.of.account, other.age) == (one.of.account, one.age)
    ]  # fmt: skip
    if len(peers) < PEERS:
        return None

    def rank(own: float, others: list[float]) -> Fraction:
        return Fraction(sum(2 * (value < own) + (value == own) for value in others), 2 * len(others))

    views = rank(one.values["views"], [other.values["views"] for other in peers])
    rated = [rate for other in peers if (rate := rate_of(other.values)) is not None]
    rate = rate_of(one.values)
    by_rate = views if rate is None or len(rated) < PEERS else rank(rate, rated)
    exact = 60 * views + 40 * by_rate
    return float((exact * 100 + Fraction(1, 2)).__floor__()) / 100


@given(posts)
def test_a_score_is_the_mid_rank_among_the_accounts_own_posts_at_that_age(
    drawn: list[Any],
):
    everybody = [aged(number, *one) for number, one in enumerate(drawn)]
    found = scores(everybody)
    for one in everybody:
        expected = slow(one, everybody)
        expected = slow(one, everybody)
        assert found.get(one.of) == (None if expected is None else pytest.approx(expected))


def test_a_post_is_compared_at_the_greatest_age_at_which_it_was_seen():
    others = [aged(number, "a", age, 10 + number, None) for number in range(PEERS) for age in (0, 3)]
    one = [aged(99, "a", 0, 0, None), aged(99, "a", 3, 1_000, None)]
    assert scores([*others, *one])[one[0].of] == 100.0
    assert scores([*others[:-2], *one]) == {}
    assert scores([Aged(subject(), 0, {"likes": 1})]) == {}
