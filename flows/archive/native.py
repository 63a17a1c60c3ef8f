"""Columns as bytes of ClickHouse's format Native: what `insert` of its client does, at a quarter of the cost.

Numbers come as numpy arrays and leave as they lie in memory. Texts are most of the work: one value, and short ASCII,
each have a way that needs no step of Python a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from clickhouse_connect.driver.exceptions import DataError

REFUSED_FOR_DATA: Final = frozenset({6, 53, 69, 70, 72, 117, 131, 321, 349, 469})
"""Error codes of ClickHouse that say that a row cannot be stored: CANNOT_PARSE_TEXT, TYPE_MISMATCH,
ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, CANNOT_PARSE_NUMBER, INCORRECT_DATA, TOO_LARGE_STRING_SIZE,
VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE, CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN, VIOLATED_CONSTRAINT. All others
(disk full, memory, too many parts, read-only) say nothing about a row."""


class Pairs:
    """A column of maps by arrays: of each map where its pairs end, then the pairs of all."""

    def __init__(
        self, sizes: npt.NDArray[np.int64], keys: Sequence[str], values: npt.NDArray[np.int64]
    ) -> None:
        """Take the number of pairs of each map, and the keys and values of all pairs in order."""
        self.ends = np.cumsum(sizes)
        self.keys, self.values = keys, values

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, part: slice) -> Pairs:
        """Return the maps of a slice without steps."""
        bounds = np.concatenate(([0], self.ends))
        first, last, _ = part.indices(len(self))
        pairs = slice(int(bounds[first]), int(bounds[last]))
        return Pairs(np.diff(bounds[first : last + 1]), self.keys[pairs], self.values[pairs])


Column = Sequence[Any] | np.ndarray[Any, Any] | Pairs

_NUMBERS: Final[Mapping[str, str]] = {
    "UInt8": "<u1", "UInt16": "<u2", "UInt32": "<u4", "UInt64": "<u8", "Int16": "<i2", "Bool": "<u1",
    "DateTime('UTC')": "<u4", "DateTime64(3, 'UTC')": "<i8", "Enum8('quarter' = 1, 'day' = 2)": "<i1",
}  # fmt: skip
"""Type of ClickHouse -> how its values lie in memory: times as s or ms, an enum as its numbers."""
_SHORT: Final = 128
"""A text of fewer bytes has a length of one byte."""
_MARK_BEFORE: Final = b"\xd9"
_WITHOUT_MARK: Final = bytes(range(160)) + bytes(range(32)) + bytes(range(192, 256))
"""MessagePack's marks of texts: before a length of one byte, and upon a length of up to 31 (160 and the length)."""
_ENCODER: Final = msgspec.msgpack.Encoder()
_SAMPLE: Final = 64


class UnknownType(TypeError):
    """A column's type is none that archive writes."""


def block(names: Sequence[str], types: Sequence[str], columns: Sequence[Column]) -> bytes:
    """Return one block: columns of equal length, not empty.

    A column of UInt128 is an array of two words, the lower first, by value.

    Raises:
        UnicodeEncodeError: if a text is none (half of a surrogate pair).
        OverflowError: if a number does not fit its type.
        UnknownType: if a type is not written here.
    """
    parts = [_length(len(names)), _length(len(columns[0]))]
    for name, declared, column in zip(names, types, columns, strict=True):
        sent = declared.replace("LowCardinality(String)", "String")
        parts += (_text(name), _text(sent), _column(sent, column))
    return b"".join(parts)


