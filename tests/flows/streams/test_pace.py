"""How long a reader waits before it looks again."""

from __future__ import annotations

import pytest

from flows.streams import reader
from flows.streams.reader import Pace


@pytest.mark.parametrize(("gather", "pauses"), [(0.03, [0.004, 0.02, 0.1]), (0.25, [0.02, 0.02, 0.1])])
def test_the_longer_it_is_silent_the_more_seldom_it_is_looked(
    monkeypatch: pytest.MonkeyPatch, gather: float, pauses: list[float]
) -> None:
    clock = [100.0]
    monkeypatch.setattr(reader.time, "monotonic", lambda: clock[0])
    pace = Pace(gather)
    assert pace.pause(busy=True, more=True) == 0
    assert pace.pause(busy=True, more=False) == gather
    for clock[0], pause in zip((101.0, 120.0, 140.0), pauses, strict=True):
        assert pace.pause(busy=False, more=False) == pause
