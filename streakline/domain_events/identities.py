"""Identities: UUIDv5 of what they identify, so that whoever finds a thing first gives it the same id."""

from __future__ import annotations

import uuid
from typing import Final

import msgspec

NAMESPACE: Final = uuid.UUID("0b3de2b5-49a2-5d0e-9f6c-6b6d3a4c9e11")
"""Of every id of domain events; never changed."""


def identity(*parts: str | float | None) -> str:
    """Return the UUIDv5 of some parts in their order: the same parts have the same id, on any machine."""
    return str(uuid.uuid5(NAMESPACE, msgspec.json.encode(parts).decode()))
