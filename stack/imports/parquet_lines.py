"""Parquet as JSON lines, a few rows at a time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

import pyarrow as pa
from pyarrow import parquet

from streakline_client.imports.rows import BadFile

_ROWS = 2_000


def json_lines(file: IO[bytes]) -> Iterator[str]:
    """Yield each row as a line of JSON; moments are ISO 8601 in UTC, as JSONL has them.

    Raises:
        BadFile: if the file broke off, or is damaged.
    """
    try:
        for batch in parquet.ParquetFile(file).iter_batches(_ROWS):
            for row in batch.to_pylist():
                yield json.dumps(row, ensure_ascii=False, default=_text) + "\n"
    except (pa.ArrowException, OSError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise BadFile(f"a damaged Parquet file, or one that broke off: {reason}") from error


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return bytes(value).decode() if isinstance(value, bytes) else str(value)
