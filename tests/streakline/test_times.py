"""Times, buckets and positions."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import times
from streakline.times import SEQ_BITS, dec, enc, named_moment, named_position

ids = st.tuples(st.integers(0, 2**41 - 1), st.integers(0, 2**22 - 1))
moments = st.integers(times.EARLIEST_MS, 4_102_444_800_000)


@given(ids, ids)
def test_positions_compare_like_entry_ids(one, other):
    first, second = (times.enc(f"{ms}-{seq}") for ms, seq in (one, other))
    assert (first < second) == (one < other)
    assert 0 <= first < 2**63


@given(ids)
def test_a_position_gives_its_entry_id_again(pair):
    entry_id = "{}-{}".format(*pair)
    assert times.dec(times.enc(entry_id)) == entry_id
    assert times.enc(entry_id.encode()) == times.enc(entry_id)
    assert times.ms_of(entry_id) == times.ms_of(entry_id.encode()) == pair[0] == times.enc(entry_id) >> 22


def test_an_id_without_a_sequence_is_the_first_of_its_millisecond():
    assert times.enc("5") == times.enc("5-0")
    assert times.ms_of(b"5") == 5


@given(moments)
def test_a_moment_lies_in_its_quarter_hour_and_minute(ms):
    bucket, minute = times.bucket_of(ms), times.minute_of(ms)
    assert bucket <= minute <= ms < minute + 60_000 <= bucket + 900_000
    assert datetime.fromtimestamp(bucket / 1000, UTC).minute in {0, 15, 30, 45}


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_iso_timestamps_give_moment_and_offset(ms, minutes):
    zone = timezone(timedelta(minutes=minutes))
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(zone).isoformat()
    assert times.parse_when(text) == (ms, minutes)


@pytest.mark.parametrize(
    ("value", "ms", "offset"),
    [
        (1_763_700_000_123, 1_763_700_000_123, None),
        (1_763_700_000_123.9, 1_763_700_000_123, None),
        ("2025-11-21T04:40:00.123Z", 1_763_700_000_123, None),
        ("2025-11-21T04:40:00.123", 1_763_700_000_123, None),
        ("2025-11-21T04:40:00.123+00:00", 1_763_700_000_123, 0),
        ("2025-11-21T10:25:00.123+05:45", 1_763_700_000_123, 345),
        ("2025-11-21T01:10:00.123-03:30", 1_763_700_000_123, -210),
        ("2025-11-21", 1_763_683_200_000, None),
    ],
)
def test_forms_of_a_timestamp(value, ms, offset):
    assert times.parse_when(value) == (ms, offset)


@pytest.mark.parametrize("value", ["", "yesterday", "1763700000000"])
def test_other_texts_are_refused_with_their_value(value):
    with pytest.raises(ValueError, match="is neither ISO 8601 nor epoch milliseconds") as refusal:
        times.parse_when(value)
    assert repr(value) in str(refusal.value)


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_numbers_that_are_no_moment_are_refused(value):
    with pytest.raises(ValueError, match=r"timestamp (inf|nan) is neither ISO 8601 nor epoch milliseconds"):
        times.parse_when(value)


@given(moments)
def test_iso_texts_read_back(ms):
    assert times.parse_when(times.iso(ms)) == (ms, None)


@pytest.mark.parametrize("ms", [1_763_700_000_000_000, 10**40, -(10**18)])
def test_a_moment_beyond_the_calendar_is_told_as_its_number(ms):
    assert times.iso(ms) == f"{ms} ms"


ACCEPTED = 1_790_000_000_000


def test_a_position_fits_63_bits_whatever_its_sequence_says() -> None:
    assert enc(f"{ACCEPTED}-18446744073709551615") == (ACCEPTED << SEQ_BITS) | ((1 << SEQ_BITS) - 1)
    assert dec(enc(f"{ACCEPTED}-7")) == f"{ACCEPTED}-7"


@pytest.mark.parametrize(
    "named", [b"", b"x", b"-1--1", b"1", b"9" * 40 + b"-0", b"9999999999999-0", b"\xd9\xa1-0"]
)
def test_a_position_that_nobody_can_have_come_to_is_refused(named: bytes) -> None:
    with pytest.raises(ValueError, match="u "):
        named_position(named, f"{ACCEPTED}-0".encode())


@pytest.mark.parametrize("text", [b"", b"x", b"-5", b"9" * 5000, b"\xff", b"1.5"])
def test_what_is_no_moment_is_long_over(text: bytes) -> None:
    assert named_moment(text) == 0
