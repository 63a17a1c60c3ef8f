"""Zones of the wheel, whatever files the machine has."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import zones
from streakline.zones import Editions, packed, unpacked, warnings

ROOT = Path(__file__).parents[2]
NAMES = st.sampled_from(sorted(zones.names()))
SECONDS = st.integers(zones.second_of(2000), zones.second_of(2038))

OFFSETS = """
import importlib
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
at = datetime(2026, 11, 28, 5, 30, tzinfo=timezone.utc)
def hours(zone):
    return at.astimezone(zone).utcoffset().total_seconds() / 3600
from streakline.ingest.rules import zone_minutes
from streakline_client.zones import zone
print(hours(ZoneInfo("America/Winnipeg")))
print(zone_minutes("America/Winnipeg", int(at.timestamp() * 1000)) / 60)
print(hours(zone("America/Winnipeg")))
for entry in ("server.__main__", "flows.run", "stack.cli", "stack.demo.__main__", "stack.prepare"):
    importlib.import_module(entry).zones.pin()
print(hours(ZoneInfo("America/Winnipeg")))
"""
"""The hours of Winnipeg by what the machine has, by the product, by the client, and after `pin`."""


@given(NAMES, SECONDS)
def test_a_zone_is_the_one_of_the_library_that_reads_the_wheel_alone(name: str, second: int) -> None:
    wanted = datetime.fromtimestamp(second, ZoneInfo(name)).utcoffset() or timedelta()  # pinned for all tests
    assert zones.offset(zones.zone(name), second) == wanted // timedelta(seconds=1)


def test_every_zone_of_the_library_is_there() -> None:
    assert zones.names() == available_timezones()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "../../etc/passwd",
        "europe/berlin",
        "America",
        "tzdata.zi",
        "a" * 5000,
        "Ünited",
        "\0",
    ],
)
def test_what_is_no_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no IANA time zone"):
        zones.zone(name)


@given(NAMES, st.integers(2000, 2036))
def test_changes_are_where_the_offset_of_the_second_before_is_another(name: str, year: int) -> None:
    zone = zones.zone(name)
    offsets, changes = zones.changes(zone, range(zones.second_of(year), zones.second_of(year + 1), 86_400))
    assert len(changes) == sum(one != other for one, other in pairwise(offsets))
    assert all(zones.offset(zone, at - 1) != zones.offset(zone, at) for at in changes)


@pytest.mark.parametrize("folder", ["none", "another edition"])
def test_every_entry_point_goes_by_the_wheel_whatever_the_machine_has(tmp_path: Path, folder: str) -> None:
    """Winnipeg is in UTC-5 from 2 November 2026 on; files of 2025 say UTC-6, and a play fell on two days."""
    if folder == "another edition":
        (tmp_path / "America").mkdir()
        chicago = Path(sys.modules["tzdata"].__file__ or "").parent / "zoneinfo/America/Chicago"
        (tmp_path / "America/Winnipeg").write_bytes(chicago.read_bytes())
    said = subprocess.run(
        [sys.executable, "-c", OFFSETS],
        cwd=ROOT,
        env={**os.environ, "PYTHONTZPATH": str(tmp_path), "PYTHONPATH": f"{ROOT}:{ROOT}/clients/python"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    by_machine = -6.0 if folder == "another edition" else -5.0
    assert [float(one) for one in said] == [by_machine, -5.0, -5.0, -5.0]


def test_editions_that_agree_are_not_spoken_of() -> None:
    assert warnings(None) == warnings(Editions(zones.edition(), zones.edition())) == []


def test_zones_that_differ_are_named() -> None:
    (told,) = warnings(unpacked(packed(Editions("2026f", "2026c"))))
    assert told.startswith("time_zones_differ: wheel 2026f, engine 2026c: 6 zones differ, America/Havana, ")
    assert "the wheel decides" in told


def test_editions_that_nobody_compared_are_told_with_the_way_to_compare_them() -> None:
    assert "python -m proofs.zones" in warnings(Editions(zones.edition(), "of ClickHouse 25.3"))[0]


def test_hosts_with_other_wheels_are_told() -> None:
    told = [one.partition(":")[0] for one in warnings(Editions("1999a", "1999a"))]
    assert told == ["time_zones_of_hosts_differ"]


@pytest.mark.parametrize("held", [None, b"", b"{}", b"\xff", b'{"wheel":1,"engine":2}'])
def test_what_is_no_editions_says_nothing(held: bytes | None) -> None:
    assert unpacked(held) is None


def test_seconds_of_years_are_those_of_the_calendar() -> None:
    assert zones.second_of(2026) == datetime(2026, 1, 1, tzinfo=UTC).timestamp()
