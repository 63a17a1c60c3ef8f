"""Waits before something is tried again."""

from __future__ import annotations

from streakline.platforms.connectors.backoff import ACCOUNTS, REQUESTS, Backoff, due_again
from streakline.times import HOUR_MS, MINUTE_MS, SECOND_MS


def test_waits_double_up_to_the_longest_and_end() -> None:
    some = Backoff(1_000, 5_000, 5)
    assert [some.wait(failed, 1.0) for failed in range(1, 6)] == [1_000, 2_000, 4_000, 5_000, None]
    assert [some.wait(failed, 0.0) for failed in range(1, 5)] == [500, 1_000, 2_000, 2_500]


def test_a_platform_may_ask_for_longer_but_not_for_ever() -> None:
    assert REQUESTS.wait(1, 0.5, 7 * SECOND_MS) == 7 * SECOND_MS
    assert REQUESTS.wait(1, 0.5, 21 * SECOND_MS) is None


def test_an_account_is_never_given_up() -> None:
    assert due_again(1, 1.0, 0, 0) == 10 * MINUTE_MS
    assert due_again(1, 0.0, 0, 0) == 5 * MINUTE_MS
    assert due_again(10_000, 1.0, 0, 0) == 6 * HOUR_MS
    assert ACCOUNTS.wait((1 << 30) + 1, 1.0) is None
    assert due_again((1 << 30) + 1, 1.0, 0, 0) == 6 * HOUR_MS


def test_an_account_is_left_alone_until_its_quota_is_full_again() -> None:
    assert due_again(1, 0.5, 0, 9 * HOUR_MS) == 9 * HOUR_MS
