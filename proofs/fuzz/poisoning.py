"""Poison into every stream and dictionary of a running stack: it becomes a dead letter, and counting goes on."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import redis

from proofs.fuzz import poison
from proofs.fuzz.findings import POISON, Findings
from proofs.fuzz.mangled import mangled
from proofs.fuzz.poison import Fields, Poison
from streakline.streams import keys
from streakline.streams.records import DIMENSIONS

PATIENCE: Final = 30.0
"""Seconds in which all of it must have become dead letters."""


def entries(seed: int, now_ms: int, random_seed: int, number: int) -> Iterator[Poison]:
    """Yield the corpus for every stream, then what chance makes, until each stream got `number`, then mangled rows.

    Args:
        seed: of the installation's hashes.
        now_ms: the moment of writing.
        random_seed: of what chance makes.
        number: entries of a stream, unless the corpus has more.
    """
    met: Counter[tuple[str, str]] = Counter()
    for each in poison.entries(seed, now_ms, random_seed):
        met[each.stream, each.where] += 1
        yield each
    chance, good = random.Random(random_seed), _good(now_ms)
    for (stream, where), there in met.items():
        for _ in range(number - there):
            yield Poison(stream, where, _spoilt(chance, *good[stream]))
    yield from (Poison(keys.events(0), "archive", fields) for fields in mangled(chance, now_ms, number // 2))


def throw(client: redis.Redis, findings: Findings, number: int) -> int:
    """Write poison and what is strange but readable; wait for the dead letters.

    Returns:
        How many plays of the strange entries count.
    """
    seed, now = int(client.get(keys.SEED) or 0), time.time_ns() // 1_000_000
    poison_hashes(client, findings.seed, number)
    begun = time.monotonic()
    waiting: dict[tuple[bytes, str], Poison] = {}
    for entry in entries(seed, now, findings.seed, number):
        written: Any = client.xadd(entry.stream, dict[Any, Any](entry.fields))
        waiting[written, entry.where] = entry
        findings.note(f"poison in {entry.stream}", "written", 0.0)
    strange = poison.accepted(seed, now)
    for fields in strange:
        client.xadd(keys.events(0), dict[Any, Any](fields))
    since = "-"
    while waiting and time.monotonic() < begun + PATIENCE:
        letters: Any = client.xrange(keys.DEAD, since, count=1_000)
        for letter, fields in letters:
            if fields.get(b"error"):
                waiting.pop((fields[b"entry"], fields[b"where"].decode()), None)
            since = b"(" + letter
        if not letters:
            time.sleep(0.1)
    for entry in waiting.values():
        findings.fail(POISON, entry, f"no dead letter after {PATIENCE:.0f} seconds")
    findings.note("dead letters", "all there" if not waiting else "missing", time.monotonic() - begun)
    return len(strange) - 1  # the last one is a fact


def poison_hashes(client: redis.Redis, seed: int, number: int) -> None:
    """Put what no process of ours writes into the hashes: dictionaries, who is subscribed, metrics."""
    chance = random.Random(seed)
    later = str(time.time_ns() // 1_000_000 + 9_999)
    subscribed = {b"\xff": b"x", b"a": b"", b"b": b"9" * 5_000, b"c" * 100_000: later}
    client.hset(keys.SUBSCRIBED, mapping=dict[Any, Any](subscribed))
    client.hset(keys.metrics("x", "0"), mapping={b"\xff": b"nan", b"a": b"x"})
    codes = (b"", b"x", b"-1", b"0", b"1", b"1.5", b"nan", b"65535", b"65536", b"4002", b"9" * 5_000, b"\xff")
    for place in range(number):
        noise = b"\xff" + chance.randbytes(8)
        value = chance.choice((b"poison-%d" % place, noise, b"x" * 1_000 + b"%d" % place))
        # What is there already says what codes in old records mean: nobody could tell any more.
        client.hsetnx(keys.dictionary(chance.choice(DIMENSIONS)), value, chance.choice(codes))


def _spoilt(chance: random.Random, good: Fields, kept: bytes) -> Fields:
    """Return an entry in which something is missing or noise; `kept` is a field whose lack spoils nothing."""
    noise = b"\xff" + chance.randbytes(chance.choice((1, 7, 63, 65, 2_000)))
    pick = chance.randrange(4)
    if pick == 0:
        return {chance.randbytes(chance.randrange(1, 9)): noise}
    name = chance.choice(sorted(good.keys() - {kept}))
    if pick == 1:
        return {other: value for other, value in good.items() if other != name}
    return {**good, name: noise if pick == 2 else good[name][: len(good[name]) // 2] + noise}


def _good(now_ms: int) -> dict[str, tuple[Fields, bytes]]:
    """Return stream -> an entry of it that a process of ours could have written, and a field it may lack.

    Without `h` an entry of events is a tick; without `c` candidates are none; without `u` an update does not say how
    far it is.
    """
    now, bucket = b"%d-0" % now_ms, b"%d" % (now_ms // 900_000 * 900_000)
    payload = msgspec.msgpack.encode({"minute": now_ms // 60_000 * 60_000})
    return {
        keys.events(0): (poison.readable(now_ms), b"h"),
        keys.out(0): ({b"u": now, b"b": bucket}, b""),
        keys.candidates(0): ({b"s": b"0", b"u": now, b"c": b"\0" * 48}, b"c"),
        keys.UPDATES: ({b"k": b"viewers", b"s": b"0", b"u": now, b"p": payload}, b"u"),
    }
