"""Asked: the topics that a query names, exactly, though a content's id may hold the comma that separates them.

As everywhere in an address, a bare comma separates and an encoded one (`%2C`) belongs to what it stands in. Many
libraries encode the commas of a whole list too: what is no topic as it stands is taken for such a list.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_to_bytes

from streakline.live.creators import CREATOR
from streakline.live.state import CONTENT, PUBLIC

USER: Final = "user:"
ALERTS: Final = "alerts"
_NAMED: Final = (*PUBLIC, ALERTS)
_OF_ONE: Final = (CONTENT, CREATOR, USER)


def is_topic(text: str) -> bool:
    """Tell whether a text has the form of a topic, whether it is served or not."""
    return text in _NAMED or text.startswith(_OF_ONE)


def is_user(text: str) -> bool:
    """Tell whether a text has the form of a topic of a person."""
    return text.startswith(USER)


def topics_asked(query: str, name: str = "topics") -> list[str] | None:
    """Return the topics that a query (as it was sent, still encoded) names, each once; None if it names none.

    The parameter may come several times: all of them count.
    """
    asked: dict[str, None] = {}
    given = False
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if _decoded(key) != name:
            continue
        given = True
        for member in map(_decoded, value.split(",")):
            asked.update(dict.fromkeys([member] if is_topic(member) else member.split(",")))
    return [topic for topic in asked if topic] if given else None


def _decoded(text: str) -> str:
    raw = text.replace("+", " ").encode("utf-8", "surrogateescape")
    return unquote_to_bytes(raw).decode("utf-8", "replace")
