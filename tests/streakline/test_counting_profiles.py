"""When a play counts, profile by profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.counting_profiles import DEFAULT, PROFILES, counts

LENGTHS = st.sampled_from(
    [0, 1, 5_000, 19_999, 20_000, 30_000, 30_001, 60_001, 240_000, 479_999, 480_000, 10**7]
)


@pytest.mark.parametrize(
    ("name", "length_s", "needed_ms"),
    [
        ("default-20s", 0, 20_000),
        ("default-20s", 200, 20_000),
        ("default-20s", 12, 12_000),
        ("stream-30s", 0, 30_000),
        ("stream-30s", 200, 30_000),
        ("stream-30s", 25, 25_000),
        ("scrobble-half-or-4min", 0, 240_000),
        ("scrobble-half-or-4min", 100, 50_000),
        ("scrobble-half-or-4min", 31, 15_500),
        ("scrobble-half-or-4min", 480, 240_000),
        ("scrobble-half-or-4min", 3_600, 240_000),
        ("any-start", 0, 0),
        ("any-start", 200, 0),
    ],
)
def test_a_play_counts_from_the_needed_time_on(name, length_s, needed_ms):
    assert counts(PROFILES[name], needed_ms, length_s * 1000)
    assert not needed_ms or not counts(PROFILES[name], needed_ms - 1, length_s * 1000)


def test_a_content_of_up_to_thirty_seconds_is_never_scrobbled():
    assert not counts(PROFILES["scrobble-half-or-4min"], 30_000, 30_000)
    assert counts(PROFILES["scrobble-half-or-4min"], 15_001, 30_001)


@given(st.sampled_from(list(PROFILES.values())), LENGTHS)
def test_a_play_whose_duration_nobody_gave_counts(profile, length):
    assert counts(profile, None, length)


@given(st.sampled_from(list(PROFILES.values())), LENGTHS, st.integers(0, 500_000), st.integers(0, 500_000))
def test_listening_longer_never_makes_a_play_count_less(profile, length, shorter, more):
    assert counts(profile, shorter, length) <= counts(profile, shorter + more, length)


@given(st.sampled_from(["default-20s", "stream-30s", "any-start"]), LENGTHS.filter(bool))
def test_the_whole_content_always_counts(name, length):
    assert counts(PROFILES[name], length, length)


def test_codes_are_what_raw_rows_keep():
    assert {name: profile.code for name, profile in PROFILES.items()} == {
        "default-20s": 1, "stream-30s": 2, "scrobble-half-or-4min": 3, "any-start": 4,
    }  # fmt: skip
    assert [profile.code for profile in PROFILES.values()] == [1, 2, 3, 4]
    assert DEFAULT == "default-20s"
