"""Deliveries: one event on its way to one webhook, and what becomes of it by each attempt."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal

import msgspec

from streakline.webhooks.retries import Retries

State = Literal["pending", "delivered", "dead"]
STATES: Final[tuple[State, ...]] = ("pending", "delivered", "dead")
LONGEST_ERROR: Final = 200
ATTEMPTS_KEPT: Final = 20
"""The last ones of a delivery, retries by hand included."""


class Attempt(msgspec.Struct, frozen=True):
    """One try to deliver.

    Attributes:
        at: when it began, ms.
        ms: how long it took.
        status: of the answer; None if there was none.
        error: why there was none, in words without any secret.
    """

    at: int
    ms: int
    status: int | None = None
    error: str | None = None

    @property
    def was_taken(self) -> bool:
        """Whether the receiver has the event."""
        return self.status is not None and self.status // 100 == 2

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.status == HTTPStatus.GONE


class Delivery(msgspec.Struct, frozen=True):
    """An event on its way to a webhook.

    Attributes:
        event: the id of the event, which is the delivery's too: a webhook gets each event once.
        type: of the event.
        body: what is sent.
        created: when it was known, ms.
        state: `pending` until it is taken or given up.
        tried: attempts of this round: a retry by hand begins another one.
        next: when it is tried next, ms; None if it is not.
        attempts: the last ones.
    """

    event: str
    type: str
    body: str
    created: int
    state: State = "pending"
    tried: int = 0
    next: int | None = None
    attempts: tuple[Attempt, ...] = ()

    def after(self, attempt: Attempt, retries: Retries, chance: float, asked: int = 0) -> Delivery:
        """Return the delivery after an attempt.

        Args:
            attempt: it.
            retries: when to try again.
            chance: as `Retries.next_at` takes it.
            asked: the same.
        """
        tried = self.tried + 1
        attempts = (*self.attempts, attempt)[-ATTEMPTS_KEPT:]
        state: State = "delivered" if attempt.was_taken else "dead"
        next_at: int | None = None
        if not attempt.was_taken and not attempt.is_gone:
            next_at = retries.next_at(tried, attempt.at + attempt.ms, chance, asked)
            state = "dead" if next_at is None else "pending"
        return msgspec.structs.replace(self, state=state, tried=tried, next=next_at, attempts=attempts)

    def again(self, at: int) -> Delivery:
        """Return the delivery to be tried from the beginning, at a moment (ms)."""
        return msgspec.structs.replace(self, state="pending", tried=0, next=at)


def ms_asked(retry_after: str | None) -> int:
    """Return for how many ms a `Retry-After` asks to be left alone; 0 if it gives no number of seconds."""
    text = (retry_after or "").strip()
    return int(text) * 1000 if text.isascii() and text.isdigit() and len(text) < 10 else 0
