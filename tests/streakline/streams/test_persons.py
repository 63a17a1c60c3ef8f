"""Who is a person, and on which day of his own an event lies."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamped_events import record
from streakline.streams.persons import NO_DAY, NOBODY, local_days, persons
from streakline.streams.records import BOT, COUNTED, DEVICE, ENDED, NAMED, NO_OFFSET, TIMED


def person(**fields: object) -> int:
    row = record(**fields)
    [found] = persons(np.array([row["listener64"]]), np.array([row["flags"]])).tolist()
    return found


def test_an_anonymous_id_that_equals_a_user_id_is_no_person():
    user = record(userId="alice")
    visitor = record(userId=None, anonymousId="alice")
    session = record(userId=None, sessionId="alice")
    assert user["listener64"] == visitor["listener64"] == session["listener64"]
    assert person(userId="alice", anonymousId="alice") == user["listener64"]
    assert person(userId=None, anonymousId="alice") == NOBODY
    assert person(userId=None, sessionId="alice") == NOBODY


@pytest.mark.parametrize("flags", [0, TIMED | COUNTED | ENDED, DEVICE, NAMED | BOT, DEVICE | BOT])
def test_a_robot_and_what_an_older_build_stamped_are_nobody(flags):
    assert persons(np.array([7], np.uint64), np.array([flags], np.uint8)).tolist() == [NOBODY]


@given(st.integers(946_684_800_000, 4_102_444_800_000), st.integers(-95, 95))
def test_the_local_day_is_that_of_the_calendar_in_the_zone(start, quarters):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=start)
    local = at.astimezone(timezone(timedelta(minutes=15 * quarters))).date()
    [day] = local_days(np.array([start]), np.array([quarters], np.int16)).tolist()
    assert day == (local - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def test_without_a_zone_the_day_is_not_known():
    start, offset = np.array([1_763_700_000_000] * 2), np.array([NO_OFFSET, 0], np.int16)
    assert local_days(start, offset).tolist() == [NO_DAY, 20_413]
