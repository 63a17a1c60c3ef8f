"""Daily snapshots of trending videos as channels of a YouTube server: what stood at midnight UTC of its clock's day."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from youtube_server import Channel, Values, Video, YouTubeServer

DAY_MS = 86_400_000
COUNTS = {"views": "viewCount", "likes": "likeCount", "comment_count": "commentCount"}


class Row(NamedTuple):
    """A video on a day. A count that the platform hides is None: the file has 0 there."""

    at: int
    video: str
    channel: str
    title: str
    published: str
    views: int
    likes: int | None
    dislikes: int | None
    comments: int | None


def read(file: Path) -> list[Row]:
    """Return the rows of the file."""
    with file.open(encoding="utf-8", errors="replace", newline="") as opened:
        return [_row(one) for one in csv.DictReader(opened)]


def _row(one: dict[str, str]) -> Row:
    year, day, month = one["trending_date"].split(".")
    at = datetime(2000 + int(year), int(month), int(day), tzinfo=UTC)
    has_ratings, has_comments = one["ratings_disabled"] == "False", one["comments_disabled"] == "False"
    return Row(
        at=round(at.timestamp()) * 1000,
        video=one["video_id"],
        channel=one["channel_title"],
        title=one["title"],
        published=one["publish_time"],
        views=int(one["views"]),
        likes=int(one["likes"]) if has_ratings else None,
        dislikes=int(one["dislikes"]) if has_ratings else None,
        comments=int(one["comment_count"]) if has_comments else None,
    )


def fill(server: YouTubeServer, rows: list[Row]) -> None:
    """Let the server have the channels of the rows, named UC0, UC1 …; a video is there on the days of its rows."""
    of: dict[str, dict[str, dict[int, Row]]] = {}
    for row in rows:
        of.setdefault(row.channel, {}).setdefault(row.video, {})[row.at] = row
    for number, (title, videos) in enumerate(of.items()):
        channel = Channel(f"UC{number}", title, hides_subscribers=True)
        for id_, days in videos.items():
            first = next(iter(days.values()))
            channel.videos.append(Video(id_, first.title, first.published, _counts(days), _report(days)))
        server.add(channel)


def _counts(days: dict[int, Row]):  # type: ignore[no-untyped-def]
    def at(now: int) -> Values | None:
        row = days.get(now // DAY_MS * DAY_MS)
        if row is None:
            return None
        return {"viewCount": row.views, "likeCount": row.likes, "commentCount": row.comments}

    return at


def _report(days: dict[int, Row]):  # type: ignore[no-untyped-def]
    def at(now: int) -> Values:
        row = days.get(now // DAY_MS * DAY_MS)
        return {} if row is None else {"dislikes": row.dislikes}

    return at
