"""The kinds of events, as stored in one byte of a record. Codes are a data format: never renumber."""

from __future__ import annotations

from typing import Final

KINDS: Final[dict[str, int]] = {
    "play": 1, "play_start": 2, "heartbeat": 3, "like": 4, "unlike": 5, "save": 6, "unsave": 7, "share": 8,
    "download": 9, "comment": 10, "follow": 11, "rate": 12, "create": 13, "export": 14, "reaction": 15,
    "upgrade": 16, "freeze": 17, "pause": 18, "repair": 19, "settings": 20, "content": 21, "creator": 22,
    "metric": 23, "unfollow": 24,
}  # fmt: skip
NAMES: Final[dict[int, str]] = {code: name for name, code in KINDS.items()}

PLAY, PLAY_START, HEARTBEAT = 1, 2, 3
PLAYS: Final = frozenset({PLAY, PLAY_START, HEARTBEAT})
"""Kinds whose events are one play with a life: they fold by identity to the longest."""
COUNTABLE: Final = frozenset({*range(1, 17), 24})
"""Kinds that count for a content; the others change a person or the catalogue."""
PERSONAL: Final = frozenset({17, 18, 19, 20})
"""Kinds that change a person's streak."""
METRIC: Final = 23
FACTS: Final = frozenset({21, 22, METRIC})
"""Kinds that state a fact of the catalogue or a measured number."""

UNDONE: Final[dict[tuple[str, str], str]] = {
    ("like", "unlike"): "unlike",
    ("save", "unsave"): "unsave",
    ("follow", "unfollow"): "unfollow",
}
"""(type, action) on the wire whose kind is another than the type."""

CONTENT_TYPES: Final[tuple[str, ...]] = (
    "", "other", "track", "mashup", "app", "movie", "show", "episode", "video", "post", "album", "playlist",
    "podcast", "book", "article", "image", "sound",
)  # fmt: skip
"""Content types by code; what is not listed counts as `other` and the raw row keeps what was sent."""
CONTENT_TYPE_CODES: Final[dict[str, int]] = {name: code for code, name in enumerate(CONTENT_TYPES)}
