"""YouTube's trending list of some days as observations: of each video its views, likes, dislikes and comments.

The file has 0 where the platform tells nothing: ratings or comments that are switched off. These are no observations.
It names channels by their titles, one of which changes: a video stays of the channel that it was first seen with.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from real_data import recorded
from streakline.platforms.observations import Observation

OWNER: Final = "ann"
_COLUMNS: Final = {
    "views": "", "likes": "ratings_disabled", "dislikes": "ratings_disabled", "comment_count": "comments_disabled",
}  # fmt: skip


class Video:
    """One row of the file."""

    def __init__(self, row: dict[str, str]) -> None:
        self.id, self.channel, self.title = row["video_id"], row["channel_title"], row["title"]
        self.day = datetime.strptime(row["trending_date"], "%y.%d.%m").replace(tzinfo=UTC).date()
        self.values = {
            name: int(row[name])
            for name, hidden in _COLUMNS.items()
            if not (hidden and row[hidden] == "True")
        }


def videos() -> list[Video]:
    """Return the rows in the order of the file; skips the test without it."""
    with recorded("social/youtube_trending/USvideos.csv").open(encoding="utf-8", newline="") as file:
        return [Video(row) for row in csv.DictReader(file)]


def observations(fetched: int) -> Iterator[Observation]:
    """Yield every value that the platform tells, observed when its day begins (UTC)."""
    channels: dict[str, str] = {}
    for video in videos():
        channel = channels.setdefault(video.id, video.channel)
        at = int(datetime(video.day.year, video.day.month, video.day.day, tzinfo=UTC).timestamp() * 1000)
        for name, value in video.values.items():
            known = "comments" if name == "comment_count" else name
            yield Observation(
                OWNER, "youtube", channel, video.id, known, value, at, fetched, "videos.list", "v3"
            )
