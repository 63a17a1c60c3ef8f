"""Faults in words: what is kept of them, and for how long they are told."""

from __future__ import annotations

from streakline.health.faults import (
    FOLDER_TORN,
    TOLD_MS,
    WENT_BACK,
    Fault,
    field_of,
    packed,
    unpacked,
    warnings,
)

TORN = Fault(FOLDER_TORN, "content 0,1", 1_700_000_000_000, "part-0.sqlite3: malformed; put aside")
BACK = Fault(WENT_BACK, "archive 3", 1_700_000_005_000, "reads again from 5-0")


def test_a_fault_is_kept_whole_and_the_newest_comes_first() -> None:
    held = {field_of(f.name, f.where).encode(): packed(f) for f in (TORN, BACK)}
    assert unpacked(held) == [BACK, TORN]


def test_what_is_no_fault_of_ours_is_left_out() -> None:
    assert unpacked({b"x": b"{", b"y z": b"[1]", b"\xff": b"\xff"}) == []


def test_a_fault_is_told_for_a_day() -> None:
    assert warnings([BACK, TORN], TORN.at + TOLD_MS) == [
        "redis_went_back archive 3 at 2023-11-14T22:13:25.000Z: reads again from 5-0"
    ]
