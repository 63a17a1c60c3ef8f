"""The demo's catalogue: invented artists with invented tracks."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("catalogue.json")


@dataclass(frozen=True, slots=True)
class Track:
    """A track of the catalogue."""

    id: str
    title: str
    artist: str
    genre: str
    seconds: float
    popularity: float
    """Relative chance to be picked; few are heard much, many little."""


def _slug(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


@lru_cache(maxsize=4)
def tracks(seed: int) -> tuple[Track, ...]:
    """Return the catalogue: the same names for every seed, lengths and popularity by seed."""
    draw = random.Random(f"catalogue {seed}")
    listed = json.loads(_FILE.read_text(encoding="utf-8"))
    named = [(row["artist"], row["genre"], title) for row in listed for title in row["titles"]]
    ranks = list(range(1, len(named) + 1))
    draw.shuffle(ranks)
    return tuple(
        Track(
            id=f"{_slug(artist)}/{_slug(title)}",
            title=title,
            artist=artist,
            genre=genre,
            seconds=round(min(540.0, max(95.0, draw.gauss(214, 52)))),
            popularity=1 / (rank + 6) ** 0.7,
        )
        for (artist, genre, title), rank in zip(named, ranks, strict=True)
    )


@lru_cache(maxsize=4)
def popularity(seed: int) -> tuple[float, ...]:
    """Return the summed popularity up to each track, as weights for a draw."""
    return tuple(accumulate(track.popularity for track in tracks(seed)))
