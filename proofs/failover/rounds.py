"""One failover after another under load, and what must hold after each."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import redis
import zstandard

from proofs.chaos.reading import History, Reader
from proofs.chaos.run import last_words, load
from proofs.counting.log import Count
from proofs.failover.pair import Pair
from proofs.running.stack import StackProcess
from proofs.traffic.audience import Audience
from proofs.traffic.sender import Sender
from streakline.health import faults
from streakline.streams import keys
from streakline.streams.entries import read_entry, unpack_cold
from streakline.streams.progress import FLOWS
from streakline.times import SEQ_BITS, enc

BEFORE: Final = 4.0
"""Seconds of load before the link is cut: snapshots are taken of what the replica has."""
AFTER: Final = 4.0
"""Seconds of load after the flows go on."""
LATE: Final = 0.6
"""Share of visits that tell of long ago."""
UNSURE: Final = 1.0
"""Seconds before the cut within which a replica may lack what was acknowledged."""
SETTLE_SECONDS: Final = 240.0


class OutsideStack(StackProcess):
    """A stack over a pair's address."""

    module = "proofs.failover.outside"

    def __init__(self, folder: Path, pair: Pair, password: str) -> None:
        """Prepare to start; snapshots come every second, so that some are of what gets lost."""
        env = {
            "STREAKLINE_OUTSIDE_PORT": str(pair.address.port),
            "STREAKLINE_OUTSIDE_PASSWORD": password,
            "STREAKLINE_EPOCH_SECONDS": "1",
        }
        super().__init__(folder, env=env)


class Round(NamedTuple):
    """What became of one failover."""

    number: int
    acknowledged: int
    lost: int
    """Acknowledged identities that are in no place: replication is asynchronous."""
    marked: int
    """Keys of history that archive marked again."""
    reported: float
    """Seconds from the promotion until `/ready` told of it."""
    settled: float
    """Seconds from the end of the load until everything had settled."""
    wrong: list[str]


class _Window(NamedTuple):
    """The time in which acknowledgements may be lost: monotonic seconds."""

    first: float
    last: float


async def play(stack: StackProcess, pair: Pair, number: int, *, seed: int, rate: float, cut: float) -> Round:
    """Fail over once under load, let everything settle, and look at it."""
    reader, audience = Reader(stack), Audience(seed, late=LATE)
    sender = Sender(stack.url, stack.token, seed, steady=True)
    said_before = len(stack.said())
    reported_at, began = 0.0, time.time()
    window = _Window(0.0, 0.0)

    async def trouble() -> None:
        nonlocal window, reported_at
        await asyncio.sleep(BEFORE)
        await asyncio.to_thread(pair.wait_until_in_step)
        first = time.monotonic() - UNSURE
        await asyncio.to_thread(pair.cut)
        await asyncio.sleep(cut)
        await asyncio.to_thread(_wait_until_archive_is_beyond, stack, time.time() - cut)
        await asyncio.to_thread(pair.fail_over)
        window = _Window(first, time.monotonic())
        await _until_reported(stack, began)
        reported_at = time.monotonic()
        await sender.acknowledgement_after(reported_at, SETTLE_SECONDS)
        await asyncio.sleep(AFTER)

    await asyncio.to_thread(pair.wait_until_in_step)
    await sender.start()
    wrong = await load(sender, audience, random.Random(seed), rate, BEFORE + cut + AFTER, trouble)
    wrong += await last_words(sender, audience)
    ended = time.monotonic()
    if not await reader.settled(sender.position, SETTLE_SECONDS):
        wrong.append(f"not settled within {SETTLE_SECONDS:.0f} s: {reader.waiting_for}")
    settled = time.monotonic() - ended
    code, said = await stack.command("verify")
    if code:
        wrong.append(f"verify ended with code {code}: {said[-1500:]}")
    history = await asyncio.to_thread(reader.history)
    wrong += _unlike(sender, window, history)
    wrong += await asyncio.to_thread(_in_the_streams, stack, history)
    marked = [line for line in stack.said()[said_before:] if "history_marked_again" in line]
    if len(marked) < stack.shards:
        wrong.append(f"archive marked history again for {len(marked)} of {stack.shards} shards")
    await asyncio.to_thread(pair.attach)
    lost = sum(one not in history.events for one in Count(sender.log).facts)
    marks = sum(_number_of(line, "marks") for line in marked)
    return Round(number, len(sender.log), lost, marks, reported_at - window.last, settled, wrong)


