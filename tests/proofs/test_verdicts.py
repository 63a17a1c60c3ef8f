"""What benchmarks call wrong: a difference must show, and agreement must not."""

from __future__ import annotations

from bench.end_to_end import growing
from bench.load.requests import COUNTED
from bench.looking.lag import Lags
from bench.outage import differing

EXPECTED = {name: 10 * place for place, name in enumerate(COUNTED)}


def test_totals_that_agree_differ_in_nothing() -> None:
    assert differing(EXPECTED, {**EXPECTED, "finished": 3}) == {}


def test_every_measure_that_differs_is_named_with_both_values() -> None:
    for name in COUNTED:
        shown = {**EXPECTED, name: EXPECTED[name] + 1}
        assert differing(EXPECTED, shown) == {name: (EXPECTED[name], EXPECTED[name] + 1)}


def test_a_reader_that_falls_behind_is_named_and_one_that_keeps_up_is_not() -> None:
    lags = Lags(4, 4)
    lags.samples["archive"] = [(at, 0.05 * at) for at in range(60)]
    lags.samples["content"] = [(at, (0.1, 0.3)[at % 2]) for at in range(60)]
    assert [reader for reader, _ in growing(lags)] == ["archive"]
