"""Parquet: rows of pages as row groups of one file, whose foot comes only when every page was written."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from streakline.history.rows import Column, Type

_TYPES: Final[Mapping[Type, pa.DataType]] = {
    "text": pa.string(),
    "day": pa.date32(),
    "moment": pa.timestamp("ms", tz="UTC"),
    "whole": pa.int64(),
    "fraction": pa.float64(),
}
_READ: Final[Mapping[Type, Callable[[str], object]]] = {
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
}
"""How a value that has no type in JSON is read."""


class ParquetFile:
    """A file under way. No more of it is held than was written since its bytes were taken last."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = pa.schema([pa.field(column.name, _TYPES[column.type]) for column in columns])
        self._sink = _Sink()
        self._writer = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")

    def page(self, values: Sequence[Sequence[Any]]) -> bytes:
        """Return the bytes of a page.

        Args:
            values: a row each, in the order of the columns.
        """
        if values:
            read = [
                _values(column, of)
                for column, of in zip(self._columns, zip(*values, strict=True), strict=True)
            ]
            self._writer.write_table(pa.table(read, schema=self._schema), row_group_size=len(values))
        return self._sink.taken()

    def foot(self) -> bytes:
        """Return the bytes that make the file whole."""
        self._writer.close()
        return self._sink.taken()


def _values(column: Column, values: Sequence[Any]) -> pa.Array:
    read = _READ.get(column.type)
    known = values if read is None else [None if value is None else read(value) for value in values]
    return pa.array(known, type=_TYPES[column.type])


class _Sink(io.RawIOBase):
    """Keeps bytes until they are taken, and counts them all: a foot names places from the file's beginning."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._held += part
        size = memoryview(part).nbytes
        self._written += size
        return size

    def tell(self) -> int:
        return self._written

    def taken(self) -> bytes:
        found = bytes(self._held)
        self._held.clear()
        return found
