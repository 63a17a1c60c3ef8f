"""Stamping: zones, flags, profiles and lengths, which say what an event counts for."""

import pytest

from stamped_events import NOW, TRUSTED, record, stamped, stamper
from streakline.counting_profiles import PROFILES
from streakline.streams.records import COUNTED, ENDED, FINISHED, NAMED, NO_OFFSET, REPLAYED, TIMED, records_of


@pytest.mark.parametrize(
    ("fields", "quarters"),
    [
        ({}, NO_OFFSET),
        ({"timestamp": "2025-11-21T04:40:00Z"}, NO_OFFSET),
        ({"timestamp": "2025-11-21T04:40:00+00:00"}, 0),
        ({"timestamp": "2025-11-21T10:10:00+05:30"}, 22),
        ({"timestamp": "2025-11-21T01:10:00-03:30"}, -14),
        ({"tz": "UTC"}, 0),
        ({"tz": "Asia/Kathmandu"}, 23),
        ({"tz": "Pacific/Chatham"}, 55),
        ({"tz": "America/St_Johns"}, -14),
        ({"tz": "Europe/Berlin", "timestamp": "2025-11-21T10:10:00+05:30"}, 4),
        ({"tz": "Europe/Berlin", "timestamp": "2025-03-30T00:59:59.999Z"}, 4),
        ({"tz": "Europe/Berlin", "timestamp": "2025-03-30T01:00:00Z"}, 8),
        ({"tz": "Europe/Berlin", "timestamp": "2024-10-27T00:59:59Z"}, 8),
        ({"tz": "Europe/Berlin", "timestamp": "2024-10-27T01:00:00Z"}, 4),
        ({"tz": "Australia/Lord_Howe", "timestamp": "2025-01-01T00:00:00Z"}, 44),
        ({"tz": "Australia/Lord_Howe", "timestamp": "2025-06-01T00:00:00Z"}, 42),
        # Until 2011 Newfoundland changed its clocks a minute after midnight, off the quarter hour.
        ({"tz": "America/St_Johns", "timestamp": "2009-11-01T02:30:59Z"}, -10),
        ({"tz": "America/St_Johns", "timestamp": "2009-11-01T02:31:00Z"}, -14),
    ],
)  # fmt: skip
def test_the_offset_is_the_zone_s_at_that_moment_in_quarter_hours(fields, quarters):
    assert record(**fields)["off"] == quarters


def test_the_zone_of_a_play_is_that_of_its_start():
    row = record(
        type="heartbeat", playId="p", tz="Europe/Berlin",
        timestamp="2025-03-30T01:10:00Z", startedAt="2025-03-30T00:50:00Z",
    )  # fmt: skip
    assert row["off"] == 4


def flags(**fields: object) -> int:
    return int(record(**fields)["flags"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"duration": 20}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 19.999}, TIMED | ENDED),
        ({"duration": 20, "contentDuration": 200}, TIMED | COUNTED | ENDED),
        ({"duration": 180, "contentDuration": 200}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 12, "contentDuration": 12}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 11, "contentDuration": 12}, TIMED | ENDED),
        ({"duration": 30, "completionRate": 89.9}, TIMED | COUNTED | ENDED),
        ({"duration": 30, "completionRate": 90}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 10, "completionRate": 100}, TIMED | ENDED),
        ({}, COUNTED | FINISHED | ENDED),
        ({"replayed": True, "duration": 1}, TIMED | REPLAYED | ENDED),
        ({"replayed": False, "duration": 1}, TIMED | ENDED),
        ({"type": "play_start", "playId": "p"}, TIMED),
        ({"type": "heartbeat", "playId": "p", "startedAt": NOW, "duration": 20}, TIMED | COUNTED | FINISHED),
        ({"type": "like", "duration": 99}, 0),
    ],
)
def test_flags_say_what_a_play_counts_for(fields, expected):
    assert flags(**fields) == expected | NAMED


@pytest.mark.parametrize(
    ("profile", "counted_from"),
    [("default-20s", 20), ("stream-30s", 30), ("scrobble-half-or-4min", 100), ("any-start", 0)],
)
def test_the_profile_decides_and_stands_in_the_record(profile, counted_from):
    by = stamper(profile=profile)
    for duration in (0, 19, 20, 29, 30, 99, 100):
        [row] = records_of([stamped(by=by, duration=duration, contentDuration=200).record])
        assert bool(row["flags"] & COUNTED) == (duration >= counted_from)
        assert row["profile"] == PROFILES[profile].code


def test_a_source_may_have_its_own_profile():
    by = stamper(overrides={"radio": "any-start"})
    one, two = (records_of([stamped(by=by, duration=1, source=s).record])[0] for s in ("radio", "feed"))
    assert (one["profile"], bool(one["flags"] & COUNTED)) == (4, True)
    assert (two["profile"], bool(two["flags"] & COUNTED)) == (1, False)


@pytest.mark.parametrize(
    ("fields", "dur", "length", "completion"),
    [
        ({"duration": 12.3456}, 12_346, 0, 65_535),
        ({"duration": 50, "contentDuration": 200}, 50_000, 200_000, 250),
        ({"duration": 300, "contentDuration": 200}, 300_000, 200_000, 1000),
        ({"completionRate": 12.34}, 0, 0, 123),
        ({"duration": 50, "contentDuration": 200, "completionRate": 99}, 50_000, 200_000, 990),
        ({"contentDuration": 200}, 0, 200_000, 65_535),
        ({"type": "like", "contentDuration": 200, "completionRate": 50, "duration": 5}, 0, 200_000, 65_535),
        ({"type": "content", "duration": 180}, 0, 180_000, 65_535),
        ({"type": "content", "duration": 180, "contentDuration": 200}, 0, 180_000, 65_535),
        ({"type": "content", "contentDuration": 200}, 0, 200_000, 65_535),
        ({"type": "content", "duration": 0, "contentDuration": 200}, 0, 200_000, 65_535),
    ],
)
def test_durations_are_ms_and_completion_is_per_mille(fields, dur, length, completion):
    row = record(TRUSTED, **fields)
    assert (row["dur"], row["length"], row["completion"]) == (dur, length, completion)
