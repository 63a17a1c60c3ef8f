"""Sessions of the demo's audience: who plays what, when, and how long. No events yet, no clock."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final

from stack.demo.audience import MEMBERS, ROBOT_SHARE, Listener, audience, robots
from stack.demo.catalogue import Track, popularity, tracks
from streakline import zones

BLOCK_MS: Final = 600_000
"""The crowd's sessions are drawn for so much time at once."""
SESSIONS_A_BLOCK: Final = 150
"""On average over a day; about 220 listeners are there at any time."""
LATE_SHARE: Final = 0.05
"""Phones without a network, which tell later what was played."""
SOURCES: Final = (
    ("playlist", 30), ("recommendation", 22), ("search", 14), ("album", 12), ("library", 12), ("radio", 10),
)  # fmt: skip
PLAYLISTS: Final = ("morning-coffee", "deep-focus", "run-165", "sunday-slow", "new-this-week", "late-train")
HOURS: Final = (
    .25, .15, .1, .08, .1, .2, .5, .85, 1.0, .9, .8, .8,
    .85, .85, .8, .85, .95, 1.15, 1.3, 1.4, 1.45, 1.35, 1.0, .55,
)  # fmt: skip
"""How much is listened in each local hour of a day."""


@dataclass(frozen=True, slots=True)
class Played:
    """One play of a session."""

    track: Track
    start: int
    """Epoch ms, as all times here."""
    heard: int
    """Milliseconds listened; no pauses, so the play ends at start + heard."""
    replayed: bool
    play_id: str

    @property
    def end(self) -> int:
        """When it ended."""
        return self.start + self.heard


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting of one listener."""

    id: str
    listener: Listener
    source: str
    playlist: str
    played: tuple[Played, ...]
    delivered: int
    """When a phone without a network is back online; 0 for those that have one."""


def uuid_at(ms: int, draw: random.Random) -> str:
    """Return a UUIDv7 of a moment whose random part is drawn: the same seed gives the same ids."""
    bits = draw.getrandbits(74)
    text = f"{ms:012x}7{bits >> 62:03x}{(0b10 << 62) | (bits & ((1 << 62) - 1)):016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def crowd_of(seed: int, block: int) -> list[Session]:
    """Return the sessions that begin in a block (number of `BLOCK_MS` since the epoch)."""
    draw = random.Random(f"block {seed} {block}")
    begin = block * BLOCK_MS
    wanted = draw.gauss(SESSIONS_A_BLOCK * _tide(begin), 4)
    weights = _weights(seed, begin // 3_600_000)
    sessions = []
    for _ in range(max(1, round(wanted))):
        start = begin + draw.randrange(BLOCK_MS)
        if draw.random() < ROBOT_SHARE:
            listener = draw.choice(robots(seed))
        else:
            listener = draw.choices(audience(seed), cum_weights=weights)[0]
        sessions.append(session(seed, draw, listener, start, mean=7))
    return sessions


def day_of_member(seed: int, member: int, day: int) -> list[Session]:
    """Return a member's sessions of a day (number of days since the epoch, in the member's own zone)."""
    listener = audience(seed)[member]
    draw = random.Random(f"day {seed} {member} {day}")
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
    habit = random.Random(f"habit {seed} {member}")
    often = habit.uniform(0.35, 0.97)
    holiday = (day // 9 + member * 7) % 31 == 0  # now and then somebody is away
    if holiday or draw.random() > often * (1.06 if date.weekday() >= 5 else 1.0):
        return []
    sessions = []
    for _ in range(1 if draw.random() < 0.7 else 2):
        hour = draw.choices(range(24), HOURS)[0]
        local = datetime(
            date.year, date.month, date.day, hour, draw.randrange(60), draw.randrange(60),
            tzinfo=zones.zone(listener.zone),
        )  # fmt: skip
        start = round(local.timestamp()) * 1000 + draw.randrange(1000)
        sessions.append(session(seed, draw, listener, start, mean=4.2))
    return sessions


def session(seed: int, draw: random.Random, listener: Listener, start: int, mean: float) -> Session:
    """Return a session that begins at `start` and has `mean` plays on average."""
    source = draw.choices([name for name, _ in SOURCES], [weight for _, weight in SOURCES])[0]
    key = uuid_at(start, draw)
    at = start
    played: list[Played] = []
    for _ in range(1 + min(40, int(draw.expovariate(1 / (mean - 0.5))))):
        again = bool(played) and draw.random() < 0.04
        track = played[-1].track if again else _picked(seed, draw, listener)
        heard = _heard(draw, listener, track)
        played.append(Played(track, at, heard, again, uuid_at(at, draw)))
        at += heard + draw.randrange(300, 4_000)
    late = listener.phone and draw.random() < LATE_SHARE
    delivered = at + draw.randrange(180_000, 5_400_000) if late else 0
    return Session(
        key,
        listener,
        source,
        draw.choice(PLAYLISTS) if source == "playlist" else "",
        tuple(played),
        delivered,
    )


def _picked(seed: int, draw: random.Random, listener: Listener) -> Track:
    if draw.random() < 0.45:
        return draw.choice(listener.favourites)
    return draw.choices(tracks(seed), cum_weights=popularity(seed))[0]


def _heard(draw: random.Random, listener: Listener, track: Track) -> int:
    length = round(track.seconds * 1000)
    if draw.random() < listener.impatience:
        return min(length, round(draw.lognormvariate(2.4, 0.8) * 1000) + 800)
    if draw.random() < 0.12:
        return round(length * draw.uniform(0.3, 0.95))
    return length


def _tide(ms: int) -> float:
    """Return how much of the average crowd is there: more in the evening of Europe and the Americas."""
    hour = ms / 3_600_000 % 24
    return 1 + 0.28 * math.cos((hour - 20) / 24 * 2 * math.pi)


@lru_cache(maxsize=8)
def _weights(seed: int, hour: int) -> tuple[float, ...]:
    """Return the summed chances of all listeners to begin a session in an hour (since the epoch)."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    local = {zone: at.astimezone(zones.zone(zone)).hour for zone in {one.zone for one in audience(seed)}}
    return tuple(accumulate(one.keenness * HOURS[local[one.zone]] for one in audience(seed)))


def members() -> range:
    """Return the numbers of the listeners with a history."""
    return range(MEMBERS)
