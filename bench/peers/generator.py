"""The input: plays as JSON lines, from a fixed seed.

Tracks follow Zipf's law, users are drawn evenly. Event time runs over an hour, and no event is more than 30 s older
than the newest before it: who waits so long loses nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

START_MS: Final = 1_767_225_600_000
SPAN_MS: Final = 3_600_000
LATE_MS: Final = 30_000
TRACKS: Final = 10_000
USERS: Final = 200_000
SOURCES: Final = ("search", "playlist", "radio", "album", "recommendation", "library")
_AT_ONCE: Final = 50_000
_LINE: Final = (
    '{{"event_id":"{}","type":"play","trackId":"track_{:05d}","userId":"user_{:06d}","sessionId":"{}",'
    '"timestamp":{},"source":"{}","duration":{},"completionRate":{},"skipped":{}}}\n'
)


def generate(path: Path, events: int, seed: int = 20_260_101) -> None:
    """Write so many events to a file."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, TRACKS + 1)
    names = rng.permutation(TRACKS)
    with path.open("w") as file:
        for first in range(0, events, _AT_ONCE):
            number = min(_AT_ONCE, events - first)
            due = START_MS + (first + np.arange(number)) * SPAN_MS // events
            at = np.maximum(START_MS, due - rng.integers(0, LATE_MS, number))
            heard = rng.integers(0, 10_000, number)
            columns = (
                [_uuid(rng.bytes(16)) for _ in range(number)],
                names[rng.choice(TRACKS, number, p=weights / weights.sum())].tolist(),
                rng.integers(0, USERS, number).tolist(),
                [_uuid(rng.bytes(16)) for _ in range(number)],
                at.tolist(),
                [SOURCES[source] for source in rng.integers(0, len(SOURCES), number).tolist()],
                rng.integers(5_000, 300_000, number).tolist(),
                (heard / 10_000).tolist(),
                ["true" if skipped else "false" for skipped in (heard < 2_500).tolist()],
            )
            file.writelines(_LINE.format(*row) for row in zip(*columns, strict=True))


def _uuid(data: bytes) -> str:
    text = data.hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
