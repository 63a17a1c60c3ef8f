"""Opening the cold parts of entries, by several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import zstandard

from flows.streams.cold import MAX_COLD, open_cold, unpacked_together
from streakline.streams.entries import Cold, Entry, pack_cold


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


def test_frames_that_are_too_large_together_are_not_unpacked_together() -> None:
    frames = [zstandard.ZstdCompressor().compress(bytes(MAX_COLD // 2)) for _ in range(2)]
    assert unpacked_together(frames) == [bytes(MAX_COLD // 2)] * 2
    assert unpacked_together([*frames, zstandard.ZstdCompressor().compress(b"\x90")]) is None
