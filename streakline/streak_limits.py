"""What can be said of a streak, wherever it is read: its modes, and how much may bridge it."""

from __future__ import annotations

from typing import Final, Literal

Mode = Literal["calendar-day", "rolling-24h"]
MODES: Final[tuple[Mode, ...]] = ("calendar-day", "rolling-24h")
MOST_FREEZES: Final = 2
"""Freezes that a person can hold; one more is lost."""
LONGEST_PAUSE: Final = 90
"""Days."""
REPAIR_BACK: Final = 7
"""A repair is of a day so many days back at most, and one is made in so many days."""
