"""The body of a question: its members are spelled as the wire protocol has them, and nothing else is taken."""

from __future__ import annotations

import msgspec
import pytest

from streakline.history.asked import LIMIT, MEMBERS, Asked

SMALLEST = b'{"metrics": ["plays"]}'


def test_members_are_spelled_as_the_wire_protocol_has_them() -> None:
    assert {"dateRange", "timeRange", "asOf", "orderBy"} < set(MEMBERS)
    assert all(name.isalpha() for name in MEMBERS)


def test_what_is_left_out_has_its_default() -> None:
    asked = msgspec.json.decode(SMALLEST, type=Asked)
    assert (asked.metrics, asked.dimensions, asked.tz, asked.limit) == (("plays",), (), "UTC", LIMIT)
    assert (asked.date_range, asked.time_range, asked.as_of, asked.compare) == (None, None, None, None)


@pytest.mark.parametrize(
    "more", ['"metric": "plays"', '"dateRange": {"from": 0, "until": 1}', '"limit": "10"']
)
def test_nothing_else_is_taken(more: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(SMALLEST[:-1] + f", {more}}}".encode(), type=Asked)
