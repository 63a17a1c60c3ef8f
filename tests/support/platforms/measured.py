"""Made-up observations of some posts by day, and the series that they are."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from streakline.platforms.figures.series import Series, Subject

LENGTH = 6
EARLIER = -2
"""Day of what was observed before the day before the first one."""
Days = dict[int, int]
"""Day -> value."""

values = st.integers(0, 50)
observed: st.SearchStrategy[list[Days]] = st.lists(
    st.dictionaries(st.integers(EARLIER, LENGTH + 1), values, max_size=LENGTH + 3), max_size=4
)


def subject(number: int = 0, account: str = "a", platform: str = "youtube") -> Subject:
    return Subject(platform, account, f"p{number}", f"{platform}:p{number}")


def series(days: Days, number: int = 0, name: str = "views") -> Series:
    ordered = sorted(days.items())
    return series_of(subject(number), name, [day for day, _ in ordered], [value for _, value in ordered])


def series_of(of: Subject, name: str, days: list[int], values: list[int]) -> Series:
    return Series(of, name, "", np.array(days, np.int64), np.array(values, np.float64))


def all_series(posts: list[Days]) -> list[Series]:
    return [series(days, number) for number, days in enumerate(posts) if days]
