"""Opening the cold parts of entries, by several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import zstandard

from flows.streams.cold import MAX_COLD, open_cold
from streakline.streams.entries import Cold, Entry, Poison, pack_cold


def entry(number: int) -> Entry:
    rows = [Cold(f"content-{number}-{row}", "id", title="x" * (number * 37 % 500)) for row in range(200)]
    return Entry(len(rows), b"", zstandard.ZstdCompressor(level=1).compress(pack_cold(rows)))


def test_threads_that_open_cold_parts_at_once_do_not_disturb_each_other() -> None:
    entries = [entry(number) for number in range(64)]

    def opened(first: int) -> list[str]:
        some = [entries[(first + step) % len(entries)] for step in range(300)]
        return [open_cold(one)[0].contentId for one in some]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(opened, range(8)))
    assert found == [[f"content-{(first + step) % 64}-0" for step in range(300)] for first in range(8)]


def test_a_frame_that_says_it_is_too_large_is_refused_before_room_is_taken() -> None:
    frame = zstandard.ZstdCompressor().compress(bytes(MAX_COLD + 1))
    with pytest.raises(Poison, match=f"unpacks to {MAX_COLD + 1} bytes"):
        open_cold(Entry(1, b"", frame))
