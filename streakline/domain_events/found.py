"""From what is known of a person to the domain events of it.

An event has a *subject*: of several events with one subject only a change is emitted. The streak of a person is one,
each milestone is one, and so is each period of viewing time and each year.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from streakline.domain_events.events import (
    Data,
    DomainEvent,
    ViewingMilestoneAchieved,
    ViewingStreakUpdated,
    ViewingTimeCalculated,
    YearInReviewGenerated,
)
from streakline.domain_events.identities import identity, row_identity
from streakline.people.milestones import Kind, Milestone
from streakline.people.streaks import Streak
from streakline.people.viewing_time import ViewingTime
from streakline.people.yearly.answers import YearInReview
from streakline.times import iso


class Found(NamedTuple):
    """An event to be emitted unless it is the last one of its subject.

    Attributes:
        subject: what it is about, of this person; in few letters, for it is kept of each.
        event: it.
    """

    subject: str
    event: DomainEvent


def streak_updated(user: str, streak: Streak, at: int) -> Found | None:
    """Return the event of a streak; None for a person who never played anything.

    It says days, last day and whether it is broken: `atRisk` and `frozen` come of time alone, which is no event.

    Args:
        user: the person.
        streak: as it is now.
        at: now, ms UTC.
    """
    if streak.last_watched_date is None:
        return None
    says = (streak.current_streak, streak.longest_streak, streak.last_watched_date, streak.status == "broken")
    data = ViewingStreakUpdated(
        streak_id=row_identity("viewing_streaks", user),
        current_streak=streak.current_streak,
        longest_streak=streak.longest_streak,
        last_watched_date=streak.last_watched_date,
        streak_status=streak.status,
        content_types_in_streak=streak.content_types,
    )
    return Found("s", _event(user, data, at, *says))


def milestones_achieved(user: str, milestones: Iterable[Milestone], at: int) -> list[Found]:
    """Return the events of milestones, the earliest one first.

    Type and threshold are what each says: a late play that moves its date makes no second event.
    """
    found = []
    for one in sorted(
        milestones, key=lambda one: (one.achievement_date, one.milestone_type, one.metric_achieved)
    ):
        data = ViewingMilestoneAchieved(
            milestone_id=row_identity("milestones", one.milestone_type, one.metric_achieved, user),
            milestone_type=one.milestone_type,
            achievement_date=one.achievement_date,
            metric_achieved=one.metric_achieved,
            content_breakdown=one.content_breakdown,
            historical_context=one.historical_context,
            celebration_tier=one.celebration_tier,
        )
        subject = milestone_subject(one.milestone_type, one.metric_achieved)
        says = identity("milestone", user, one.milestone_type, one.metric_achieved)
        found.append(Found(subject, _event(user, data, at, says)))
    return found


def milestone_subject(kind: Kind, number: int) -> str:
    """Return the subject of the milestone of a kind and a threshold."""
    return f"m:{kind}:{number}"


def time_calculated(user: str, time: ViewingTime, at: int) -> Found:
    """Return the event of a calculation, which says period and numbers."""
    first = () if time.time_period == "all" else (time.days[0].date,)
    data = ViewingTimeCalculated(
        calculation_id=row_identity("viewing_statistics", time.time_period, *first, user),
        time_period=time.time_period,
        total_hours=time.total_hours,
        content_breakdown=time.content_breakdown,
        platform_distribution=time.platform_distribution,
        genre_distribution=time.genre_distribution,
        comparison_to_previous_period=time.comparison_to_previous_period,
    )
    return Found(f"t:{time.time_period}", _event(user, data, at, _text(data)))


def year_generated(user: str, year: YearInReview, at: int) -> Found:
    """Return the event of a year in review, which says all that is in it."""
    data = YearInReviewGenerated(
        report_id=row_identity("year_in_reviews", year.year, user),
        year=year.year,
        total_movies_watched=year.total_movies_watched,
        total_shows_watched=year.total_shows_watched,
        total_hours=year.total_hours,
        favorite_genres=year.favorite_genres,
        top_rated_content=year.top_rated_content,
        viewing_trends=year.viewing_trends,
        memorable_moments=year.memorable_moments,
    )
    return Found(f"y:{year.year}", _event(user, data, at, _text(data)))


def _event(user: str, data: Data, at: int, *says: str | float | None) -> DomainEvent:
    type_ = type(data).__name__
    return DomainEvent(identity(type_, user, *says), type_, iso(at), user, data)


def _text(data: Data) -> str:
    return msgspec.json.encode(data, order="sorted").decode()
