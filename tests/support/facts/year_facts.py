"""A year in review that nobody had, to draw cards of."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import msgspec

from streakline.people.yearly.answers import (
    BusiestDay,
    FirstTimes,
    LongestStreak,
    Trends,
    YearInReview,
)
from streakline.people.yearly.rankings import Ranked, Ranking


class Face(NamedTuple):
    """A typeface of ranges of characters, all of one width."""

    family: str
    ranges: tuple[tuple[int, int], ...]
    wide: float

    def has(self, character: str) -> bool:
        """Tell whether it is in its ranges."""
        return any(first <= ord(character) <= last for first, last in self.ranges)

    def width(self, character: str, weight: int) -> float:
        """Return its width; bold is a tenth wider."""
        return 0.0 if unicodedata.combining(character) else self.wide * (1.1 if weight > 500 else 1.0)


LATIN = Face("Latin", ((32, 126), (160, 0x24F), (0x301, 0x301), (0x2026, 0x2026)), 0.5)
HEBREW = Face("Hebrew", ((32, 32), (0x590, 0x5FF)), 0.5)
JAPANESE = Face("Japanese", ((32, 126), (0x25A1, 0x25A1), (0x3000, 0x9FFF)), 1.0)
FACES = (LATIN, HEBREW, JAPANESE)
"""Typefaces of which nobody needs a file."""
TITLES = (
    "Überlärm",
    "夜に駆ける",
    "Slow Tide",
    "Dvořák: Aus der Neuen Welt, Largo, in einer langen Fassung",
    "Rock & <Roll>",
)


def ranked(*names: str, plays: int = 90) -> Ranking:
    """Return a ranking of names, each with seven plays fewer than the one before."""
    return Ranking(
        tuple(Ranked(place + 1, f"id-{place}", name, plays - 7 * place) for place, name in enumerate(names)),
        0,
    )


def year_of(**changes: Any) -> YearInReview:
    """Return a year, with some members changed."""
    year = YearInReview(
        year=2025, complete=True, total_movies_watched=3, total_shows_watched=2, total_episodes_watched=14,
        total_hours=1432.56, plays=5_511, plays_without_duration=0, artists=906, titles=2_710, days_watched=159,
        favorite_genres=("Pop",), top_rated_content=(), top_genres=ranked("Pop"),
        top_artists=ranked("Motörhead", "YOASOBI"),
        top_titles=ranked(*TITLES), top_rated=(),
        viewing_trends=Trends((0, 0, 3, 40, 120, 200, 180, 260, 90, 33, 12, 5), (0.0,) * 12, (0,) * 7, (0,) * 24),
        longest_streak=LongestStreak(43, "2025-02-01", "2025-03-15"),
        first_times=FirstTimes(0, 0, None, is_first_year=False), busiest_day=BusiestDay("2025-06-06", 178, ()),
        memorable_moments=(), previous_year=None,
    )  # fmt: skip
    return msgspec.structs.replace(year, **changes)


def element(text: str) -> ET.Element:
    """Return XML of our own making as its element."""
    return ET.fromstring(text)  # noqa: S314
