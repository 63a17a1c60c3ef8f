"""Recorded histories and streams, which are never part of this repository."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("STREAKLINE_TEST_DATA") or Path(__file__).parents[2].parent / "shared" / "data")


def recorded(name: str) -> Path:
    """Return the path of a recorded file; skips the test where it is absent."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"needs the recorded data: {path} is absent (STREAKLINE_TEST_DATA names another folder)")
    return path


def recorded_lines(name: str) -> list[str]:
    """Return the lines of a recorded text, with their ends; .gz is read transparently."""
    path = recorded(name)
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return list(file)
    with path.open(encoding="utf-8", newline="") as file:
        return list(file)
