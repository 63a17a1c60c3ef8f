"""The record of a person: what he played most, what he played last, and on which days."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import numpy as np
from aiohttp import web

from server.api.people.rows import Person, kept_of
from server.door.answers import Answer
from server.door.parameters import Parameters
from server.resources.history import Rows
from streakline.history.freshness import Shard
from streakline.people.breakdowns import hours
from streakline.people.play_rows import Content, PlayRows
from streakline.people.record import Played, calendar, top_contents, top_creators
from streakline.times import iso

SHOWN: Final = 10
MOST_SHOWN: Final = 100
RECORD: Final = ("limit", "tz", "asOf")


class PlayedContent(Answer):
    """A content and how often it was played; its id where nobody stated a title."""

    content_id: str
    title: str
    content_type: str | None
    creator_id: str | None
    plays: int
    hours: float


class PlayedCreator(Answer):
    """A creator and how often his contents were played; his id where nobody stated a name."""

    creator_id: str
    name: str
    plays: int
    hours: float


class RecentPlay(Answer):
    """A counted play; `duration` in seconds, null where it gives none."""

    content_id: str
    title: str
    content_type: str | None
    timestamp: str
    duration: float | None
    platform: str | None


class DayPlays(Answer):
    """A day of the person's own calendar with a counted play, and how many there were."""

    date: str
    plays: int


class Record(Answer):
    """What a person played before a moment."""

    user_id: str
    starts: int
    plays: int
    hours: float
    plays_without_duration: int
    contents: int
    first_play: str | None
    last_play: str | None
    top_contents: list[PlayedContent]
    top_creators: list[PlayedCreator]
    recent: list[RecentPlay]
    days: list[DayPlays]
    tz: str
    as_of: str


async def record(request: web.Request) -> web.Response:
    """`GET /api/v1/people/{id}/record`: totals of a person, what was played most and last, days.

    Parameters: `limit` (10), `tz`, `asOf`. Needs `read:self`. Answer: golden `record`; 403 `owner` for another's.
    """
    asked = Parameters(request, *RECORD)
    person, limit = Person.asked(request, asked), asked.whole("limit", 1, MOST_SHOWN, SHOWN)

    async def make(shards: Sequence[Shard]) -> Record:
        known, recent = await asyncio.gather(person.known(shards), person.recent(limit, shards))
        rows = known.rows
        creators = top_creators(rows, limit)
        names = await person.creator_names(creator for creator, _ in creators)
        counted = rows.where(rows.plays > 0)
        return Record(
            user_id=person.id,
            starts=int(rows.starts.sum()),
            plays=int(rows.plays.sum()),
            hours=hours(int(rows.lasted.sum())),
            plays_without_duration=int(rows.untimed.sum()),
            contents=len(np.unique(counted.content)),
            first_play=iso(int(counted.at.min())) if counted.at.size else None,
            last_play=iso(int(counted.last.max())) if counted.at.size else None,
            top_contents=[_content(content, played) for content, played in top_contents(rows, limit)],
            top_creators=[
                PlayedCreator(creator, names.get(creator, creator), played.plays, hours(played.ms))
                for creator, played in creators
            ],
            recent=_recent(recent, rows),
            days=[DayPlays(date, plays) for date, plays in calendar(rows, known.as_of, known.zone)],
            tz=known.zone.key,
            as_of=iso(person.as_of),
        )

    return await kept_of(request, person, make)


def _content(content: Content, played: Played) -> PlayedContent:
    return PlayedContent(
        content_id=content.id,
        title=content.name,
        content_type=content.type or None,
        creator_id=content.creator or None,
        plays=played.plays,
        hours=hours(played.ms),
    )


def _recent(plays: Rows, rows: PlayRows) -> list[RecentPlay]:
    known = {content.id: content for content in rows.contents}
    return [
        RecentPlay(
            content_id=play["content"],
            title=known[play["content"]].name,
            content_type=known[play["content"]].type or None,
            timestamp=iso(play["ms"]),
            duration=play["lasted"] / 1000 if play["timed"] else None,
            platform=play["app"] or None,
        )
        for play in plays
        if play["content"] in known  # what came between the two questions is in the next answer
    ]