def _wait_until_archive_is_beyond(stack: StackProcess, at: float) -> None:
    """Return when archive has raw rows of after a time (s) on every shard, so that it loses something too."""
    deadline = time.monotonic() + SETTLE_SECONDS
    with redis.Redis.from_url(stack.redis_url, socket_timeout=10) as client:
        while time.monotonic() < deadline:
            held: Any = [client.hget(keys.progress(shard), "archive") for shard in range(stack.shards)]
            if all(enc(one or b"0-0") >> SEQ_BITS > at * 1000 for one in held):
                return
            time.sleep(0.05)
    raise TimeoutError(f"archive is not beyond what the replica has within {SETTLE_SECONDS:.0f} s")


async def _until_reported(stack: StackProcess, since: float) -> None:
    """Wait until `/ready` says that Redis went back, and ingest and every flow have left word of it since a time."""
    deadline = time.monotonic() + SETTLE_SECONDS
    wanted = {"ingest", *FLOWS}
    found: set[str] = set()
    while time.monotonic() < deadline:
        try:
            found = await asyncio.to_thread(_who_reported, stack, since)
        except redis.RedisError:
            found = set()
        if found >= wanted and await _ready_tells(stack):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(
        f"told of by {sorted(found)} alone within {SETTLE_SECONDS:.0f} s, not {sorted(wanted)}"
    )


def _who_reported(stack: StackProcess, since: float) -> set[str]:
    with redis.Redis.from_url(stack.redis_url, socket_timeout=3) as client:
        held: Any = client.hgetall(keys.FAULTS)
    new = [fault for fault in faults.unpacked(held) if fault.at >= since * 1000]
    return {fault.where.partition(" ")[0] for fault in new if fault.name == faults.WENT_BACK}


async def _ready_tells(stack: StackProcess) -> bool:
    body = await Reader(stack).get("/ready")
    return body is not None and any(faults.WENT_BACK in warning for warning in body["warnings"])


def _unlike(sender: Sender, window: _Window, history: History) -> Iterator[str]:
    """Yield what was acknowledged when nothing could be lost and is not in raw, and what is there twice."""
    log = zip(sender.log, sender.times, strict=True)
    sure = [event for event, at in log if not window.first <= at <= window.last]
    missing = [
        identity
        for identity, fact in Count(sure).facts.items()
        if identity not in history.events or history.events[identity].duration < fact.duration
    ]
    if missing:
        lacking = (
            f"{len(missing)} of {len(sure)} events acknowledged before the cut or after it are not in raw"
        )
        yield f"{lacking}: {missing[:3]}"
    if history.double:
        yield f"raw has {len(history.double)} identities twice: {history.double[:3]}"


def _in_the_streams(stack: StackProcess, history: History) -> list[str]:
    """Return what stands in the streams and not in raw."""
    raw = {(identity.content, identity.id) for identity in history.events}
    unpack = zstandard.ZstdDecompressor()
    missing = []
    with redis.Redis.from_url(stack.redis_url, socket_timeout=10) as client:
        for shard in range(stack.shards):
            entries: Any = client.xrange(keys.events(shard))
            for _, fields in entries:
                entry = read_entry(fields)
                if entry.n:
                    rows = unpack_cold(unpack.decompress(entry.cold))
                    missing += [(row.contentId, row.id) for row in rows if (row.contentId, row.id) not in raw]
        owed: Any = [client.hlen(keys.marks(shard)) for shard in range(stack.shards)]
        marks: Any = [client.hget(keys.progress(shard), "archive:mark") for shard in range(stack.shards)]
    wrong = [f"{len(missing)} events of the streams are not in raw: {missing[:3]}"] if missing else []
    if any(marks):
        wrong.append(f"recounts are owed although everything has settled: {marks}, {owed} marks")
    return wrong


def _number_of(line: str, name: str) -> int:
    found = re.search(rf"\b{name}=(\d+)", line)
    return int(found[1]) if found else 0
