"""What the regular jobs find: every night of whoever played lately or loses a streak, and of a year that is over."""

import pytest

from person_rows import rows_of
from streakline import zones
from streakline.domain_events.events import ViewingStreakUpdated, YearInReviewGenerated
from streakline.domain_events.regular import found_by_night, found_of_year
from streakline.people.play_rows import Content, PlayRows
from streakline.people.streak_rules import StreakRules
from streakline.people.viewing_time import PERIODS
from streakline.times import parse_when

UTC = zones.zone("UTC")
DAY = 86_400_000
NOON = parse_when("2026-11-20T12:00:00Z")[0]
RULES = StreakRules()


def played(days: int = 12) -> PlayRows:
    """Return a track a day, each finished, the last one today."""
    rows = [
        {"contentId": f"t{n}", "timed": 1, "time_ms": 180_000}
        | dict.fromkeys(("at_ms", "first_ms", "last_ms", "done_ms"), NOON - n * DAY)
        for n in range(days)
    ]
    return rows_of(*rows, known=[Content(f"t{n}", "track", creator=f"c{n % 2}") for n in range(days)])


def subjects(now: int, since: int) -> set[str]:
    return {one.subject for one in found_by_night("ann", played(), UTC, RULES, now, since)}


def test_a_night_finds_streak_milestones_and_the_time_of_every_period() -> None:
    found = found_by_night("ann", played(), UTC, RULES, NOON + 1, NOON - DAY)
    assert len({one.subject for one in found}) == len(found) == 1 + 1 + len(PERIODS)
    assert {one.event.user_id for one in found} == {"ann"}


@pytest.mark.parametrize(("since", "recounted"), [(NOON, True), (NOON + DAY, True), (NOON + DAY + 1, False)])
def test_the_time_of_who_played_before_the_last_night_is_not_calculated_again(
    since: int, recounted: bool
) -> None:
    lately, before = subjects(NOON + 3 * DAY, since), subjects(NOON + 3 * DAY, NOON + 3 * DAY)
    assert (len(lately) - len(before) == len(PERIODS)) == recounted
    assert before <= lately


def test_a_night_finds_a_streak_broken_that_nobody_went_on_with() -> None:
    [streak] = [
        one.event.data
        for one in found_by_night("ann", played(), UTC, RULES, NOON + 3 * DAY, NOON + 2 * DAY)
        if isinstance(one.event.data, ViewingStreakUpdated)
    ]
    assert (streak.current_streak, streak.longest_streak, streak.streak_status) == (0, 12, "broken")


def test_of_a_year_with_plays_a_review_is_found_and_of_one_without_nothing() -> None:
    [one] = found_of_year("ann", played(), UTC, RULES, NOON + DAY, 2026, {"c0": "Zero"})
    assert isinstance(one.event.data, YearInReviewGenerated)
    assert one.event.data.year == 2026
    assert found_of_year("ann", played(), UTC, RULES, NOON + DAY, 2025, {}) == []
    assert found_of_year("ann", rows_of(), UTC, RULES, NOON + DAY, 2026, {}) == []