def _column(sent: str, column: Column) -> bytes:
    if isinstance(column, Pairs):
        of = sent.removeprefix("Map(String, ").removesuffix(")")
        return column.ends.astype("<u8").tobytes() + strings(column.keys) + _column(of, column.values)
    listed: Any = column  # what is no number comes as a list or tuple
    if sent == "String":
        return strings(listed)
    layout = _NUMBERS.get(sent)
    if layout is not None:
        if (
            layout[1] == "u"
            and isinstance(column, np.ndarray)
            and column.dtype.kind == "i"
            and (column < 0).any()
        ):
            msg = f"a column of type {sent} holds {column.min()}"
            raise OverflowError(msg)
        return np.ascontiguousarray(column, layout).tobytes()
    if sent == "UInt128":
        return np.ascontiguousarray(column, "<u8").tobytes()
    if sent == "Nullable(Float64)":
        return _nullable(listed)
    if sent.startswith("Map(String, "):
        return _maps(listed, sent.removeprefix("Map(String, ").removesuffix(")"))
    msg = f"a column of type {sent} cannot be written; its layout belongs into flows/archive/native.py"
    raise UnknownType(msg)


def strings(values: Sequence[str]) -> bytes:
    """Return a column of texts: of each its length (LEB128) and its bytes (UTF-8)."""
    number = len(values)
    if not number:
        return b""
    if values[0] == values[-1] and values.count(values[0]) == number:
        return _text(values[0]) * number
    made = _short(values)
    if made is not None:
        return made
    if len(set(values[:_SAMPLE])) <= min(_SAMPLE, number) // 2:
        return b"".join(map(_Texts().__getitem__, values))
    return b"".join(map(_text, values))


def _short(values: Sequence[str]) -> bytes | None:
    """Return a column of ASCII texts of less than `_SHORT` bytes; None if one is another.

    MessagePack writes texts as ClickHouse does but for the bytes before each, and does so in C: of up to 31 bytes
    the length comes with a mark upon it, of more a mark comes before it. Marks have the highest bit, ASCII and such
    lengths do not: as many such bytes as texts are the marks.
    """
    packed = _ENCODER.encode(values)
    before = 1 if len(values) < 1 << 4 else 3 if len(values) < 1 << 16 else 5
    if np.count_nonzero(np.frombuffer(packed, np.int8, offset=before) < 0) != len(values):
        return None
    made = packed[before:].translate(_WITHOUT_MARK, _MARK_BEFORE)
    return made if made.isascii() else None  # what is left is the mark of a text of more than 255 bytes


class _Texts(dict[str, bytes]):
    """Text -> its bytes, made when first asked for."""

    def __missing__(self, text: str) -> bytes:
        made = self[text] = _text(text)
        return made


def _text(text: str) -> bytes:
    made = text.encode()
    return _length(len(made)) + made


def _length(number: int) -> bytes:
    made = bytearray()
    while number >= _SHORT:
        made.append(number & 127 | _SHORT)
        number >>= 7
    made.append(number)
    return bytes(made)


def _nullable(values: Sequence[float | None]) -> bytes:
    if values.count(None) == len(values):
        return b"\1" * len(values) + bytes(8 * len(values))
    missing = np.array([value is None for value in values], "<u1")
    return (
        missing.tobytes() + np.array([0.0 if value is None else value for value in values], "<f8").tobytes()
    )


def _maps(values: Sequence[dict[str, Any]], of: str) -> bytes:
    """Return a column of maps: up to where the pairs of each go, then all keys, then all values."""
    if not any(values):
        return bytes(8 * len(values))
    ends = np.cumsum(np.fromiter(map(len, values), "<u8", len(values)))
    keys = list(chain.from_iterable(values))
    if not keys:
        return ends.tobytes()
    held: list[Any] = list(chain.from_iterable(map(dict.values, values)))
    return ends.tobytes() + strings(keys) + _column(of, held)


class RefusedData(ValueError):
    """ClickHouse cannot store a row of an insert."""


def is_about_data(error: BaseException) -> bool:
    """Tell whether an error says something of the data of an insert."""
    if isinstance(error, DataError | UnicodeEncodeError | OverflowError):
        return getattr(error, "code", None) in {None, *REFUSED_FOR_DATA}
    return getattr(error, "code", None) in REFUSED_FOR_DATA
