"""How looks went, and when the next one is due."""

from __future__ import annotations

import pytest

from streakline.platforms.connectors.faults import Fault
from streakline.platforms.connectors.syncs import NEVER, Sync, outcome_of, packed, unpacked
from streakline.times import HOUR_MS, MINUTE_MS

AWAY, NO = Fault("away", "no answer"), Fault("refused", "no")
PACE = 4 * HOUR_MS


@pytest.mark.parametrize(
    ("faults", "found", "outcome"),
    [
        ([], 0, "done"),
        ([("uploads", NO)], 3, "partly"),
        ([("", AWAY)], 0, "unavailable"),
        ([("", AWAY), ("", NO)], 0, "failed"),
        ([("", Fault("exhausted", "used up"))], 0, "unavailable"),
        ([("uploads", NO), ("", Fault("lost", "taken back"))], 3, "lost"),
    ],
)
def test_how_a_look_went(faults: list[tuple[str, Fault]], found: int, outcome: str) -> None:
    assert outcome_of(faults, found) == outcome


def test_a_good_look_is_followed_at_the_pace_of_its_platform() -> None:
    after = Sync(failures=3).after([], 5, 100, PACE, 0.5)
    assert (after.due, after.failures, after.ended, after.good) == (100 + PACE, 0, 100, 100)


def test_looks_that_fail_are_followed_ever_later_but_never_beyond_the_pace() -> None:
    sync, dues = NEVER, []
    for _ in range(8):
        sync = sync.after([("", AWAY)], 0, 0, PACE, 1.0)
        dues.append(sync.due // MINUTE_MS)
    assert dues == [10, 20, 40, 80, 160, 240, 240, 240]
    assert (sync.outcome, sync.fault, sync.good) == ("unavailable", "no answer", 0)


def test_a_quota_that_is_used_up_is_waited_for_even_longer() -> None:
    after = NEVER.after([("", Fault("exhausted", "used up", 9 * HOUR_MS))], 0, 0, PACE, 1.0)
    assert after.due == 9 * HOUR_MS


def test_faults_are_told_by_part() -> None:
    after = NEVER.after([("uploads", NO), ("", AWAY)], 2, 0, PACE, 1.0)
    assert after.fault == "uploads: no; no answer"


def test_what_is_kept_is_read_again() -> None:
    sync = Sync(due=5, outcome="partly", notes={"posts": ["a"]}, unknown={"x": 2})
    assert unpacked(packed(sync)) == sync
    assert unpacked(None) == NEVER
