"""Broken import files: good ones of every importer, with something wrong in each."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from proofs.fuzz.shapes import GOOD, as_json

BOMB: Final = 400_000_000
"""Bytes that a bomb unpacks to."""
_DEEP: Final = 200_000
_ODD: Final[tuple[Any, ...]] = (
    None, True, -1, 0, 10**30, 1e308, float("nan"), float("inf"), "", "\0", "\ud800", "é" * 300, "x" * 200_000, [],
    [[]], [1], {}, {"a": {}}, "0000-00-00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59", "10" * 3_000,
    "http://[", "https://youtu.be/", "https://www.youtube.com/shorts/", [None], [{"name": 5}], [["name"]], "1e5",
)  # fmt: skip
"""Values where another is expected."""


class Broken(NamedTuple):
    """A file for an importer."""

    importer: str
    name: str
    """What is wrong with it."""
    content: bytes


def broken_files(seed: int, number: int) -> Iterator[Broken]:
    """Yield so many broken files: each fault with each importer in turn, chance decides where."""
    chance = random.Random(seed)
    cases = [(importer, fault) for fault in _FAULTS for importer in GOOD]
    for place in range(number):
        importer, fault = cases[place % len(cases)]
        shape = chance.choice(GOOD[importer])
        yield Broken(importer, fault.__name__.strip("_"), fault(chance, shape(chance)))


# --- faults ---------------------------------------------------------------------------------------------


def _truncated(chance: random.Random, good: bytes) -> bytes:
    return good[: chance.randrange(len(good))]


def _wrong_types(chance: random.Random, good: bytes) -> bytes:
    """Put odd values into fields of JSON rows or cells of a CSV."""
    try:
        value = json.loads(good)
    except ValueError:
        lines = good.decode().split("\n")
        return "\n".join(_other_cells(chance, line) for line in lines).encode("utf-8", "surrogatepass")
    rows = value["events"] if isinstance(value, dict) and "events" in value else value
    for row in rows if isinstance(rows, list) else [rows]:
        for name in chance.sample(sorted(row), min(2, len(row))):
            row[name] = chance.choice(_ODD)
    return as_json(value)


def _other_cells(chance: random.Random, line: str) -> str:
    if line.startswith("{"):
        row = json.loads(line)
        return json.dumps({**row, chance.choice(sorted(row)): chance.choice(_ODD)})
    cells = line.split(",")
    cells[chance.randrange(len(cells))] = str(chance.choice(_ODD)).replace("\ud800", "?")
    return ",".join(cells)


def _odd_rows(chance: random.Random, _: bytes) -> bytes:
    return as_json([chance.choice(_ODD) for _ in range(9)])


def _nested(chance: random.Random, good: bytes) -> bytes:
    deep = chance.choice((b"[" * _DEEP, b'{"a":' * _DEEP, b"[" * _DEEP + b"]" * _DEEP))
    return chance.choice((deep, good.replace(b'"A"', deep, 1), good[:-1] + b"," + deep + b"]"))


def _encoded(chance: random.Random, good: bytes) -> bytes:
    coding = chance.choice(("utf-16", "utf-16-be", "utf-32", "latin-1", "utf-7", "cp037"))
    return good.decode().replace("A", "Ä").encode(coding)


def _marked(chance: random.Random, good: bytes) -> bytes:
    marks = (b"\xef\xbb\xbf" * 2, b"\xff\xfe", b"\xfe\xff", b"\xef\xbb", b"\xef\xbb\xbf\n\n")
    return chance.choice(marks) + good


def _noughts(chance: random.Random, good: bytes) -> bytes:
    place = chance.randrange(len(good))
    return chance.choice((good[:place] + b"\0" * 9 + good[place:], b"\0" * 5_000, good.replace(b"\n", b"\0")))


def _huge_fields(chance: random.Random, good: bytes) -> bytes:
    field = chance.choice((b"A", b"S1", b"V1", b"e1", b"1"))
    return good.replace(field, b"x" * chance.choice((10_000, 200_000, 2_000_000)), 1)


def _columns(chance: random.Random, good: bytes) -> bytes:
    """Rename, leave out, repeat or add columns."""
    names = (b"uts", b"track", b"ts", b"ms_played", b"endTime", b"titleUrl", b"time", b"events", b"id")
    name = chance.choice(names)
    other = chance.choice((b"unknown", b"", b"ts", b"x" * 5_000, b"\xc3\xa9"))
    renamed, longer = good.replace(name, other), good.replace(b"\n", b",1,2,3\n")
    return chance.choice((renamed, good.replace(b",", b",,"), longer, good * 2))


def _quoted(chance: random.Random, good: bytes) -> bytes:
    place = chance.randrange(len(good))
    return good[:place] + chance.choice((b'"', b"'", b'"""', b"\r", b"\r\r\n", b"\\", b",")) + good[place:]


