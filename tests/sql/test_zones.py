"""The engine's time-zone data against the wheel's: what differs is known by name, everything else is one answer."""

import random

import pytest

from real_servers import TestClickHouse
from sql.connection import connect
from sql.zones import DAY, differing, editions
from streakline import zones

FIRST, LAST = zones.second_of(2000), zones.second_of(2031) - DAY
OTHERS = 12
"""Zones beside those known to differ: the engine holds 5 MB for each. `python -m proofs.zones` asks for all."""


def test_zones_that_differ_are_those_known_to_on_every_day(clickhouse_server: TestClickHouse) -> None:
    with connect(clickhouse_server.url) as client:
        found = editions(client)
        assert found.wheel == zones.edition()
        known = found.differing
        assert known is not None, f"editions {found} were not compared: see `python -m proofs.zones`"
        others = random.Random(found.wheel).sample(sorted(zones.names() - set(known)), OTHERS)
        asked = sorted({*known, *others, "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu"})
        assert differing(client, asked, first=FIRST, last=LAST, step=DAY) == sorted(known)


def test_a_zone_of_other_offsets_or_none_differs(
    clickhouse_server: TestClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    berlin, until = zones.zone("Europe/Berlin"), FIRST + 400 * DAY
    monkeypatch.setattr(zones, "zone", lambda _: berlin)
    with connect(clickhouse_server.url) as client:
        asked = ["Europe/Berlin", "Europe/Lisbon", "Mars/Olympus"]
        assert differing(client, asked, first=FIRST, last=until, step=DAY) == [
            "Europe/Lisbon",
            "Mars/Olympus",
        ]
