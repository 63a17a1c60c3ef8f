"""Faults of a flow process, left in Redis: what happened, where, and how often."""

from __future__ import annotations

import threading
import time

import redis

from flows.streams.sink import retry
from streakline.health import faults
from streakline.streams import keys

AGAIN = "it counts again from the first entry that there is, and live windows are incomplete for an hour"


def report(client: redis.Redis, stop: threading.Event, name: str, where: str, text: str) -> None:
    """Leave word of a fault for `/ready`, metrics and System.

    Args:
        client: of Redis.
        stop: set when the process shall end.
        name: one of `faults.NAMES`.
        where: the flow, with its shard where it is one shard's.
        text: what it means and what becomes of it.
    """
    fault = faults.Fault(name, where, time.time_ns() // 1_000_000, text)
    field = faults.field_of(name, where)

    def write() -> None:
        pipe = client.pipeline(transaction=True)
        pipe.hset(keys.FAULTS, field, faults.packed(fault))
        pipe.hincrby(keys.FAULT_COUNTS, field, 1)
        pipe.execute()

    retry(f"fault {name}", stop, write)
