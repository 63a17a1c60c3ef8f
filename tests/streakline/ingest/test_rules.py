"""The rules that read one event, where they can be told without stamping it. The others: test_stamping."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.counting_profiles import PROFILES, counts
from streakline.ingest import rules
from streakline.ingest.events import Event
from streakline.kinds import HEARTBEAT, KINDS, PLAY
from streakline.streams import records

ZONES = sorted(available_timezones() - {"localtime"})
NOW = 1_763_700_000_000


@given(st.sampled_from(ZONES), st.integers(946_684_800_000, 2_000_000_000_000))
def test_offsets_of_every_zone_equal_the_zone_s_own_rules(zone, ms):
    plain = (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(ZoneInfo(zone)).utcoffset()
    )
    assert plain is not None
    assert timedelta(minutes=rules.zone_minutes(zone, ms)) == plain


@given(st.integers(0, 86_400_000))
def test_a_duration_in_ms_survives_its_way_through_seconds(ms):
    assert rules.milliseconds(ms / 1000, "duration") == ms


@given(
    st.none() | st.integers(0, 86_400),
    st.none() | st.integers(0, 100),
    st.integers(0, 86_400_000),
    st.sampled_from(list(PROFILES.values())),
    st.sampled_from([PLAY, HEARTBEAT]),
)
def test_a_play_is_measured_by_its_profile(seconds, rate, length, profile, kind):
    event = Event(id="e", type="play", timestamp=NOW, duration=seconds, completionRate=rate)
    listened, completion, flags = rules.played(event, kind, length, profile)
    known = seconds is not None or kind == HEARTBEAT
    assert listened == (seconds or 0) * 1000
    assert bool(flags & records.TIMED) == known
    assert bool(flags & records.COUNTED) == counts(profile, listened if known else None, length)
    assert bool(flags & records.ENDED) == (kind == PLAY)
    if rate is not None:
        assert completion == rate * 10
    elif known and length:
        assert completion == min(1000, listened * 1000 // length)
    else:
        assert completion == records.UNKNOWN_COMPLETION
    assert bool(flags & records.FINISHED) == bool(flags & records.COUNTED and completion >= 900)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_but_plays_and_the_catalogue_may_do_without_a_content(kind):
    bare = Event(id="e", type=kind, timestamp=NOW)
    if kind in {"play", "play_start", "heartbeat", "content"}:
        with pytest.raises(rules.Refused, match=f"contentId is missing; a {kind} needs it"):
            rules.kind_of(bare, trusted=True)
    else:
        assert rules.kind_of(bare, trusted=True) == KINDS[kind]
