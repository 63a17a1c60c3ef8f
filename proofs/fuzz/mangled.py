"""Entries whose outside is right: compressed as it should be, as many records as it says, and rows that are none."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

import msgspec
import zstandard

from proofs.fuzz import poison
from proofs.fuzz.poison import Fields
from streakline.streams.entries import Cold, pack_cold
from streakline.streams.records import SIZE

_TEXTS: Final = tuple(
    place for place, name in enumerate(Cold.__struct_fields__) if name not in {"sent", "position"}
)
"""The places of texts in a row."""
_NO_TEXT: Final[tuple[Any, ...]] = (None, True, 0, -1, 2**63, 1.5, b"bytes", [], {}, ["a"], {"a": "b"})
_EXTENSION, _NEVER_USED, _LONG, _NO_UTF8 = b"\xd4\x01\x00", b"\xc1", b"\xdb\xff\xff\xff\xff", b"\xa2\xc3\x28"


def mangled(chance: random.Random, now_ms: int, number: int) -> list[Fields]:
    """Return so many entries whose rows cannot be read, each of one to three events."""
    return [_mangled(chance, now_ms) for _ in range(number)]


def _mangled(chance: random.Random, now_ms: int) -> Fields:
    events = chance.randrange(1, 4)
    hot = poison.readable(now_ms)[b"h"] * events
    titles = ["é" * chance.choice((1, 20, 200)) for _ in range(events)]
    rows = [Cold("poison", f"mangled-{n}", "play", title=title) for n, title in enumerate(titles)]
    cold = chance.choice(_WAYS)(chance, rows)
    assert len(hot) == events * SIZE
    packed = zstandard.ZstdCompressor().compress(cold)
    return {b"v": b"1", b"n": str(events).encode(), b"h": hot, b"d": packed}


def _cut(chance: random.Random, rows: list[Cold]) -> bytes:
    cold = pack_cold(rows)
    return cold[: chance.randrange(len(cold))]


def _other_type(chance: random.Random, rows: list[Cold]) -> bytes:
    values = [list(msgspec.structs.astuple(row)) for row in rows]
    chance.choice(values)[chance.choice(_TEXTS)] = chance.choice(_NO_TEXT)
    return msgspec.msgpack.encode(values)


def _other_bytes(chance: random.Random, rows: list[Cold]) -> bytes:
    """Put a mark that promises what does not come, or bytes that are no UTF-8, in place of a text."""
    values = [list(msgspec.structs.astuple(row)) for row in rows]
    chance.choice(values)[chance.choice(_TEXTS)] = "here it is"
    instead = chance.choice((_EXTENSION, _NEVER_USED, _LONG, _NO_UTF8))
    return msgspec.msgpack.encode(values).replace(b"\xaahere it is", instead)


def _other_rows(chance: random.Random, rows: list[Cold]) -> bytes:
    values: list[Any] = [list(msgspec.structs.astuple(row)) for row in rows]
    missing, shorter = [*values[:-1], None], [*values[:-1], values[-1][:1]]
    return msgspec.msgpack.encode(
        chance.choice((values[:-1], values * 2, missing, shorter, {"rows": values}, values[0]))
    )


_WAYS: Final[tuple[Callable[[random.Random, list[Cold]], bytes], ...]] = (
    _cut, _other_type, _other_type, _other_bytes, _other_bytes, _other_rows,
)  # fmt: skip
