"""The spellings of time that people send: each is one moment, or refused with the true reason."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.ingest.events import decode_batch
from streakline.ingest.plain import decode_plain, whole
from streakline.times import iso, parse_when

MOMENT = "2026-11-27T10:00:00.000Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27T10:00:00Z", "2026-11-27t10:00:00z", "2026-11-27T10:00:00z", "2026-11-27t10:00:00Z",
        "2026-11-27 10:00:00Z", "2026-11-27 10:00:00z", "2026-11-27T10:00Z", "2026-11-27T10Z",
        "2026-11-27T10:00:00.000Z", "2026-11-27T10:00:00.0Z", "2026-11-27T10:00:00,000Z",
        "2026-11-27T10:00:00.000000Z", "2026-11-27T10:00:00.000000000Z", "2026-11-27T10:00:00.0000000000001z",
        "2026-11-27T10:00:00", "2026-11-27 10:00:00", "2026-11-27T10:00:00-00:00", "2026-11-27T10:00:00-0000",
        "20261127T100000Z", "20261127t100000z", "20261127T1000Z", "2026-W48-5T10:00:00Z", "2026W485T100000Z",
    ],
)  # fmt: skip
def test_one_moment_in_utc_whose_zone_nobody_told(text: str) -> None:
    ms, minutes = parse_when(text)
    assert (iso(ms), minutes) == (MOMENT, None)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2026-11-27T10:00:00+00:00", 0), ("2026-11-27T10:00:00+0000", 0), ("2026-11-27T10:00:00+00", 0),
        ("2026-11-27T11:00:00+01:00", 60), ("2026-11-27t11:00:00+01:00", 60), ("2026-11-27T11:00+01", 60),
        ("2026-11-27T15:45:00+0545", 345), ("2026-11-27T06:30:00-03:30", -210), ("2026-11-28T00:00:00+14:00", 840),
        ("2026-11-28T09:59:00+23:59", 1439), ("2026-11-26T24:00:00-10:00", -600),
    ],
)  # fmt: skip
def test_the_same_moment_with_its_zone(text: str, minutes: int) -> None:
    ms, found = parse_when(text)
    assert (iso(ms), found) == (MOMENT, minutes)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"),
        ("2016-12-31t23:59:60.5z", "2016-12-31T23:59:59.999Z"),
        ("2017-01-01T00:59:60+01:00", "2016-12-31T23:59:59.999Z"),
        ("2016-12-31T15:59:60-08:00", "2016-12-31T23:59:59.999Z"),
        ("20150630T235960Z", "2015-06-30T23:59:59.999Z"),
        ("2015-06-30 23:59:60", "2015-06-30T23:59:59.999Z"),
        ("2026-11-26T24:00:00Z", "2026-11-27T00:00:00.000Z"),
        ("2026-11-26T24:00:00.000Z", "2026-11-27T00:00:00.000Z"),
        ("2026-12-31T24:00", "2027-01-01T00:00:00.000Z"),
        ("2026-11-26T24:00:00+01:00", "2026-11-26T23:00:00.000Z"),
        ("2026-11-27", "2026-11-27T00:00:00.000Z"),
    ],
)
def test_leap_seconds_and_ends_of_days(text: str, moment: str) -> None:
    assert iso(parse_when(text)[0]) == moment


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-13-01", "month must be in 1..12"),
        ("2026-02-30T10:00:00Z", "day is out of range for month"),
        ("2027-02-29", "day is out of range for month"),
        ("0000-01-01T00:00:00Z", "year 0 is out of range"),
        ("2026-11-27T25:00:00Z", "hour must be in 0..23"),
        ("2026-11-27T25:00", "hour must be in 0..23"),
        ("2026-11-27T10:60:00Z", "minute must be in 0..59"),
        ("2026-11-27T10:00:61Z", "second must be in 0..59"),
        ("2026-11-27T10:00:00+24:00", "its offset is not below 24 hours"),
        (
            "2026-11-27T10:00:60Z",
            "second 60 is a leap second, which comes only at 23:59:60 UTC on the last day",
        ),
        ("2026-11-27T23:59:60Z", "second 60 is a leap second"),
        ("2016-12-31T23:59:60+01:00", "second 60 is a leap second"),
        ("2026-11-27T24:00:01Z", "hour 24 is only the end of a day"),
        ("2026-11-27T24:30:00Z", "hour 24 is only the end of a day"),
        ("2026-11-27T24:00:00.5Z", "hour 24 is only the end of a day"),
        ("9999-12-31T24:00:00Z", "it lies after the year 9999"),
    ],
)
def test_what_looks_like_a_time_and_is_none_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match="names no moment: ") as refusal:
        parse_when(text)
    assert repr(text) in str(refusal.value)
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1763700000000", ": it is a text; send the number without quotes"),
        ("1763700000.5", ": it is a text; send the number without quotes"),
        ("2026-11-27T10:00:00+01:00[Europe/Berlin]", ": it ends with the name of a zone; send that as tz"),
        ("2026-331", " that is read here: send year, month and day"),
        (" 2026-11-27T10:00:00Z", ": there are spaces around it"),
        ("Fri, 27 Nov 2026 10:00:00 GMT", ""),
        ("27.11.2026 10:00", ""),
        ("2026-11-27T10:00:00 Europe/Berlin", ""),
        ("٢٠٢٦-11-27T10:00:00Z", ""),
        ("2026-11-27T10:00:00Z\n", ": there are spaces around it"),
        ("2026-11-27T10:00:00ZZ", ""),
    ],
)
def test_what_is_no_time_is_refused_with_a_way_out(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="is neither ISO 8601 nor epoch milliseconds") as refusal:
        parse_when(text)
    assert str(refusal.value).endswith(f"is neither ISO 8601 nor epoch milliseconds{hint}")


@given(
    st.datetimes(),
    st.integers(-1439, 1439),
    st.sampled_from(["T", "t", " "]),
    st.booleans(),
)
def test_every_time_of_rfc_3339_is_read_as_it_is_written(
    local: datetime, minutes: int, between: str, told: bool
) -> None:
    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)) if told else UTC)
    text = at.isoformat(sep=between) if told else local.isoformat(sep=between) + "z"
    ms, offset = parse_when(text)
    assert ms == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert offset == (minutes if told else None)


@pytest.mark.parametrize(
    "number",
    ["1795773600000", "1795773600000.0", "1.7957736e12", "17957736E5", "1795773600000.25", "-5", "0"],
)
def test_both_decoders_read_a_number_as_the_same_moment(number: str) -> None:
    body = f'[{{"id":"a","type":"like","contentId":"c","timestamp":{number}}}]'.encode()
    [(_, event)] = decode_batch(body).events
    plain = decode_plain(body)
    if plain is not None:  # where it is none the other decoder decides alone
        assert parse_when(whole(plain.events[0]).timestamp) == parse_when(event.timestamp)
