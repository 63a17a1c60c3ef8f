"""The groups of the analytics of a range, as they are sent."""

from __future__ import annotations

from server.door.answers import Answer


class PlaysGroup(Answer):
    """Plays of the range; unique plays are different sessions, seconds and percentages have two decimals."""

    total_plays: int
    unique_plays: int
    unique_listeners: int
    source_breakdown: dict[str, int]
    avg_duration: float | None
    avg_completion_rate: float | None
    skip_rate: float | None
    replay_rate: float | None
    previous_plays: int | None
    growth: float | None


class LikesGroup(Answer):
    """Likes of the range, those that were taken back too."""

    total_likes: int


class SharesGroup(Answer):
    """Shares of the range."""

    total_shares: int
    platform_breakdown: dict[str, int]


class DownloadsGroup(Answer):
    """Downloads of the range."""

    total_downloads: int


class SavesGroup(Answer):
    """Saves of the range, those that were taken back too."""

    total_saves: int


class Analytics(Answer, omit_defaults=True):
    """What is asked of a range; without `metric` every group is there."""

    time_range: str
    start: str
    end: str
    as_of: str
    track_id: str | None = None
    artist_id: str | None = None
    plays: PlaysGroup | None = None
    likes: LikesGroup | None = None
    shares: SharesGroup | None = None
    downloads: DownloadsGroup | None = None
    saves: SavesGroup | None = None
