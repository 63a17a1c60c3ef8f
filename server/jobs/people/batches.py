"""What a job and the process that works for it write to each other: a line of JSON a batch, and one of its end."""

from __future__ import annotations

from typing import Literal

import msgspec


class Setup(msgspec.Struct, frozen=True):
    """The first line: where to ask and to emit. It holds passwords, which arguments of a process would show.

    Attributes:
        history_url: of the reading user of ClickHouse.
        redis_url: of Redis.
        log_format: `text` or `json`.
        most_bytes: of an answer of ClickHouse; a person of whom there is more is too costly.
    """

    history_url: str
    redis_url: str
    log_format: str
    most_bytes: int


class Batch(msgspec.Struct, frozen=True):
    """Persons of whom events are to be found.

    Attributes:
        users: the persons.
        as_of: now, ms UTC.
        closed_end: the first moment (ms UTC) of which events answer.
    """

    users: list[str]
    as_of: int
    closed_end: int


class Night(Batch, frozen=True, tag="night"):
    """What is new since the run before.

    Attributes:
        since: up to which moment that had looked, ms UTC.
    """

    since: int


class Year(Batch, frozen=True, tag="year"):
    """The review of a year.

    Attributes:
        year: which.
    """

    year: int


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A question to ClickHouse that has ended: its name, how, and the seconds it took."""

    name: str
    outcome: str
    seconds: float


Outcome = Literal["done", "away", "busy", "costly", "redis", "failed"]


class Worked(msgspec.Struct, frozen=True):
    """What became of a batch.

    Attributes:
        outcome: `done`, or why not.
        emitted: events that were appended.
        words: of the error.
        questions: that were asked for it.
    """

    outcome: Outcome
    emitted: int = 0
    words: str = ""
    questions: list[Question] = []
