"""What an event costs ingest, part by part, measured without a network on the same requests."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import zstandard

from bench.posting import AGENT, request_body
from server.ingest.agents import agent_of
from streakline.ingest.plain import PlainBatch, decode_plain
from streakline.ingest.plain_stamping import stamp_plain
from streakline.ingest.stamping import Sender, Sheaves, Stamper
from streakline.streams.dictionary import FIRST, Dictionary
from streakline.streams.entries import pack_cold

CODED = {
    "source": ("playlist", "search", "landing", "player"),
    "platform": ("web", "ios", "android"),
    "device": (agent_of(AGENT).device,),
}
SHARDS = 4
ROUNDS = 3


class Parts(NamedTuple):
    """CPU-microseconds an event."""

    decode: float
    """JSON to checked events."""
    stamp: float
    """The rules, the hot record and the cold row."""
    pack: float
    """Rows to msgpack, zstd, records joined: once an entry."""


def measured(events: int, wave: int, requests: int = 120) -> Parts:
    """Return the medians of some rounds over requests of so many events, written so many requests at a time."""
    stamper, sender = _stamper()
    bodies = [request_body(events, seed) for seed in range(requests)]
    batches = [_plain(body) for body in bodies]
    now = int(time.time() * 1000) + 1
    stamped = [_stamped(stamper, batch, sender, now) for batch in batches]
    waves = [_gathered(stamped[first : first + wave]) for first in range(0, requests, wave)]
    compress = zstandard.ZstdCompressor(level=1).compress

    def decode() -> None:
        for body in bodies:
            _plain(body)

    def stamp() -> None:
        for batch in batches:
            _stamped(stamper, batch, sender, now)

    def pack() -> None:
        for sheaves in waves:
            for hot, cold in zip(sheaves.hot, sheaves.cold, strict=True):
                b"".join(hot)
                compress(pack_cold(cold))

    gc.collect()
    gc.freeze()  # as the server does
    each = 1e6 / (requests * events)
    try:
        return Parts(*(_median(work) * each for work in (decode, stamp, pack)))
    finally:
        gc.unfreeze()


def _stamper() -> tuple[Stamper, Sender]:
    dictionary = Dictionary()
    for dimension, values in CODED.items():
        dictionary.learn(dimension, {value: FIRST + number for number, value in enumerate(values)})
    agent = agent_of(AGENT)
    sender = Sender(device=agent.device, browser=agent.browser, os=agent.os, user_agent=AGENT)
    return Stamper(7, SHARDS, dictionary), sender


def _plain(body: bytes) -> PlainBatch:
    batch = decode_plain(body)
    assert batch is not None  # these requests hold nothing rare
    return batch


def _stamped(stamper: Stamper, batch: PlainBatch, sender: Sender, now: int) -> Sheaves:
    sheaves = stamp_plain(stamper, batch.events, sender, now)
    assert sheaves is not None
    return sheaves


def _gathered(requests: list[Sheaves]) -> Sheaves:
    wave = Sheaves(SHARDS)
    for sheaves in requests:
        for shard in range(SHARDS):
            wave.hot[shard] += sheaves.hot[shard]
            wave.cold[shard] += sheaves.cold[shard]
    return wave


def _median(work: Callable[[], None]) -> float:
    """Return the CPU-seconds of the median round."""
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    return statistics.median(took)
