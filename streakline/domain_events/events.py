"""The domain events and their envelope, as they are sent."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from streakline.people.yearly.answers import Trends


class Data(msgspec.Struct, frozen=True, rename="camel"):
    """What an event says; its members go out in camelCase."""


class ViewingStreakUpdated(Data, frozen=True):
    """A streak grew, began or broke.

    Attributes:
        streak_id: the `Id` of the person's row in the view `viewing_streaks`.
        current_streak: days of the streak that is alive; 0 if none is.
        longest_streak: days of the longest one there was.
        last_watched_date: the last day with a counted play, an ISO date of the person's calendar.
        streak_status: `active`, `atRisk`, `frozen` or `broken`, when it was found.
        content_types_in_streak: types of what was played in the streak that is alive, by name.
    """

    streak_id: str
    current_streak: int
    longest_streak: int
    last_watched_date: str
    streak_status: str
    content_types_in_streak: tuple[str, ...]


class ViewingMilestoneAchieved(Data, frozen=True):
    """So many different contents of a kind were finished.

    Attributes:
        milestone_id: the `Id` of person, type and threshold in the view `milestones`.
        milestone_type: `movie`, `show`, `episode` or `track`.
        achievement_date: when the play began that reached it, ISO 8601.
        metric_achieved: the threshold.
        content_breakdown: how many of each kind were finished by then.
        historical_context: how long it took, in a sentence.
        celebration_tier: `bronze`, `silver`, `gold` or `platinum`.
    """

    milestone_id: str
    milestone_type: str
    achievement_date: str
    metric_achieved: int
    content_breakdown: dict[str, int]
    historical_context: str
    celebration_tier: str


class ViewingTimeCalculated(Data, frozen=True):
    """The viewing time of a period was calculated, with another outcome than before. Hours have two decimals.

    Attributes:
        calculation_id: the `Id` of person, period and its first day in the view `viewing_statistics`; the same again
            when the numbers are others.
        time_period: `week`, `month`, `year` or `all`.
        total_hours: time of all plays begun, counted or not.
        content_breakdown: hours by content type, most first.
        platform_distribution: hours by platform, most first.
        genre_distribution: hours by genre, most first.
        comparison_to_previous_period: change in per cent; null of `all`, and where there was nothing before.
    """

    calculation_id: str
    time_period: str
    total_hours: float
    content_breakdown: dict[str, float]
    platform_distribution: dict[str, float]
    genre_distribution: dict[str, float]
    comparison_to_previous_period: float | None


class YearInReviewGenerated(Data, frozen=True):
    """A year in review was generated, or has other numbers than before.

    Attributes:
        report_id: the `Id` of person and year in the view `year_in_reviews`.
        year: which.
        total_movies_watched: different movies finished in the year.
        total_shows_watched: different shows of which an episode was finished.
        total_hours: time of all plays begun, two decimals.
        favorite_genres: genres played most.
        top_rated_content: ids of contents of the year rated highest by the person.
        viewing_trends: how plays were spread over months, weekdays and hours.
        memorable_moments: sentences.
    """

    report_id: str
    year: int
    total_movies_watched: int
    total_shows_watched: int
    total_hours: float
    favorite_genres: tuple[str, ...]
    top_rated_content: tuple[str, ...]
    viewing_trends: Trends
    memorable_moments: tuple[str, ...]


class WebhookTest(Data, frozen=True):
    """Nothing happened: somebody tries whether his webhook arrives."""


EventType = Literal[
    "ViewingStreakUpdated", "ViewingMilestoneAchieved", "ViewingTimeCalculated", "YearInReviewGenerated"
]
EVENT_TYPES: Final[tuple[EventType, ...]] = (
    "ViewingStreakUpdated", "ViewingMilestoneAchieved", "ViewingTimeCalculated", "YearInReviewGenerated",
)  # fmt: skip
"""What a webhook may ask for."""


class DomainEvent(msgspec.Struct, frozen=True, rename="camel"):
    """An event in its envelope.

    Attributes:
        id: UUIDv5 of person, type and what it says; a repeat has the same.
        type: the name of its data.
        at: when it was found, ISO 8601; no part of the id.
        user_id: whom it is about; null of a test.
        data: what it says.
    """

    id: str
    type: str
    at: str
    user_id: str | None
    data: Data


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """What a sender reads of an event that is encoded."""

    id: str
    type: str
    user_id: str | None = None


def encode(event: DomainEvent) -> bytes:
    """Return the JSON of an event, as every receiver gets it."""
    return msgspec.json.encode(event)


_ENVELOPE: Final[msgspec.json.Decoder[Envelope]] = msgspec.json.Decoder(Envelope)


def envelope_of(body: bytes) -> Envelope:
    """Return the envelope of an encoded event.

    Raises:
        msgspec.MsgspecError: if it is none.
    """
    return _ENVELOPE.decode(body)


def members_of(data: type[Data]) -> tuple[str, ...]:
    """Return the members of an event's data, as they are sent."""
    struct: Any = data
    return tuple(struct.__struct_encode_fields__)
