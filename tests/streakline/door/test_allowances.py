"""Allowances: a burst, then the rate, and a bounded memory."""

import pytest

from streakline.door import allowances
from streakline.door.allowances import Allowances


def test_without_a_rate_everything_passes() -> None:
    assert Allowances(0).take("a", 1_000_000, 0.0) == 0.0


def test_a_burst_passes_and_what_follows_waits() -> None:
    rate = Allowances(10)
    assert rate.take("a", 100, 0.0) == 0.0
    assert rate.take("a", 10, 0.0) == 1.0


def test_the_named_wait_is_enough() -> None:
    rate = Allowances(10)
    rate.take("a", 100, 0.0)
    wait = rate.take("a", 30, 5.0 - 4.0)
    assert rate.take("a", 30, 1.0 + wait) == 0.0


def test_senders_do_not_share_an_allowance() -> None:
    rate = Allowances(1)
    rate.take("a", 10, 0.0)
    assert rate.take("b", 10, 0.0) == 0.0


def test_a_request_larger_than_a_burst_passes_once_and_leaves_a_debt() -> None:
    rate = Allowances(1)
    assert rate.take("a", 25, 0.0) == 0.0
    assert rate.take("a", 1, 0.0) == 16.0


def test_the_quietest_sender_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "SENDERS", 2)
    rate = Allowances(1)
    for sender in "abc":
        rate.take(sender, 10, 0.0)
    assert rate.take("a", 10, 0.0) == 0.0
    assert rate.take("c", 10, 0.0) > 0.0
