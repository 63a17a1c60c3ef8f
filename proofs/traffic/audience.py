"""A seeded audience: what its listeners send, as wire events, when it is due.

A play's events all say the same of it but how far it came, and every other event is only ever repeated as it
was: so which of two is accepted first never changes what is right.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

Event = dict[str, Any]

MINUTE: Final = 60.0
DAY: Final = 86_400.0
CONTENTS: Final = 240
LISTENERS: Final = 900
HEARTBEAT: Final = 4.0
"""Seconds between two heartbeats: shorter than real ones, a run is short too."""
REMEMBERED: Final = 4_000
"""Events and plays that may be sent again or corrected."""

_IOS: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
_CHROME: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
USER_AGENTS: Final = (
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME}", "desktop"),
    (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {_IOS}", "mobile"),
    (f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {_IOS}", "tablet"),
)
"""What listeners use, and the device that it is."""
ROBOT: Final = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
SOURCES: Final = ("player", "playlist", "search", "radio", "")
PLATFORMS: Final = ("web", "ios", "android", "")
COUNTRIES: Final = ("DE", "IN", "US", "BR", "")
ZONES: Final = (None, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)), UTC)
ACTS: Final = (
    "like", "like", "like", "unlike", "save", "unsave", "share", "share", "download", "comment", "follow",
    "rate", "create", "export", "reaction", "upgrade",
)  # fmt: skip


class Audience:
    """Listeners of one run. The same seed draws the same choices; only the times are those of the run."""

    def __init__(self, seed: int, *, late: float = 0.16, prefix: str = "") -> None:
        """Prepare listeners and contents; `late` is the share of visits that tell of long ago.

        Names of contents begin with `prefix`.
        """
        self._late, self._prefix = late, prefix
        self._random = random.Random(seed)
        self._lengths = [self._random.choice((None, 12.0, 45.0, 180.0, 240.5)) for _ in range(CONTENTS)]
        self._due: list[tuple[float, int, Event]] = []
        self._serial = 0
        self._sent: deque[Event] = deque(maxlen=REMEMBERED)
        self._plays: deque[tuple[Event, float]] = deque(maxlen=REMEMBERED)

    def events(self, now: float, number: int) -> list[Event]:
        """Return what is due by `now` (s since 1970), filled up to about `number` events by new visits."""
        found: list[Event] = []
        while self._due and self._due[0][0] <= now:
            found.append(heapq.heappop(self._due)[2])
        while len(found) < number:
            found += self._visit(now)
        self._sent.extend(found)
        return found

    def one_of_each_shard(self, now: float, number: int = 64) -> list[Event]:
        """Return counted plays of `number` contents: so many that every shard gets some."""
        return [self._play(f"last-{self._new_id(now)}", now - 30, duration=25.0) for _ in range(number)]

    # --- visits -------------------------------------------------------------------------------------------

    def _visit(self, now: float) -> list[Event]:
        if self._random.random() < self._late:
            if self._random.random() < 0.4:
                return self._old(now)
            return self._whole_play(now - self._random.uniform(10 * MINUTE, 100 * MINUTE))
        draw = self._random.random()
        if draw < 0.60:
            return self._live_play(now)
        if draw < 0.79:
            return [self._act(now - self._random.uniform(0, 3))]
        if draw < 0.84:
            return self._robot(now)
        if draw < 0.92 and self._plays:
            return [self._corrected(now)]
        return [self._random.choice(self._sent)] if self._sent else []

    def _live_play(self, now: float) -> list[Event]:
        """Begin a play; its heartbeats and its end become due. Some are met in the middle."""
        content = self._random.randrange(CONTENTS)
        length = self._lengths[content]
        listened = round(min(length or 300.0, self._random.choice((3.0, 12.0, 19.9, 20.0, 26.0, 41.0))), 1)
        already = self._random.choice((0.0, 0.0, 15.0)) if listened > 15 else 0.0
        play = self._play(f"{self._prefix}content-{content}", now - already, length=length)
        first = self._as(play, "heartbeat" if already else "play_start", already, now)
        at = already + HEARTBEAT
        while at < listened:
            self._later(now + at - already, self._as(play, "heartbeat", at, now + at - already))
            at += HEARTBEAT
        # The last word sometimes never comes: what the heartbeats proved stands.
        if self._random.random() < 0.85:
            self._later(now + listened - already, self._as(play, "play", listened, now))
        self._plays.append((play, listened))
        return [first]

    def _whole_play(self, began: float) -> list[Event]:
        """Return a play that is over, in any order: of a phone that was offline."""
        content = self._random.randrange(CONTENTS)
        length = self._lengths[content]
        listened = round(min(length or 300.0, self._random.choice((8.0, 20.0, 33.3, 300.0))), 1)
        play = self._play(f"{self._prefix}content-{content}", began, length=length)
        events = [self._as(play, "play_start", 0.0, began), self._as(play, "play", listened, began)]
        if listened > HEARTBEAT:
            events.append(self._as(play, "heartbeat", HEARTBEAT, began + HEARTBEAT))
        self._random.shuffle(events)
        self._plays.append((play, listened))
        return events

    def _old(self, now: float) -> list[Event]:
        """Return something between two hours and nine years old."""
        spans = self._random.uniform(2 * 3600, 2 * DAY), self._random.uniform(2 * DAY, 9 * 365 * DAY)
        began = now - self._random.choice(spans)
        draw = self._random.random()
        if draw < 0.5:
            return self._whole_play(began)
        if draw < 0.7:
            return [self._act(began)]
        # A scrobble: its sender vouches for it, so it says no duration and no playId.
        scrobble = self._play(f"{self._prefix}content-{self._random.randrange(CONTENTS)}", began, length=None)
        del scrobble["playId"]
        return [{**scrobble, "type": "play", "id": self._new_id(began)}]

    def _robot(self, now: float) -> list[Event]:
        mark: Event = {"userAgent": ROBOT} if self._random.random() < 0.5 else {"bot": True}
        content = f"{self._prefix}content-{self._random.randrange(CONTENTS)}"
        play = {**self._play(content, now, duration=60.0), **mark, "sessionId": self._new_id(now)}
        like = {**self._act(now), **mark}
        return [{**play, "userId": "robot"}, {**like, "userId": "robot"}]

    def _corrected(self, now: float) -> Event:
        """Return the report of a play known before, longer by something, whenever it began."""
        place = self._random.randrange(len(self._plays))
        play, listened = self._plays[place]
        longer = round(listened + self._random.choice((0.0, 0.5, 11.0)), 1)
        self._plays[place] = (play, longer)
        return self._as(play, "play", longer, now)

    def _act(self, at: float) -> Event:
        kind = self._random.choice(ACTS)
        event: Event = {"id": self._new_id(at), "type": kind, "timestamp": self._told(at), **self._who()}
        if kind == "follow":  # of a creator, no content
            return {**event, "creatorId": f"creator-{self._random.randrange(20)}"}
        content = f"{self._prefix}content-{self._random.randrange(CONTENTS)}"
        event |= {"contentId": content, "contentType": "track"}
        if kind in {"unlike", "unsave"}:
            event |= {"type": kind.removeprefix("un"), "action": kind}
        if kind == "share":
            event["platform"] = self._random.choice(("mastodon", "mail"))
        return event

    # --- parts of events ----------------------------------------------------------------------------------

    def _play(
        self, content: str, began: float, *, length: float | None = None, duration: float | None = None
    ) -> Event:
        """Return what all events of a new play say; with a duration, its report."""
        ms = int(began * 1000)
        event: Event = {
            "contentId": content,
            "contentType": "track",
            "playId": self._new_id(began),
            "startedAt": ms,
            "timestamp": self._told(ms / 1000),
            "source": self._random.choice(SOURCES) or None,
            "platform": self._random.choice(PLATFORMS) or None,
            **self._who(),
        }
        if length is not None:
            event["contentDuration"] = length
        if self._random.random() < 0.1:
            event["replayed"] = True
        if duration is not None:
            event |= {"type": "play", "id": self._new_id(began), "duration": duration}
        return event

    def _as(self, play: Event, kind: str, listened: float, at: float) -> Event:
        """Return one event of a play."""
        event = {**play, "id": self._new_id(at), "type": kind}
        if kind != "play":  # the timestamp of a report is the start; of the others their own moment
            event["timestamp"] = max(int(at * 1000), play["startedAt"])
        if kind != "play_start":
            event |= {"duration": listened, "position": listened}
        return event

    def _who(self) -> Event:
        number = self._random.randrange(LISTENERS)
        who: Event = {
            "sessionId": f"session-{number}-{self._random.randrange(3)}",
            "userAgent": USER_AGENTS[number % len(USER_AGENTS)][0],
            "country": COUNTRIES[number % len(COUNTRIES)] or None,
        }
        if number % 3:
            who["anonymousId"] = f"device-{number}"
        if number % 2:
            who["userId"] = f"user-{number}"
        return who

    def _told(self, at: float) -> str | int:
        """Return a time as senders write it: milliseconds, or ISO 8601 in some zone."""
        ms = round(at * 1000)
        zone = self._random.choice(ZONES)
        if zone is None:
            return ms
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
        return moment.astimezone(zone).isoformat(timespec="milliseconds")

    def _later(self, at: float, event: Event) -> None:
        self._serial += 1
        heapq.heappush(self._due, (at, self._serial, event))

    def _new_id(self, at: float) -> str:
        """Return a UUIDv7 whose random part the seed draws."""
        milliseconds = int(at * 1000) & ((1 << 48) - 1)
        head, tail = self._random.getrandbits(12), self._random.getrandbits(62)
        text = f"{milliseconds << 80 | 7 << 76 | head << 64 | 2 << 62 | tail:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def batches(events: list[Event], draw: random.Random) -> Iterator[list[Event]]:
    """Cut events into requests of 1 to 120."""
    at = 0
    while at < len(events):
        size = draw.choice((1, 5, 30, 120))
        yield events[at : at + size]
        at += size
