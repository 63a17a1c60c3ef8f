"""The tables of metrics and dimensions: their columns are those of `rollup`, and the wire protocol has them whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql.fragments import EVENT_COLUMNS, EVENT_SKETCHES
from streakline.history.dimensions import DIMENSIONS, VALUE
from streakline.history.metrics import METRICS
from streakline.measures import BREAKDOWNS, MEASURES

DOCUMENT = (Path(__file__).parents[3] / "docs" / "wire-protocol.md").read_text()


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_made_of_columns_and_documented(name: str) -> None:
    metric = METRICS[name]
    assert metric.columns <= set(MEASURES)
    assert (metric.sketch in EVENT_SKETCHES) != bool(metric.columns)
    assert f"| `{name}` | {metric.unit} | {metric.words} |\n" in DOCUMENT


@pytest.mark.parametrize("name", DIMENSIONS)
def test_every_dimension_is_documented(name: str) -> None:
    dimension = DIMENSIONS[name]
    assert set(dimension.maps.values()) <= set(BREAKDOWNS)
    assert set(dimension.maps) <= set(MEASURES)
    assert bool(dimension.maps) == (dimension.kind == VALUE)
    assert f"| `{name}` | {dimension.kind} | {dimension.words} |\n" in DOCUMENT


def test_no_metric_is_called_like_a_dimension() -> None:
    assert not {*METRICS, "start", "compared", "change"} & set(DIMENSIONS)


def test_every_column_is_counted_of_single_events_too() -> None:
    assert set(EVENT_COLUMNS) == set(MEASURES)
