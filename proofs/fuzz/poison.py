"""Entries that no process of ours wrote, for every stream between the processes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec
import zstandard

from streakline.streams import keys, records
from streakline.streams.entries import Cold, pack_cold
from streakline.streams.hashing import hash64, identity64

Fields = dict[bytes, bytes]
DEEP: Final = b"\x91" * 200_000
LATER: Final = b"9999999999999-0"
MILLION: Final = 1_000_000


class Poison(NamedTuple):
    """An entry, its stream, and who puts it to the dead letters."""

    stream: str
    where: str
    fields: Fields


def entries(seed: int, now_ms: int, random_seed: int) -> Iterator[Poison]:
    """Yield the poison of shard 0.

    Args:
        seed: of the installation's hashes.
        now_ms: the moment of writing.
        random_seed: of the garbage.
    """
    chance = random.Random(random_seed)
    now = f"{now_ms}-0".encode()
    made = ((chance.randbytes(9), chance.randbytes(99), chance.randbytes(64)) for _ in range(20))
    noise = [{name: value, b"v": b"1", b"h": hot} for name, value, hot in made]
    yield from (Poison(keys.events(0), "archive", each) for each in [*_events(seed, now_ms), *noise])
    yield from (Poison(keys.out(0), "archive", each) for each in _outbox(now))
    yield from (Poison(keys.candidates(0), "viewers", each) for each in _candidates(now))
    yield from (Poison(keys.UPDATES, "live", each) for each in _updates(now_ms, now))


def accepted(seed: int, now_ms: int) -> list[Fields]:
    """Return entries of strange but readable events: they are counted like any other."""
    strange = ["\0", "'); drop table events; --", "\t\n\\\"'", "é" * 200]
    found = []
    for number, text in enumerate(strange):
        rest: Any = (text[:500],) * 3
        more: Any = dict.fromkeys(("sessionId", "genre", "title", "properties"), text)
        row = Cold(text, f"strange-{number}", "play", *rest, **more)
        found.append(_entry(_hot(seed, now_ms, text, row.id), [row]))
    facts = [Cold("fact", "fact-1", "content", properties='{"name":' + "[" * 200_000)]
    return [*found, _entry(_hot(seed, now_ms, "fact", "fact-1", kind=21), facts)]


def readable(now_ms: int) -> Fields:
    """Return an entry of the events stream with one play in it, to be spoilt."""
    return _entry(_hot(0, now_ms, "poison", "spoilt"), [Cold("poison", "spoilt", "play")])


def _hot(
    seed: int, at: int, content: str, identity: str, *, kind: int = 1, start: int | None = None
) -> bytes:
    begun = at if start is None else start
    ids = (identity64(content, begun, identity, seed), hash64(content, seed), 7)
    return records.PACK.pack(*ids, 0, 0, 0, 0, at, begun, 30_000, 0, 0, kind, 6, 0, 0, 65_535)


def _entry(hot: bytes, rows: list[Cold]) -> Fields:
    return _packed(hot, pack_cold(rows))


def _packed(hot: bytes, cold: bytes) -> Fields:
    number = str(len(hot) // records.SIZE).encode()
    return {b"v": b"1", b"n": number, b"h": hot, b"d": zstandard.ZstdCompressor().compress(cold)}


def _events(seed: int, now: int) -> Iterator[Fields]:
    hot = _hot(seed, now, "poison", "p")
    good = _entry(hot, [Cold("poison", "p", "play")])
    yield from ({b"x": b"y"}, {b"v": b"2"}, {b"v": b"z" * MILLION}, {b"\xff\xfe": b"\0", b"v": b"9"})
    for change in (
        {b"h": hot[:-1]}, {b"h": b""}, {b"n": b"2"}, {b"n": b"0"}, {b"n": b"\xc2\xb2"}, {b"n": b"9" * 5_000},
        {b"d": b""}, {b"d": b"garbage"}, {b"d": good[b"d"][:-4]},
        {b"d": b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 7 + b"\0\1\0\0"},  # says that it unpacks to 72 PB
    ):  # fmt: skip
        yield {**good, **change}
    texts = b"\xa1a" * 13 + b"\x80" + b"\xa1a" * 9 + b"\xc0\xa1a"
    for cold in (
        b"\x90", b"\x80", b"\xc1", b"\x91\x92\xa1\xff\xa1a", b"\xdd\xff\xff\xff\xff", DEEP,
        b"\x91\xdc\x00\x1a" + texts + DEEP,
        pack_cold([Cold("poison", "p"), Cold("poison", "q")]),
    ):  # fmt: skip
        yield _packed(hot, cold)
    stream = zstandard.ZstdCompressor().compressobj()
    yield {**good, b"d": stream.compress(b"\x90") + stream.flush()}  # does not say its size
    for long in (Cold("h" * MILLION, "p"), Cold("poison", "i" * 201)):
        yield _packed(hot, pack_cold([long]))
    for wrong in ({"kind": 0}, {"kind": 255}):
        yield _entry(_hot(seed, now, "poison", "p", **wrong), [Cold("poison", "p")])
    for at, start in ((2**62, now), (-(2**63), -(2**63)), (now, 0), (now, now + 10**9), (now + 10**10,) * 2):
        yield _entry(_hot(seed, at, "poison", "p", start=start), [Cold("poison", "p")])
    for control in (
        b"", b"\xff", b"\x80", b"\x90", DEEP, b"\x81\xa1a" + DEEP, _m({"kind": "x" * MILLION}), _m({"kind": 5}),
        _m({"kind": "recount", "from": "x"}), _m({"kind": "recount", "to": 1.5}),
    ):  # fmt: skip
        yield {b"v": b"1", b"c": control}


def _outbox(now: bytes) -> Iterator[Fields]:
    yield from ({b"x": b"y"}, {b"u": now}, {b"u": b"x", b"b": b""}, {b"u": b"", b"b": b""})
    yield from ({b"u": now, b"b": bad} for bad in (b"x", b"\xff", b"9" * 5_000, b"z" * MILLION))
    yield from ({b"u": bad, b"b": b"0"} for bad in (LATER, b"9" * 40 + b"-0", b"-1--1", b"\xff"))


def _candidates(now: bytes) -> Iterator[Fields]:
    yield from ({b"x": b"y"}, {b"\xff": b"\xfe"})
    yield from ({b"s": bad, b"u": now, b"c": b""} for bad in (b"", b"x", b"-1", b"9" * 30, b"\xff"))
    yield from ({b"s": b"0", b"u": bad, b"c": b""} for bad in (b"", b"x", b"-1--1", LATER, b"9" * 40 + b"-0"))
    yield from ({b"s": b"0", b"u": now, b"c": bad} for bad in (b"123", b"\xff" * 12, b"\xff" * 120_000))


def _updates(now_ms: int, now: bytes) -> Iterator[Fields]:
    minute, bucket = now_ms // 60_000 * 60_000, now_ms // 900_000 * 900_000
    yield from ({b"x": b"y"}, {b"k": b"\xff", b"s": b"\xff", b"u": b"\xff", b"p": b"\xff"})
    content = {b"k": b"content", b"u": now, b"p": b"\x80"}
    yield from ({**content, b"s": bad} for bad in (b"", b"99", b"\xc2\xb2", b"9" * 50))
    for kind, payload in (
        ("nothing", {}), ("content", {"minutes": {minute: [1, 2]}}), ("content", {"open": {bucket: [1]}}),
        ("content", {"content": {"a": {"minutes": 5}}}), ("content", {"runningPlays": 2**63}),
        ("content", {"playing": [["x", 2**63]]}), ("viewers", {"minute": 2**63 - 1}), ("viewers", {"hour": 2**62}),
        ("base", {"upto": 1, "base": [1, 2]}), ("base", []),
    ):  # fmt: skip
        yield {b"k": kind.encode(), b"s": b"0", b"u": now, b"p": _m(payload)}
    yield {b"k": b"viewers", b"s": b"0", b"u": now, b"p": b"\x81\xa1x" + DEEP}


def _m(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)
