"""The windows of live numbers, and how many names a list of them shows."""

from __future__ import annotations

from typing import Final

WINDOWED: Final = ("plays", "likes", "saves", "shares", "downloads", "comments")
"""Measures kept by minute."""
ACTIVE_MINUTES: Final = 5
WINDOW_MINUTES: Final = 60
PLAYING_MS: Final = 30_000
TOP: Final = 50
"""How many contents a shard names in its lists."""
SHOWN_TOP: Final = 10
SHOWN_PLAYING: Final = 10
