"""The cold rows of many entries as columns, read where they lie: all rows go through their fields in step.

An object a value and a row cost more than all else that archive does to an event. MessagePack marks a text with its
length, ClickHouse wants the length alone: written over the mark, the bytes of a column are copied and that is all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

import msgspec
import numpy as np

from flows.archive.columns import Bytes, Floats, Places, Texts
from streakline.streams.entries import Cold

_FIELDS: Final = tuple(
    "text" if isinstance(field.type, msgspec.inspect.StrType)
    else "map" if isinstance(field.type, msgspec.inspect.DictType)
    else "number"
    for field in msgspec.inspect.type_info(Cold).fields  # type: ignore[attr-defined]
)  # fmt: skip
_HEAD: Final = msgspec.msgpack.encode([None] * len(_FIELDS))[:3]
"""What a row begins with. No text holds it: of two bytes 0xdc 0x00 no UTF-8 is made."""
_IDS: Final = 2
"""The first fields, whose length `Cold` bounds; no id of fewer bytes than characters are allowed is too long."""
_MOST_BYTES: Final = 200
_SHORT: Final = np.full(256, -1, np.int64)
_SHORT[0xA0:0xC0] = np.arange(32)
"""Mark -> length of a text whose mark has it."""
_LONG: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
"""Mark -> bytes of the length that follows it."""
_MANY: Final = {0xDE: 2, 0xDF: 4}
"""Mark of a map -> bytes of the number of pairs that follows it."""
_NO_PAIRS, _NONE, _FLOAT = 0x80, 0xC0, 0xCB
_MAPS: Final = msgspec.msgpack.Decoder(dict[str, str])
_ENCODER: Final = msgspec.msgpack.Encoder()
_PAD: Final = bytes(16)

ColdColumn = Texts | Floats | list[dict[str, str]]


class ColdRows:
    """Cold rows, column by column."""

    def __init__(self, columns: Sequence[ColdColumn]) -> None:
        """Take a column for each field of `Cold`."""
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, place: int) -> Cold:
        """Return one row."""
        if place >= len(self):
            raise IndexError(place)
        values: list[Any] = [column[place] for column in self.columns]
        return Cold(*values)

    def texts(self, field: str, places: Places) -> list[str]:
        """Return a field that is a text, of the rows of some places."""
        column = self.columns[Cold.__struct_fields__.index(field)]
        assert isinstance(column, Texts)
        return column.take(places).tolist()

    def take(self, places: Places) -> ColdRows:
        """Return the rows of some places."""
        return ColdRows(
            [
                [column[i] for i in places.tolist()] if isinstance(column, list) else column.take(places)
                for column in self.columns
            ]
        )


def _head(number: int) -> bytes:
    """Return what a list of so many rows begins with; of very many what none begins with."""
    if number < 16:
        return bytes([0x90 | number])
    return b"\xdc" + number.to_bytes(2, "big") if number < 1 << 16 else b"\xc1"


def rows_of(cold: Sequence[Cold]) -> ColdRows:
    """Return rows that were decoded, at least one."""
    packed = [_ENCODER.encode(row) for row in cold]
    ends = np.fromiter(accumulate(map(len, packed)), np.int64, len(packed))
    starts = ends - np.fromiter(map(len, packed), np.int64, len(packed))
    rows = _walked(bytearray().join([*packed, _PAD]), starts, ends)
    if rows is None:
        msg = f"{len(cold)} rows as this process packs them cannot be read back"
        raise AssertionError(msg)
    return rows


def read_rows(unpacked: Sequence[bytes], numbers: Sequence[int]) -> ColdRows | None:
    """Return the rows of some entries, None if any needs a closer look: an odd row, or one that is none.

    Args:
        unpacked: of each entry its rows as `pack_cold` made them; at least one.
        numbers: how many they shall be, each at least one.
    """
    data = bytearray().join([*unpacked, _PAD])
    buffer = np.frombuffer(data, np.uint8)
    heads = list(map(_head, numbers))
    if not all(map(bytes.startswith, unpacked, heads)):
        return None
    counts, sizes = np.array(numbers, np.int64), np.fromiter(map(len, unpacked), np.int64, len(unpacked))
    head = np.fromiter(map(len, heads), np.int64, len(heads))
    entry_ends, after = np.cumsum(sizes), np.cumsum(counts)
    for byte in range(3):  # they look like the head of a row
        buffer[(entry_ends - sizes)[head > byte] + byte] = 0
    starts = np.flatnonzero(buffer[: -len(_PAD)] == _HEAD[0])
    starts = starts[(buffer[starts + 1] == _HEAD[1]) & (buffer[starts + 2] == _HEAD[2])]
    if len(starts) != after[-1] or (starts[after - counts] != entry_ends - sizes + head).any():
        return None
    ends = np.append(starts[1:], 0)
    ends[after - 1] = entry_ends
    return _walked(data, starts, ends, bounded=True)


def _walked(data: bytearray, starts: Places, ends: Places, *, bounded: bool = False) -> ColdRows | None:
    """Return the rows that begin and end at some places; None if they do not, or are no rows.

    Changes `data`: lengths of texts as ClickHouse has them, zeros where there is no text.
    """
    walk = _Walk(data, starts)
    for kind in _FIELDS:
        if not (walk.text() if kind == "text" else walk.maps() if kind == "map" else walk.number()):
            return None
    # Every row ends where the next one begins: so what looked like their heads were heads.
    if (walk.at != ends).any() or (bounded and walk.longest(_IDS) > _MOST_BYTES):
        return None
    walk.clear(starts)
    try:
        data.isascii() or data.decode()
    except UnicodeDecodeError:
        return None
    return ColdRows(walk.columns())


class _Walk:
    """Where all rows are, field after field."""

    def __init__(self, data: bytearray, starts: Places) -> None:
        self._data, self._buffer = data, np.frombuffer(data, np.uint8)
        self.at = starts + len(_HEAD)
        self._texts: list[tuple[Places, Places]] = []
        """Of each column of texts where their bytes begin and end."""
        self._marks: list[Places] = []
        """Where marks and lengths are."""
        self._gaps: list[tuple[int, int]] = []
        """What else is no text."""
        self._columns: list[ColdColumn | None] = []

    def _byte(self, places: Places) -> Bytes:
        return self._buffer.take(places, mode="clip")

    def text(self) -> bool:
        """Pass a text in each row; tell whether there was one."""
        marks = self._byte(self.at)
        lengths = _SHORT.take(marks)
        begins = self.at + 1
        self._marks.append(self.at)
        if lengths.min() < 0:
            long = np.flatnonzero(lengths < 0)
            for mark, size in _LONG.items():
                own = long[marks[long] == mark]
                length = np.zeros(len(own), np.int64)
                for byte in range(1, size + 1):
                    place = self.at[own] + byte
                    length = length << 8 | self._byte(place)
                    self._marks.append(place)
                lengths[own] = length
                begins[own] += size
            if lengths.min() < 0:
                return False
        self.at = begins + lengths
        self._texts.append((begins, self.at))
        self._columns.append(None)
        return bool(self.at.max() < len(self._data))

    def maps(self) -> bool:
        """Pass a map in each row, nearly all of which are empty."""
        marks = self._byte(self.at)
        found: list[dict[str, str]] = [{}] * len(marks)
        after = self.at + 1
        self._marks.append(self.at)
        for row in np.flatnonzero(marks != _NO_PAIRS).tolist():
            begin = int(self.at[row])
            end = _after_map(self._data, begin)
            if end is None:
                return False
            try:
                found[row] = _MAPS.decode(memoryview(self._data)[begin:end])
            except (msgspec.MsgspecError, UnicodeDecodeError):
                return False
            self._gaps.append((begin, end))
            after[row] = end
        self.at = after
        self._columns.append(found)
        return True

    def number(self) -> bool:
        """Pass a number or nothing in each row."""
        marks = self._byte(self.at)
        missing = marks == _NONE
        self._marks.append(self.at)
        values = np.zeros(len(marks), np.float64)
        after = self.at + 1
        if not missing.all():
            given = np.flatnonzero(~missing)
            if (marks[given] != _FLOAT).any() or self.at[given].max() + 9 > len(self._data):
                return False
            places = self.at[given][:, None] + np.arange(1, 9)
            values[given] = self._buffer[places].view(">f8")[:, 0]
            self._marks.append(places.ravel())
            after[given] += 8
        self.at = after
        self._columns.append(Floats(values, missing))
        return True

    def longest(self, columns: int) -> int:
        """Return the bytes of the longest text of the first columns."""
        return max(int((ends - begins).max()) for begins, ends in self._texts[:columns])

    def clear(self, starts: Places) -> None:
        """Put zeros wherever there is no text."""
        self._buffer[starts] = 0
        for places in self._marks:
            self._buffer[places] = 0
        for begin, end in self._gaps:
            self._buffer[begin:end] = 0

    def columns(self) -> list[ColdColumn]:
        """Return the columns, after writing before each text its length."""
        texts = iter(self._texts)
        return [self._measured(*next(texts)) if column is None else column for column in self._columns]

    def _measured(self, begins: Places, ends: Places) -> Texts:
        lengths = ends - begins
        sizes = np.ones(len(lengths), np.int64)
        if lengths.max() < 128:
            self._buffer[begins - 1] = lengths
        else:
            # The mark and the bytes after it are as many as the length takes, or more.
            for bits in (7, 14, 21, 28):
                sizes += lengths >> bits > 0
            for byte in range(int(sizes.max())):
                own = sizes > byte
                part = lengths[own] >> 7 * byte & 127
                self._buffer[begins[own] - sizes[own] + byte] = part | np.where(sizes[own] - 1 > byte, 128, 0)
        return Texts(self._buffer, begins - sizes, ends)


def _after_map(data: bytearray, at: int) -> int | None:
    """Return where a map of a few texts ends; None if it is none."""
    size = _MANY.get(data[at], 0)
    if not size and not 0x80 <= data[at] < 0x90:
        return None
    pairs = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else data[at] & 15
    at += 1 + size
    for _ in range(2 * pairs):
        if at >= len(data):
            return None
        mark = data[at]
        size = _LONG.get(mark, 0)
        if not size and not 0xA0 <= mark < 0xC0:
            return None
        length = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else mark & 31
        at += 1 + size + length
    return at if at < len(data) else None
