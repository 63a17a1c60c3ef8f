"""Playlists and submissions: contents of the catalogue that hold an artist's tracks, or ask to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from server.api.creators.rows import Asking, by_value
from server.door.answers import Answer
from streakline.history.cover import moment_of
from streakline.history.query import MOST
from streakline.history.ranges import Range

LISTED: Final = 20
PLAYLIST: Final = "playlist"
SUBMISSION: Final = "submission"
STATUSES: Final = ("pending", "accepted", "declined")


class OwnPlaylist(Answer):
    """A playlist of the artist."""

    playlist_id: str
    title: str


class OwnSubmission(Answer):
    """A track that the artist submitted to a playlist; the playlist and the status as they were stated, null if not."""

    submission_id: str
    title: str
    playlist_id: str | None
    status: str | None


class SubmissionCounts(Answer):
    """How many submissions there are, and of each status that the documents know."""

    total: int
    pending: int
    accepted: int
    declined: int


class PlaylistStats(Answer):
    """Playlists and submissions of the artist, and the playlists of anybody that hold his tracks.

    Attributes:
        total_playlists: his own.
        playlists: of them those that were stated last.
        submission_counts: his own submissions.
        submissions: of them those that were stated last.
        featured_in: playlists that hold a track of his at the end of the range: saved more often than taken out.
        plays_from_playlists: counted plays of the range whose source is `playlist`.
    """

    total_playlists: int
    playlists: list[OwnPlaylist]
    submission_counts: SubmissionCounts
    submissions: list[OwnSubmission]
    featured_in: int
    plays_from_playlists: int


async def playlist_stats(
    asking: Asking, artist: str, of: Range, contents: Sequence[dict[str, Any]]
) -> PlaylistStats:
    """Return what there is of playlists.

    Args:
        asking: who asks.
        artist: whose.
        of: the range.
        contents: rows of `history/contents_of_creator`.
    """
    rows, [featured], sources = await asyncio.gather(
        asking.history.rows("history/playlists_of_creator", creator=artist, limit=LISTED),
        asking.history.rows("history/featured_in", creator=artist, end=moment_of(of.end)),
        by_value(asking, artist, "plays", of, "source", MOST),
    )
    submitted = {row["status"]: row["contents"] for row in contents if row["type"] == SUBMISSION}
    return PlaylistStats(
        total_playlists=sum(row["contents"] for row in contents if row["type"] == PLAYLIST),
        playlists=[
            OwnPlaylist(playlist_id=row["id"], title=row["title"] or row["id"])
            for row in rows
            if row["type"] == PLAYLIST
        ],
        submission_counts=SubmissionCounts(
            sum(submitted.values()), *(submitted.get(status, 0) for status in STATUSES)
        ),
        submissions=[
            OwnSubmission(
                submission_id=row["id"],
                title=row["title"] or row["id"],
                playlist_id=row["parent"] or None,
                status=row["status"] or None,
            )
            for row in rows
            if row["type"] == SUBMISSION
        ],
        featured_in=featured["playlists"],
        plays_from_playlists=dict(sources).get(PLAYLIST, 0),
    )
