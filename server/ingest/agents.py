"""User agents: device, browser and operating system, and whether a robot sent it.

Both libraries are data files that others keep up to date. Their 2,500 patterns are searched in one pass each, in time
that grows with the text alone: whoever sends a thousand user agents at once holds nobody up. Answers are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import ua_parser
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from ua_parser_rs import UserAgentExtractor

KEPT: Final = 20_000
"""Answers kept, each below 1 KB: a busy site sees a few thousand different user agents a day."""
LONGEST: Final = 500
"""Characters of a user agent that are looked at."""
# Lazy: the library in Rust compiles the patterns, and those of Python would be compiled beside it at each start.
_PARSER: Final = ua_parser.Parser(ua_parser.BestAvailableResolver(ua_parser.load_lazy_builtins()))
_TABLETS: Final = ("ipad", "tablet", "kindle", "playbook", "galaxy tab")
_TELEVISIONS: Final = (
    "smart-tv",
    "smarttv",
    "appletv",
    "apple tv",
    "googletv",
    "hbbtv",
    "roku",
    "bravia",
    "webos",
)
_PHONE_SYSTEMS: Final = frozenset({"iOS", "Android", "Windows Phone", "KaiOS", "BlackBerry OS"})
_DESKTOP_SYSTEMS: Final = frozenset(
    {"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD"}
)


def crawlers_of(entries: Sequence[Mapping[str, object]]) -> UserAgentExtractor:
    """Return what finds the first entry of a list of crawlers that matches a text; its family is the entry's index.

    Not the functions that the list comes with: to say which entry matches they compile all 1,500 again (35 ms a robot).
    """
    return UserAgentExtractor(
        (str(entry["pattern"]), str(index), None, None, None, None) for index, entry in enumerate(entries)
    )


_CRAWLERS: Final = crawlers_of(CRAWLER_USER_AGENTS_DATA)


class Agent(NamedTuple):
    """What a user agent says of its sender; empty where it says nothing."""

    device: str = ""
    """`desktop`, `mobile`, `tablet`, `tv` or `other`."""
    browser: str = ""
    os: str = ""
    bot_reason: str = ""


def agent_of(user_agent: str) -> Agent:
    """Return what a user agent string says."""
    return _agent_of(user_agent[:LONGEST])  # cut before it is kept: an event may bring one of a megabyte


@lru_cache(maxsize=KEPT)
def _agent_of(text: str) -> Agent:
    if not text:
        return Agent()
    parsed = _PARSER.parse(text)
    system = parsed.os.family if parsed.os else ""
    family = parsed.device.family if parsed.device else ""
    browser = parsed.user_agent.family if parsed.user_agent else ""
    reason = _bot_reason(text) or ("spider" if family == "Spider" else "")
    return Agent("" if reason else _device(text.lower(), system), browser, system, reason)


def _bot_reason(text: str) -> str:
    """Return the first tag of the first list entry that matches, "" for none: `search-engine`, `seo`, ..."""
    found = _CRAWLERS.extract(text)
    if found is None:
        return ""
    tags = CRAWLER_USER_AGENTS_DATA[int(found.family)].get("tags") or ["crawler"]
    return str(tags[0])


def _device(text: str, system: str) -> str:
    if any(mark in text for mark in _TELEVISIONS):
        return "tv"
    if any(mark in text for mark in _TABLETS) or (system == "Android" and "mobile" not in text):
        return "tablet"
    if system in _PHONE_SYSTEMS:
        return "mobile"
    return "desktop" if system in _DESKTOP_SYSTEMS else "other"
