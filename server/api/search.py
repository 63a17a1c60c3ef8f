"""Search: which contents a text means."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.door.access import require_public_read
from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.history import HISTORY
from server.resources.redis_client import INSTALLATION

LIMIT: Final = 10
MOST: Final = 50
LONGEST: Final = 200
MOST_WORDS: Final = 10


class FoundContent(Answer):
    """A content, its title (its id where nobody stated one) and its counted plays over all time."""

    content_id: str
    title: str
    plays: int


class Found(Answer):
    """The contents that a text means, the one with that very id first, then those played most."""

    query: str
    contents: list[FoundContent]


async def search(request: web.Request) -> web.Response:
    """`GET /api/v1/search`: contents whose title or id holds every word of a text.

    Parameters: `q`, `limit` (10). Answer: golden `search`; 400 `q` for a text without a word.
    """
    require_public_read(request)
    asked = Parameters(request, "q", "limit")
    limit = asked.whole("limit", 1, MOST, LIMIT)
    text = asked.read("q", _text, "", code="q")
    if not text:
        raise Problem(400, "q", "q is not given; it is a part of a title or of an id")
    rows = request.app[HISTORY].rows
    # Those of the last hour move up by their exact plays, so a few more are looked at than are shown.
    found = await rows("history/search", text=text, words=text.split(), limit=MOST)
    ids = [row["contentId"] for row in found]
    shards = sorted({request.app[INSTALLATION].shard_of(content) for content in ids})
    counted = await rows("history/plays_of_contents", contents=ids, shards=shards) if ids else []
    plays = {row["contentId"]: row["plays"] for row in counted}
    contents = [
        FoundContent(
            content_id=row["contentId"],
            title=row["title"] or row["contentId"],
            plays=plays.get(row["contentId"], 0),
        )
        for row in found
    ]
    contents.sort(key=lambda content: (content.content_id != text, -content.plays, content.content_id))
    return answer(Found(query=text, contents=contents[:limit]))


def _text(given: str) -> str:
    text = given.strip()
    if not text:
        msg = "is empty; it is a part of a title or of an id"
        raise ValueError(msg)
    if len(text) > LONGEST or len(text.split()) > MOST_WORDS:
        msg = f"{text[:40]!r} is too long; it has at most {LONGEST} characters and {MOST_WORDS} words"
        raise ValueError(msg)
    return text
