"""Requests of many listeners, encoded once: each use gets its own identities and time by replacing bytes.

A request is of several kinds, contents follow Zipf's law, ids are random, some plays tell of their life in three
events and some requests are sent twice. What a request adds to the counts is known when it is made, so the sender
knows the right numbers at any time without looking at what it sends.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from streakline.counting_profiles import PROFILES

NUMBER: Final = b"@@@@@@"
"""Stands for the request's number, in hex: part of every id."""
SECOND: Final = b"9876543210"
"""Stands for the second that the request is sent in, since 1970."""
LISTENER: Final = b"~~"
"""Stands for two digits of the listener's name."""
TWICE_EVERY: Final = 50
"""One of so many requests is sent a second time."""
CONTENTS: Final = 10_000
LISTENERS: Final = 200_000
TEMPLATES: Final = 400
COUNTED: Final = ("events", "starts", "plays", "likes", "saves", "shares")
"""The measures that the load moves."""
_ACTS: Final = {"like": "likes", "save": "saves", "share": "shares"}
_LEAST: Final = PROFILES["default-20s"].seconds


class Template(NamedTuple):
    """One request before it has identities and a time."""

    request: bytes
    adds: Counter[str]
    """Measure -> what the request adds to it; sent again, it adds nothing."""


def templates(head: bytes, events: int, seed: int = 1, number: int = TEMPLATES) -> list[Template]:
    """Return requests of so many events; `head` is everything before the length of the body."""
    draw = random.Random(seed)
    weights = [1 / rank for rank in range(1, CONTENTS + 1)]
    contents = iter(draw.choices(range(CONTENTS), weights, k=number * events))
    made = []
    for _ in range(number):
        found: list[dict[str, Any]] = []
        adds: Counter[str] = Counter()
        while len(found) < events:
            found += _happening(draw, next(contents), events - len(found), adds)
        body = msgspec.json.encode(found).replace(b'"%s' % SECOND, SECOND).replace(b'?"', b"")
        request = b"%sContent-Length: %d\r\n\r\n%s" % (head, len(body), body)
        made.append(Template(request, adds))
    return made


def filled(template: Template, number: int, second: int) -> bytes:
    """Return a request with the identities of a number (below 16**6) and a time in s."""
    timed = template.request.replace(NUMBER, b"%06x" % number).replace(SECOND, b"%010d" % second)
    return timed.replace(LISTENER, b"%02d" % (number % 100))


def numbered(first: int, posts: int) -> Iterator[int]:
    """Return the numbers of so many posts, in order: every `TWICE_EVERY`-th comes twice."""
    for post in range(first, first + posts):
        yield post - 1 if post % TWICE_EVERY == TWICE_EVERY - 1 else post


def _happening(draw: random.Random, content: int, room: int, adds: Counter[str]) -> list[dict[str, Any]]:
    """Return the events of a play, or one of another kind; note what they add."""
    listener = draw.randrange(LISTENERS // 100)
    common = {
        "contentId": f"track-{content}",
        "contentType": "track",
        "creatorId": f"creator-{content % 700}",
        "userId": f"listener-{listener}{LISTENER.decode()}",
        "sessionId": _id(draw),
        "source": draw.choice(("player", "playlist", "search", "radio")),
        "platform": draw.choice(("web", "ios", "android")),
    }
    at = f"{SECOND.decode()}{draw.randrange(1000):03d}?"
    adds["events"] += 1
    kind = draw.choices(("play", "like", "save", "share"), (80, 8, 4, 4))[0]
    if kind != "play":
        adds[_ACTS[kind]] += 1
        more = {} if kind == "share" else {"action": kind}
        return [{**common, "id": _id(draw), "type": kind, "timestamp": at, **more}]
    duration = round(draw.uniform(1, 240), 1)
    adds["starts"] += 1
    adds["plays"] += duration >= _LEAST
    play = {**common, "playId": _id(draw), "startedAt": at, "timestamp": at, "contentDuration": 240}
    whole = {**play, "id": _id(draw), "type": "play", "duration": duration}
    if room < 3 or draw.random() < 0.9:
        return [whole]
    begun = {**play, "id": _id(draw), "type": "play_start", "duration": 0, "position": 0}
    beat = {**play, "id": _id(draw), "type": "heartbeat", "duration": duration / 2, "position": duration / 2}
    return [begun, beat, whole]


def _id(draw: random.Random) -> str:
    digits = f"{draw.getrandbits(104):026x}"
    return f"{digits[:8]}-{digits[8:12]}-7{digits[12:15]}-9{digits[15:18]}-{digits[18:24]}{NUMBER.decode()}"
