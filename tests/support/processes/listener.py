"""A listener with a history for the pages of a person, and what the server answers of her."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Final

from running_stack import RunningStack
from server.door.tokens import mint
from stack.credentials import Credentials

DAY_MS: Final = 86_400_000
YEARS: Final = "/api/analytics/year-in-review"
IN_2011_MS: Final = 1_310_000_000_000


def played_of_ann(now: int) -> list[dict[str, Any]]:
    """Return events of ann, and one of bea.

    She played on 45 of the 150 days before a moment (ms), 15 of them in a row up to it, and once in 2011.
    """
    genres, platforms = ["Rock; Pop", "Drama", None], ["tv", "web", None]
    events: list[dict[str, Any]] = [
        {
            "id": f"p{number}", "type": "play", "contentId": f"song-{number % 30}", "contentType": "track",
            "creatorId": "band", "userId": "ann", "platform": platforms[number % 3], "genre": genres[number % 30 % 3],
            "duration": 1000 + number, "contentDuration": 1200, "sessionId": "s",
            "timestamp": now - DAY_MS * (number if number < 15 else number * 4 - 30),
        }
        for number in range(45)
    ]  # fmt: skip
    events += [
        {
            "id": "film", "type": "play", "contentId": "film", "contentType": "movie", "userId": "ann",
            "duration": 5400, "contentDuration": 5400, "sessionId": "s", "timestamp": now,
        },
        {"id": "bea", "type": "play", "contentId": "song-1", "userId": "bea", "duration": 60, "timestamp": now},
        {"id": "t", "type": "content", "contentId": "song-0", "title": "A Song", "sessionId": "s", "timestamp": now},
        {"id": "c", "type": "creator", "creatorId": "band", "name": "The Band", "sessionId": "s", "timestamp": now},
    ]  # fmt: skip
    old = {
        "id": "old",
        "type": "play",
        "contentId": "old",
        "userId": "ann",
        "duration": 60,
        "timestamp": IN_2011_MS,
    }
    return [{name: value for name, value in event.items() if value is not None} for event in [*events, old]]


def token_of(stack: RunningStack, person: str, scope: str = "read:self read:public") -> str:
    """Return a token of a person for his own numbers."""
    secret = Credentials.load(Path(stack.folder) / "secrets.json").secret
    return mint(secret, scope, sub=person)


def got(stack: RunningStack, path: str, token: str, **query: str) -> dict[str, Any]:
    """Return what the server answers to a GET."""
    request = urllib.request.Request(
        f"{stack.url}{path}?{urllib.parse.urlencode(query)}", headers={"authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        body: dict[str, Any] = json.load(answer)
    return body
