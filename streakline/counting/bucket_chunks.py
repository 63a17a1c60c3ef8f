"""The plain bytes of a bucket, chunk by chunk, for snapshots.

Only chunks that changed are written again. A chunk is a msgpack list of column bytes; sizes of the bucket stand
in the tracker's own part, so a chunk needs no length.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from streakline.counting.bucket import CELL_BITS, LOG_BITS, ROW_BITS, Bucket
from streakline.counting.bucket_log import thawed

_ENCODE: Final = msgspec.msgpack.encode
_DECODER: Final = msgspec.msgpack.Decoder(list[bytes])


def sizes(bucket: Bucket) -> list[int]:
    """Return the numbers of identities, contents and cells of a bucket."""
    return [bucket.ids.size, bucket.contents.size, bucket.cells.size]


def chunk_names(bucket_sizes: list[int]) -> list[tuple[str, int]]:
    """Return (part, number) of every chunk of a bucket with these sizes."""
    bits = (("log", LOG_BITS), ("rows", ROW_BITS), ("cells", CELL_BITS))
    return [
        (part, chunk)
        for (part, shift), size in zip(bits, bucket_sizes, strict=True)
        for chunk in range((size + (1 << shift) - 1) >> shift)
    ]


def freeze_chunk(bucket: Bucket, part: str, chunk: int) -> bytes:
    """Return one chunk of a bucket as bytes."""
    if part == "log":
        at = slice(chunk << LOG_BITS, min((chunk + 1) << LOG_BITS, bucket.ids.size))
        return _ENCODE([bucket.ids.keys[at].tobytes(), bucket.log[at].tobytes()])
    if part == "rows":
        at = slice(chunk << ROW_BITS, min((chunk + 1) << ROW_BITS, bucket.contents.size))
        columns = (bucket.measures, bucket.windows, bucket.ctype, bucket.unwritten)
        return _ENCODE([bucket.contents.keys[at].tobytes(), *(column[at].tobytes() for column in columns)])
    at = slice(chunk << CELL_BITS, min((chunk + 1) << CELL_BITS, bucket.cells.size))
    return _ENCODE([bucket.cells.keys[at].tobytes(), bucket.cell_counts[at].tobytes()])


def thaw(start: int, bucket_sizes: list[int], chunks: dict[tuple[str, int], bytes]) -> Bucket:
    """Return the bucket of a snapshot. `chunks` holds every name of `chunk_names`."""
    bucket = Bucket(start)
    columns = {
        part: [_DECODER.decode(chunks[name]) for name in chunk_names(bucket_sizes) if name[0] == part]
        for part in ("log", "rows", "cells")
    }
    bucket.ids.insert(_column(columns["log"], 0, np.dtype(np.uint64)))
    bucket.contents.insert(_column(columns["rows"], 0, np.dtype(np.uint64)))
    bucket.cells.insert(_column(columns["cells"], 0, np.dtype(np.uint64)))
    bucket.make_room()
    for number, (ids, log) in enumerate(columns["log"]):
        bucket.log[number << LOG_BITS :][: len(ids) // 8] = thawed(log, len(ids) // 8)
    rows, cells = bucket.contents.size, bucket.cells.size
    by_row: tuple[np.ndarray, ...] = (bucket.measures, bucket.windows, bucket.ctype, bucket.unwritten)
    for place, column in enumerate(by_row, start=1):
        column[:rows] = _column(columns["rows"], place, column.dtype).reshape(rows, *column.shape[1:])
    bucket.cell_counts[:cells] = _column(columns["cells"], 1, bucket.cell_counts.dtype)
    bucket.site[:] = bucket.measures[:rows].sum(axis=0)
    bucket.minutes[:] = bucket.windows[:rows].sum(axis=0)
    return bucket


def _column(chunks: list[list[bytes]], position: int, kind: np.dtype[np.generic]) -> np.ndarray:
    return np.frombuffer(b"".join(chunk[position] for chunk in chunks), kind)
