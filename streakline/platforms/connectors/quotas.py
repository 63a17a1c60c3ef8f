"""Quotas: how much may be asked of a platform, and when a used-up one is full again."""

from __future__ import annotations

from datetime import datetime, timedelta
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
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def _midnight(day: object, zone: ZoneInfo) -> int:
    return round(datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=zone).timestamp()) * SECOND_MS
