"""What a benchmark says of a lag: its slope decides whether a flow keeps up."""

from __future__ import annotations

import pytest

from bench.looking.lag import fitted


def test_a_lag_that_swings_does_not_grow() -> None:
    line = fitted([(at, (0.4, 1.4)[at % 2]) for at in range(61)])
    assert abs(line.slope) < 0.001
    assert line.greatest == 1.4


def test_a_flow_that_falls_behind_shows_by_its_slope() -> None:
    line = fitted([(at, 0.1 * at + (0.4, 1.4)[at % 2]) for at in range(60)])
    assert line.slope == pytest.approx(0.1, abs=0.005)
    assert line.last == pytest.approx(7.3)


def test_one_sample_has_no_slope() -> None:
    assert fitted([(5.0, 2.0)]).slope == 0.0
