"""Allowances: a burst, then the rate, debts that are paid back, and a bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.door import allowances
from streakline.door.allowances import BURST_SECONDS, Allowances


def send(rate: Allowances, sender: str, events: int, now: float) -> float:
    """Return the seconds to wait; 0 if the events were let in and charged."""
    wait = rate.wait(sender, now)
    if not wait:
        rate.charge(sender, events, now)
    return wait


def test_without_a_rate_everything_passes():
    assert send(Allowances(0), "a", 1_000_000, 0.0) == 0.0


def test_a_burst_passes_and_what_follows_waits():
    rate = Allowances(10)
    assert send(rate, "a", 100, 0.0) == 0.0
    assert send(rate, "a", 10, 0.0) == pytest.approx(0.1)


def test_the_named_wait_is_enough_and_less_is_not():
    rate = Allowances(10)
    send(rate, "a", 130, 0.0)
    wait = rate.wait("a", 1.0)
    assert wait == pytest.approx(2.1)
    assert rate.wait("a", 1.0 + 0.9 * wait) > 0.0
    assert rate.wait("a", 1.0 + wait + 1e-9) == 0.0


def test_asking_charges_nothing():
    rate = Allowances(1)
    assert [rate.wait("a", 0.0) for _ in range(100)] == [0.0] * 100


def test_senders_do_not_share_an_allowance():
    rate = Allowances(1)
    send(rate, "a", 10, 0.0)
    assert send(rate, "b", 10, 0.0) == 0.0


def test_a_request_larger_than_what_is_left_passes_and_leaves_a_debt():
    rate = Allowances(1)
    assert send(rate, "a", 25, 0.0) == 0.0
    assert rate.wait("a", 0.0) == 16.0


def test_a_rate_of_less_than_an_event_in_a_burst_still_lets_one_in():
    rate = Allowances(0.05)
    assert send(rate, "a", 1, 0.0) == 0.0
    assert send(rate, "a", 1, rate.wait("a", 0.0) + 1e-6) == 0.0


@given(
    requests=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 1_000)), max_size=50),
    per_second=st.integers(1, 100),
)
def test_over_time_no_sender_gets_more_than_burst_rate_and_one_request(
    requests: list[tuple[float, int]], per_second: int
):
    rate, now, granted, largest = Allowances(per_second), 0.0, 0, 0
    for pause, events in requests:
        now += pause
        if not send(rate, "a", events, now):
            granted, largest = granted + events, max(largest, events)
    assert granted <= per_second * (BURST_SECONDS + now) + largest + 1e-3


def test_the_quietest_sender_is_forgotten_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(allowances, "SENDERS", 2)
    rate = Allowances(1)
    for sender in "abc":
        send(rate, sender, 10, 0.0)
    assert rate.wait("a", 0.0) == 0.0
    assert rate.wait("c", 0.0) > 0.0


def test_what_was_charged_is_reported_once_and_little_of_it_later():
    rate = Allowances(10)
    send(rate, "much", 50, 0.0)
    rate.charge("little", 0, 0.0)
    assert rate.reports(everything=False) == {"much": 50}
    assert rate.reports(everything=True) == {"little": 0}
    assert rate.reports(everything=True) == {}


def test_reports_that_nobody_heard_are_made_again_with_what_came_since():
    rate = Allowances(10)
    send(rate, "a", 50, 0.0)
    reports = rate.reports(everything=True)
    send(rate, "a", 7, 0.0)
    rate.take_back(reports)
    assert rate.reports(everything=True) == {"a": 57}


def test_what_is_told_to_a_sender_is_what_holds():
    rate = Allowances(10)
    send(rate, "a", 30, 0.0)
    assert rate.standing("a", 1.0) == (100, 80, 2)
    send(rate, "a", 100, 1.0)
    assert rate.standing("a", 1.0) == (100, 0, 12)


@given(
    requests=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), st.integers(1, 50)), max_size=60),
    per_second=st.integers(1, 20),
)
def test_processes_that_report_each_time_let_no_more_in_than_one_would(
    requests: list[tuple[int, float, int]], per_second: int
):
    """The shared bucket as Redis keeps it, and three processes that report before each request."""
    processes = [Allowances(per_second) for _ in range(3)]
    burst = per_second * BURST_SECONDS
    left, at, now, granted, largest = burst, 0.0, 0.0, 0, 0
    for number, pause, events in requests:
        now += pause
        for process in processes:
            for taken in process.reports(everything=True).values():
                left, at = min(burst, left + (now - at) * per_second) - taken, now
        for process in processes:
            process.settle("a", min(burst, left + (now - at) * per_second), now)
        if not send(processes[number], "a", events, now):
            granted, largest = granted + events, max(largest, events)
    assert granted <= per_second * (BURST_SECONDS + now) + largest + 1e-3
