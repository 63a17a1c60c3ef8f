"""Quotas: how much may be asked of a platform, and when a used-up one is full again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from streakline import zones
from streakline.times import SECOND_MS

PACIFIC: Final = "America/Los_Angeles"


class Daily(NamedTuple):
    """So many units from one midnight of a zone to the next."""

    units: int
    zone: str = "UTC"


class Rate(NamedTuple):
    """So many units in any stretch of some ms: a bucket that holds a part of them and fills by the rest.

    A bucket lets through in any such stretch what it holds and what flows in meanwhile: never more than `units`.
    """

    units: int
    per: int
    share: float = 0.5

    @property
    def burst(self) -> int:
        """How many may come at once."""
        return max(1, int(self.units * self.share))

    @property
    def per_ms(self) -> float:
        """How many come back in a ms."""
        return max(self.units - self.burst, 1) / self.per


Quota = Daily | Rate


def day_of(quota: Daily, now: int) -> tuple[int, int]:
    """Return when the day of a quota began and when the next one begins, ms. A day may have 23 or 25 hours."""
    zone = zones.zone(quota.zone)
    day = datetime.fromtimestamp(now / SECOND_MS, zone).date()
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def month_of(now: int) -> tuple[int, int]:
    """Return when the month of UTC began and when the next one begins, ms."""
    day = datetime.fromtimestamp(now / SECOND_MS, UTC).date().replace(day=1)
    later = (day + timedelta(days=31)).replace(day=1)
    zone = zones.zone("UTC")
    return midnight(day, zone), midnight(later, zone)


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return when a day begins, ms."""
    return round(datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=zone).timestamp()) * SECOND_MS
