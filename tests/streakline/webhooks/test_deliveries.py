"""Deliveries: pending until they are taken or given up, and tried from the beginning where somebody asks for it."""

import pytest

from streakline.webhooks.deliveries import ATTEMPTS_KEPT, Attempt, Delivery
from streakline.webhooks.retries import RETRIES

MADE = Delivery(event="e", type="ViewingStreakUpdated", body="{}", created=0, next=0)


def failed(delivery: Delivery, status: int | None = 500) -> Delivery:
    return delivery.after(Attempt(at=delivery.next or 0, ms=10, status=status), RETRIES, 0.0)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_an_answer_of_2xx_is_the_end(status: int) -> None:
    after = failed(MADE, status)
    assert (after.state, after.next, after.tried) == ("delivered", None, 1)


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 404, 429, 500, 503])
def test_any_other_answer_and_none_is_tried_again(status: int | None) -> None:
    after = failed(MADE, status)
    assert (after.state, after.next) == ("pending", 10 + RETRIES.waits[0])


def test_410_is_given_up_at_once() -> None:
    assert (failed(MADE, 410).state, failed(MADE, 410).next) == ("dead", None)


def test_after_the_last_attempt_it_is_given_up_and_may_be_tried_from_the_beginning() -> None:
    delivery = MADE
    for _ in range(RETRIES.attempts):
        assert delivery.state == "pending"
        delivery = failed(delivery)
    assert (delivery.state, delivery.next, len(delivery.attempts)) == ("dead", None, RETRIES.attempts)
    again = delivery.again(7)
    assert (again.state, again.next, again.tried, again.attempts) == ("pending", 7, 0, delivery.attempts)
    assert failed(again).state == "pending"


def test_of_many_attempts_the_last_ones_are_kept() -> None:
    delivery = MADE
    for n in range(30):
        delivery = delivery.again(n).after(Attempt(at=n, ms=0, status=500), RETRIES, 0.0)
    assert [one.at for one in delivery.attempts] == list(range(30 - ATTEMPTS_KEPT, 30))
