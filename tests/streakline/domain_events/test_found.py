"""Domain events: exactly the fields of the requirement, and ids that whoever finds an event gives it."""

import json
import uuid

import msgspec
import pytest

from person_rows import rows_of
from streakline import zones
from streakline.domain_events import events
from streakline.domain_events.events import EVENT_TYPES, encode, envelope_of, members_of
from streakline.domain_events.found import (
    Found,
    milestones_achieved,
    streak_updated,
    time_calculated,
    year_generated,
)
from streakline.people.milestones import finishes_of, milestones_of
from streakline.people.play_rows import Content, PlayRows
from streakline.people.streaks import Streak, streak_of
from streakline.people.viewing_time import PERIODS, viewing_time
from streakline.people.yearly.review import year_of
from streakline.times import parse_when

UTC = zones.zone("UTC")
DAY = 86_400_000
NOON = parse_when("2026-11-20T12:00:00Z")[0]
FIELDS = {
    "ViewingStreakUpdated": "StreakId CurrentStreak LongestStreak LastWatchedDate StreakStatus ContentTypesInStreak",
    "ViewingMilestoneAchieved": (
        "MilestoneId MilestoneType AchievementDate MetricAchieved ContentBreakdown HistoricalContext CelebrationTier"
    ),
    "ViewingTimeCalculated": (
        "CalculationId TimePeriod TotalHours ContentBreakdown PlatformDistribution GenreDistribution"
        " ComparisonToPreviousPeriod"
    ),
    "YearInReviewGenerated": (
        "ReportId Year TotalMoviesWatched TotalShowsWatched TotalHours FavoriteGenres TopRatedContent ViewingTrends"
        " MemorableMoments"
    ),
}
"""Event -> its fields in the requirement, in its order."""


def played(days: int = 12) -> PlayRows:
    """Return a track a day, each finished, the last one today."""
    rows = [
        {
            "contentId": f"t{n}", "at_ms": NOON - n * DAY, "first_ms": NOON - n * DAY, "last_ms": NOON - n * DAY,
            "done_ms": NOON - n * DAY, "timed": 1, "time_ms": 180_000, "app": "web",
        }
        for n in range(days)
    ]  # fmt: skip
    return rows_of(*rows, known=[Content(f"t{n}", "track", genre="Rock") for n in range(days)])


def streak(as_of: int, days: int = 12) -> Streak:
    return streak_of(played(days).counted, as_of, UTC)


def found(user: str = "ann", as_of: int = NOON + 1, at: int = NOON) -> list[Found]:
    """Return every event of a person."""
    rows = played()
    updated = streak_updated(user, streak(as_of), at)
    year = year_of(rows, 2026, as_of, UTC)
    assert updated is not None
    assert year is not None
    return [
        updated,
        *milestones_achieved(user, milestones_of(finishes_of(rows)).milestones, at),
        time_calculated(user, viewing_time(rows, "month", as_of, UTC), at),
        year_generated(user, year.review({}), at),
    ]


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_an_event_has_exactly_the_fields_of_the_requirement(type_: str) -> None:
    wanted = tuple(name[0].lower() + name[1:] for name in FIELDS[type_].split())
    assert members_of(getattr(events, type_)) == wanted
    [event] = [one.event for one in found() if one.event.type == type_]
    sent = json.loads(encode(event))
    assert list(sent) == ["id", "type", "at", "userId", "data"]
    assert tuple(sent["data"]) == wanted
    assert (sent["type"], sent["userId"], sent["at"]) == (type_, "ann", "2026-11-20T12:00:00.000Z")
    assert envelope_of(encode(event)).id == sent["id"]


def test_every_id_is_a_uuid5_and_the_same_whoever_finds_the_event_and_when() -> None:
    once, later = found(), found(at=NOON + 1_000)
    assert [one.event.id for one in once] == [one.event.id for one in later]
    assert [one.event.at for one in once] != [one.event.at for one in later]
    ids = [one.event.id for one in once]
    for one in once:
        data = msgspec.to_builtins(one.event.data)
        ids += [value for name, value in data.items() if name.endswith("Id")]
    assert [uuid.UUID(id_).version for id_ in ids] == [5] * 8
    assert len(set(ids)) == 8
    others = {one.event.id for one in found("bea")}
    assert not others & set(ids)


def test_ids_never_change_for_receivers_keep_them() -> None:
    assert [one.event.id for one in found()][:2] == [
        "4a34fefe-42a4-5ecf-a17e-eea8146dea51",
        "bdfac899-df32-55a3-9f09-0e88a7568d46",
    ]


def test_what_an_event_is_about_has_the_id_of_its_row_in_the_views_of_persons() -> None:
    rows = played()
    times = [
        time_calculated("ann", viewing_time(rows, period, NOON + 1, zones.zone("Asia/Tokyo")), NOON)
        for period in PERIODS
    ]
    about = [
        value
        for one in [*found(), *times]
        for name, value in msgspec.to_builtins(one.event.data).items()
        if name.endswith("Id")
    ]
    views = uuid.uuid5(uuid.NAMESPACE_DNS, "streakline")
    assert about == [
        str(uuid.uuid5(views, name))
        for name in (
            "viewing_streaks:ann",
            "milestones:track:10:ann",
            "viewing_statistics:month:2026-11-01:ann",
            "year_in_reviews:2026:ann",
            "viewing_statistics:week:2026-11-16:ann",
            "viewing_statistics:month:2026-11-01:ann",
            "viewing_statistics:year:2026-01-01:ann",
            "viewing_statistics:all:ann",
        )
    ]


def test_a_streak_is_an_event_when_it_grows_or_breaks_and_not_when_midnight_comes() -> None:
    today, tomorrow = (streak_updated("ann", streak(NOON + n * DAY + 1), NOON) for n in (0, 1))
    assert today is not None
    assert tomorrow is not None
    assert (streak(NOON + 1).status, streak(NOON + DAY + 1).status) == ("active", "atRisk")
    assert today.event.id == tomorrow.event.id
    broken = streak_updated("ann", streak(NOON + 3 * DAY), NOON)
    grown = streak_updated("ann", streak(NOON + 1, 13), NOON)
    assert broken is not None
    assert grown is not None
    assert len({one.event.id for one in (today, broken, grown)}) == 3
    assert {one.subject for one in (today, broken, grown)} == {"s"}
    assert msgspec.to_builtins(broken.event.data)["streakStatus"] == "broken"


def test_who_never_played_anything_has_no_streak() -> None:
    assert streak_updated("ann", streak(NOON, 0), NOON) is None


def test_a_milestone_is_one_event_though_a_late_play_moves_its_date() -> None:
    [one] = milestones_achieved("ann", milestones_of(finishes_of(played(10))).milestones, NOON)
    [moved] = milestones_achieved("ann", milestones_of(finishes_of(played(24))).milestones, NOON)
    assert (one.subject, one.event.id) == (moved.subject, moved.event.id)
    assert one.event.data != moved.event.data


def test_a_calculation_with_other_numbers_is_another_event_of_the_same_period() -> None:
    less, more = (
        time_calculated("ann", viewing_time(played(n), "all", NOON + 1, UTC), NOON) for n in (11, 12)
    )
    assert less.subject == more.subject
    assert less.event.id != more.event.id
    assert msgspec.to_builtins(more.event.data)["comparisonToPreviousPeriod"] is None
    later = time_calculated("ann", viewing_time(played(), "all", NOON + 5_000, UTC), NOON + 5_000)
    assert later.event.id == more.event.id
