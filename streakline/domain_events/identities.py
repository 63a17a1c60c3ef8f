"""Identities: UUIDv5 of what they identify, so that whoever finds a thing first gives it the same id."""

from __future__ import annotations

import uuid
from typing import Final, Literal

import msgspec

NAMESPACE: Final = uuid.UUID("0b3de2b5-49a2-5d0e-9f6c-6b6d3a4c9e11")
"""Of the ids of domain events; never changed."""
ROWS: Final = uuid.UUID("ac97b48f-e329-5856-9e8a-002e73c8f695")
"""Of the ids of rows in ClickHouse's views of persons; never changed."""
View = Literal["viewing_streaks", "milestones", "viewing_statistics", "year_in_reviews"]


def identity(*parts: str | float | None) -> str:
    """Return the UUIDv5 of some parts in their order: the same parts have the same id, on any machine."""
    return str(uuid.uuid5(NAMESPACE, msgspec.json.encode(parts).decode()))


def row_identity(view: View, *parts: str | int) -> str:
    """Return the `Id` that a view of persons gives a row: of the streak, milestone, period or year that it is about.

    Args:
        view: the name of the view.
        parts: what the row is of, as the view puts it together, the person last.
    """
    return str(uuid.uuid5(ROWS, ":".join(map(str, (view, *parts)))))
