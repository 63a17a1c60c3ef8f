"""Hypothesis strategies for the facts of `record_facts`: few values, so that they meet.

A fact is made of a few random bytes, one a choice: one draw an event keeps the tests fast, and bytes shrink to the
first choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from record_facts import (
    BOT,
    COUNTED,
    DEVICE,
    ENDED,
    FINISHED,
    MINUTE,
    NAMED,
    NO_OFFSET,
    QUARTER,
    REPLAYED,
    TIMED,
    Fact,
)

START = 1_763_700_300_000 // QUARTER * QUARTER + 4 * QUARTER
"""The stream's first moment: a quarter hour's start."""

_T = TypeVar("_T")
_OFFSETS = (
    0, -1_000, -5 * QUARTER - 1, -5 * QUARTER, -5 * QUARTER + 1, -3 * QUARTER, -61 * MINUTE, -60 * MINUTE,
    -QUARTER - 1, -QUARTER, -6 * MINUTE, -5 * MINUTE, -30_001, -30_000, -29_999, 14 * MINUTE, 16 * MINUTE,
)  # fmt: skip
"""Event time against the stream's first moment or the moment of acceptance: on, beside and between borders."""
_KINDS = (1, 1, 1, 1, 2, 3, 3, 3, 4, 5, 6, 8, 8, 9, 10, 24, *range(4, 25))
_FLAGS = (TIMED | COUNTED, TIMED, 0, COUNTED, TIMED | COUNTED | FINISHED, COUNTED | REPLAYED)
_STEPS = (0, 1, 1_000, 20_000, 31_000, MINUTE, 7 * MINUTE, QUARTER, 3 * QUARTER)
_CODES = (0, 1, 2, 65_535)
_NAMES = (NAMED, NAMED, DEVICE, 0)
_ZONES = (NO_OFFSET, 0, 22, 55, -20, -28)
BYTES = 18
"""So many choices make a fact."""


def fact_of(choices: bytes, accepted: int) -> Fact:
    """Return the fact that some bytes choose; one in some is a robot's, broken or late."""
    left = iter(choices)

    def one(values: Sequence[_T]) -> _T:
        return values[next(left) % len(values)]

    kind = one(_KINDS)
    start = one((accepted, START)) + one(_OFFSETS)
    at = min(accepted, start + 10_000 * one(range(6))) if kind in (2, 3) else start
    odd = one(range(20))
    if odd == 18:
        kind = one((0, 25, 255))
    elif odd == 19:
        start, at = one(((0, at), (start, 0), (accepted + QUARTER + MINUTE + 1, at)))
    flags = (one(_FLAGS) if kind <= 3 else 0) | (ENDED if kind == 1 else 0) | (BOT if odd == 17 else 0)
    flags |= one(_NAMES)
    return Fact(
        content=one(range(1, 5)),
        id=one(range(1, 6)),
        kind=kind,
        start=start,
        accepted=accepted,
        at=at,
        dur=one(range(4)) * 10_000 if kind <= 3 else 0,
        flags=flags,
        listener=one(range(1, 5)),
        dims=(one(_CODES), one(_CODES), 3, one(_CODES)),
        completion=one((65_535, 0, 500, 1000)) if kind <= 3 else 65_535,
        ctype=one(range(4)),
        off=one(_ZONES),
    )


def requests(most: int = 12) -> st.SearchStrategy[list[tuple[int, list[Fact]]]]:
    """Draw (moment of acceptance, facts) of the entries of a stream, in order; some are ticks."""
    facts = st.lists(st.binary(min_size=BYTES, max_size=BYTES), max_size=5)
    return st.lists(st.tuples(st.sampled_from(_STEPS), facts), min_size=1, max_size=most).map(_stream)


def _stream(drawn: list[tuple[int, list[bytes]]]) -> list[tuple[int, list[Fact]]]:
    moment, stream = START, []
    for step, facts in drawn:
        moment += step
        stream.append((moment, [fact_of(choices, moment) for choices in facts]))
    return stream
