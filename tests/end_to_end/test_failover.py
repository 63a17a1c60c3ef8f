"""The short form of `python -m proofs.failover`: a replica that was cut off is promoted, with late events all along."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from proofs.failover.__main__ import run

pytestmark = [pytest.mark.stack, pytest.mark.chaos, pytest.mark.slow, pytest.mark.timeout(600)]


def test_what_is_left_after_a_failover_is_counted_once_with_every_mark_kept_and_told_in_ready(
    tmp_path: Path,
) -> None:
    [one] = asyncio.run(run(tmp_path, 1, seed=7, rate=150.0, cut=3.0))
    assert one.wrong == []
    assert one.lost > 0  # else nothing went back
    assert one.marked > 0
