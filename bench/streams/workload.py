"""A stream like ingest writes it, made fast: columns of numpy instead of events one by one.

Contents follow Zipf's law, listeners are drawn evenly; 70 % are plays, 15 % heartbeats of plays that go on, the rest
likes, saves and shares; 1 % are repeats and 1 % come too late for their quarter hour.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from streakline.kinds import NAMES
from streakline.streams.dictionary import FIRST, OTHER_NAME
from streakline.streams.entries import Cold
from streakline.streams.hashing import hash64
from streakline.streams.records import (
    COUNTED,
    DIMENSIONS,
    ENDED,
    FINISHED,
    NAMED,
    NO_OFFSET,
    RECORD,
    TIMED,
    Records,
)
from streakline.times import HOUR_MS, MINUTE_MS

SEED = 7
KINDS = np.array([1, 2, 3, 4, 6, 8], np.uint8)
SHARES = np.array([0.70, 0.03, 0.12, 0.08, 0.03, 0.04])


_LISTENER: Final = np.uint64(0x9E3779B97F4A7C15)
"""Number of a listener -> its hash, by multiplication."""
_WORDS: Final = [
    ["", OTHER_NAME, *(f"{dimension}-{code}" for code in range(FIRST, 32))] for dimension in DIMENSIONS
]
_AGENTS: Final = [
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_{n} like Mac OS X) AppleWebKit/605.1.15 Version/17.{n} Safari/604.1"
    for n in range(8)
]


def records(
    number: int,
    start_ms: int,
    span_ms: int,
    *,
    contents: int,
    listeners: int,
    people: int = 0,
    seed: int = 1,
    everybody: bool = False,
) -> Records:
    """Return events in order of acceptance, evenly over a span; `at` lies up to a minute before acceptance.

    Of 100 listeners `people` are persons. With `everybody` the first events are one of each listener and of each
    content; the others are drawn.
    """
    rng = np.random.default_rng(seed)
    made = np.zeros(number, RECORD)
    accepted = start_ms + (np.arange(number) * span_ms // number)
    weight = 1 / np.arange(1, contents + 1)
    content = rng.choice(contents, number, p=weight / weight.sum())
    names = np.array([hash64(f"content-{n}", SEED) for n in range(contents)], np.uint64)
    made["content64"] = names[content]
    listener = rng.integers(1, listeners + 1, number).astype(np.uint64)
    if everybody:
        made["content64"][:contents] = names[: min(contents, number)]
        listener[:listeners] = np.arange(1, min(listeners, number) + 1)
    named = np.where(listener % 100 < people, np.uint8(NAMED), np.uint8(0))
    made["listener64"] = listener * _LISTENER
    made["kind"] = rng.choice(KINDS, number, p=SHARES)
    introduced = max(contents, listeners) if everybody else 0
    made["kind"][:introduced][made["kind"][:introduced] == 3] = 1  # a heartbeat would be somebody else's
    made["dur"] = rng.integers(1_000, 300_000, number)
    made["length"] = 200_000
    made["completion"] = np.minimum(1000, made["dur"].astype(np.int64) * 1000 // 200_000)
    play = made["kind"] <= 3
    made["flags"] = np.where(play, TIMED, 0) | np.where(play & (made["dur"] >= 20_000), COUNTED, 0)
    made["flags"] |= np.where(play & (made["completion"] >= 900), FINISHED, 0).astype(np.uint8)
    made["flags"] |= np.where(made["kind"] == 1, ENDED, 0).astype(np.uint8)
    made["flags"] |= named
    made["dims"] = np.stack([rng.integers(0, top, number) for top in (8, 6, 30, 5)], axis=1)
    made["at"] = accepted - rng.integers(0, MINUTE_MS, number)
    late = rng.random(number) < 0.01
    made["at"][late] -= 2 * HOUR_MS
    made["start"] = made["at"]
    made["off"] = NO_OFFSET
    made["profile"], made["ctype"] = 1, 2
    made["id64"] = rng.integers(0, 1 << 63, number, np.uint64)
    beats = np.flatnonzero(made["kind"] == 3)
    of = np.maximum(0, beats - rng.integers(1, 5_000, len(beats)))
    for name in ("id64", "content64", "listener64", "start"):
        made[name][beats] = made[name][of]
    made["flags"][beats] = made["flags"][beats] & ~np.uint8(NAMED) | made["flags"][of] & np.uint8(NAMED)
    repeats = np.flatnonzero(rng.random(number) < 0.01)
    repeats = repeats[repeats > max(100, introduced)]
    made[repeats] = made[repeats - rng.integers(1, 100, len(repeats))]
    return made


def people_of(listeners: int, people: int) -> npt.NDArray[np.uint64]:
    """Return the hashes of the persons among so many listeners."""
    every = np.arange(1, listeners + 1, dtype=np.uint64)
    return every[every % 100 < people] * _LISTENER


def dictionary(dimension: str) -> dict[str, int]:
    """Return value -> code of a dimension, as ingest would have handed them out."""
    return {f"{dimension}-{code}": code for code in range(FIRST, 32)}


def whole_rows(own: Records, names: dict[int, str]) -> list[Cold]:
    """Return rows with all that a browser's events have, in the words of `dictionary`; `names` are of contents."""
    fields = (own[field].tolist() for field in ("content64", "id64", "listener64", "kind", "dims"))
    sources, platforms, countries, devices = _WORDS
    return [
        Cold(
            names[content], _uuid(identity), NAMES[kind], "track", "", f"creator-{content % 500}",
            f"user-{listener}", "", _uuid(listener),
            sources[dims[0]], platforms[dims[1]], countries[dims[2]], devices[dims[3]], {},
            "Safari", "iOS", "Europe/Berlin", "", "https://music.example/discover", _AGENTS[listener % 8],
        )
        for content, identity, listener, kind, dims in zip(*fields, strict=True)
    ]  # fmt: skip


def _uuid(number: int) -> str:
    digits = f"{number:016x}"
    return f"018f{digits[:4]}-{digits[4:8]}-7{digits[8:11]}-9{digits[11:14]}-{digits[14:]}{digits[:10]}"