def _packed(chance: random.Random, good: bytes) -> bytes:
    packed = gzip.compress(good)
    place = chance.randrange(10, len(packed) - 8)
    spoilt = packed[:place] + bytes((packed[place] ^ 0xFF,)) + packed[place + 1 :]
    more = packed + b"rubbish", gzip.compress(packed), packed[:2], _zipped(good)
    return chance.choice((spoilt, packed[:place], *more))


def _zipped(good: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.json", good)
    return file.getvalue()


def _bomb(chance: random.Random, good: bytes) -> bytes:
    """Pack something that is mostly the same byte, in one line or in many."""
    filling = chance.choice((b"0", b"[", b" ", b"\n", b'"', b"0,0,0,0\n"))
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as packed:
        packed.write(good[:-1])
        chunk = filling * (1_000_000 // len(filling))
        for _ in range(BOMB // len(chunk)):
            packed.write(chunk)
    return file.getvalue()


def _repeated(chance: random.Random, good: bytes) -> bytes:
    """Say members of objects, or columns, twice and otherwise."""
    other = chance.choice((b"null", b"{}", b"[]", b'"x"', b"-1e400", b"NaN", b"1" * 5_000))
    names = (b'"id"', b'"ts"', b'"endTime"', b'"msPlayed"', b'"titleUrl"', b'"time"', b'"events"')
    name = chance.choice(names)
    return good.replace(name + b":", name + b":" + other + b"," + name + b":").replace(b"uts,", b"uts,uts,")


def _halves(chance: random.Random, good: bytes) -> bytes:
    """Put halves of surrogate pairs and other text that is none where text is."""
    escaped = (rb"\ud800", rb"\udc00\ud800", rb"\u12")
    half = chance.choice((*escaped, b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xff"))
    return good.replace(chance.choice((b"A", b"S1", b"V1", b"e1", b"Song", b"Watched")), half)


def _members(chance: random.Random, good: bytes) -> bytes:
    """Pack in several members, of which one is a bomb, is broken, or is none."""
    half = len(good) // 2
    first, second = gzip.compress(good[:half]), gzip.compress(good[half:])
    bomb = gzip.compress(b" " * 50_000_000, 1)
    between = chance.choice((b"", b"\0" * 5_000, bomb, second[:9], b"\x1f\x8b", b"x"))
    return first + between + second


def _noise(chance: random.Random, _: bytes) -> bytes:
    return chance.choice((b"", b"\n", b"[]", b"{}", b"null", b"5", chance.randbytes(3_000), b"\x1f\x8b"))


_FAULTS: Final[tuple[Callable[[random.Random, bytes], bytes], ...]] = (
    _truncated, _wrong_types, _odd_rows, _nested, _encoded, _marked, _noughts, _huge_fields, _columns, _quoted, _packed,
    _wrong_types, _noise, _wrong_types, _repeated, _halves, _members,
)  # fmt: skip


def bombs(seed: int) -> Iterator[Broken]:
    """Yield a packed bomb for each importer."""
    chance = random.Random(seed)
    for importer, shapes in GOOD.items():
        yield Broken(importer, "bomb", _bomb(chance, shapes[0](chance)))
