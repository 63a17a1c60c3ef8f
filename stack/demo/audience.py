"""The demo's listeners: who they are, where they sit, on what they listen and what they like."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from stack.demo.catalogue import Track, popularity, tracks

MEMBERS: Final = 48
"""Listeners with a year behind them."""
GUESTS: Final = 2_400
"""Listeners of the live crowd, who come and go."""

PLACES: Final = (
    # country, zone, weight
    ("US", "America/New_York", 17), ("US", "America/Chicago", 7), ("US", "America/Los_Angeles", 9),
    ("GB", "Europe/London", 11), ("DE", "Europe/Berlin", 10), ("FR", "Europe/Paris", 6),
    ("BR", "America/Sao_Paulo", 8), ("IN", "Asia/Kolkata", 8), ("JP", "Asia/Tokyo", 6),
    ("NG", "Africa/Lagos", 4), ("ES", "Europe/Madrid", 4), ("MX", "America/Mexico_City", 4),
    ("AU", "Australia/Sydney", 3), ("SE", "Europe/Stockholm", 2), ("NZ", "Pacific/Auckland", 1),
)  # fmt: skip
_WEBKIT: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
_BLINK: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_GECKO: Final = "rv:144.0) Gecko/20100101 Firefox/144.0"
AGENTS: Final = (
    # platform, weight, user agent
    ("ios", 26, f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {_WEBKIT}"),
    ("ios", 6, f"Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) {_WEBKIT}"),
    (
        "android",
        30,
        f"Mozilla/5.0 (Linux; Android 16; Pixel 9) {_BLINK} Chrome/141.0.0.0 Mobile Safari/537.36",
    ),
    ("android", 10, f"Mozilla/5.0 (Linux; Android 15; SM-S921B) {_BLINK} SamsungBrowser/28.0 Mobile Safari"),
    ("web", 18, f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Chrome/141.0.0.0 Safari/537.36"),
    ("web", 9, f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; {_GECKO}"),
    ("web", 4, f"Mozilla/5.0 (X11; Linux x86_64; {_GECKO}"),
    ("tv", 4, f"Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) {_BLINK} SamsungBrowser/5.2 TV Safari/537.36"),
)
ROBOTS: Final = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
)
ROBOT_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Listener:
    """One of the audience."""

    id: str
    member: bool
    """Known by a user id; others only by an anonymous one."""
    country: str
    zone: str
    platform: str
    user_agent: str
    impatience: float
    """Chance to skip a track."""
    keenness: float
    """Relative chance of a session."""
    favourites: tuple[Track, ...]
    phone: bool
    robot: bool

    @property
    def identity(self) -> dict[str, str]:
        """The members of an event that name this listener."""
        return {"userId" if self.member else "anonymousId": self.id}


@lru_cache(maxsize=4)
def audience(seed: int) -> tuple[Listener, ...]:
    """Return all listeners, members first."""
    return tuple(_listener(seed, number) for number in range(MEMBERS + GUESTS))


@lru_cache(maxsize=4)
def robots(seed: int) -> tuple[Listener, ...]:
    """Return the robots that fetch tracks now and then."""
    return tuple(
        _listener(seed, -1 - number, user_agent=user_agent) for number, user_agent in enumerate(ROBOTS)
    )


def _listener(seed: int, number: int, user_agent: str = "") -> Listener:
    draw = random.Random(f"listener {seed} {number}")
    country, zone, _ = draw.choices(PLACES, [place[2] for place in PLACES])[0]
    platform, _, agent = draw.choices(AGENTS, [agent[1] for agent in AGENTS])[0]
    member = 0 <= number < MEMBERS or (number >= 0 and draw.random() < 0.7)
    kind = "robot" if number < 0 else "listener" if member else "guest"
    return Listener(
        id=f"{kind}-{abs(number):04d}",
        member=member,
        country=country,
        zone=zone,
        platform="web" if user_agent else platform,
        user_agent=user_agent or agent,
        impatience=0.0 if user_agent else draw.betavariate(2, 9),
        keenness=draw.lognormvariate(0, 0.7),
        favourites=tuple(draw.choices(tracks(seed), cum_weights=popularity(seed), k=12)),
        phone=platform in {"ios", "android"} and not user_agent,
        robot=bool(user_agent),
    )
