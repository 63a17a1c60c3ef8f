"""The viewers flow's shell on a real Redis: what it says when its state is lost."""

from __future__ import annotations

import pytest

from flows.process.gauges import Gauges
from flows.streams.reader import StreamReader
from flows.viewers import ViewerShells
from real_servers import TestRedis
from streakline.people.presence import PresenceTracker
from streakline.streams import keys
from streakline.times import HOUR_MS

T0 = 1_700_000_100_000


@pytest.mark.parametrize("trimmed", [False, True])
def test_windows_are_complete_from_the_start_only_if_no_candidate_is_gone(
    redis_server: TestRedis, *, trimmed: bool
) -> None:
    # Also at the second start without state, when the first one was too short for three snapshots.
    client = redis_server.client()
    client.xadd(keys.candidates(0), {"s": 0, "u": f"{T0}-0", "c": b""}, id=f"{T0}-0")
    if trimmed:
        client.set(keys.trimmed_candidates(0), f"{T0}-0")
    reader = StreamReader(redis_server.url, [keys.candidates(0)])
    shells = ViewerShells(client, reader, Gauges("viewers", "0"))
    for _ in range(2):
        tracker = PresenceTracker.thaw(shells.fresh(0).freeze(), {})
        assert tracker.since == (T0 + HOUR_MS if trimmed else 0)
