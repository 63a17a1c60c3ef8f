"""Receipts: what the server says about events it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from streakline_client.positions import merged as merged_positions


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that was refused: its place in the posted list, its id where it has one, and why."""

    index: int
    id: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Warned:
    """An event that was accepted and may count otherwise than its sender thinks: its place, its id, and why."""

    index: int
    id: str
    warning: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a post, summed over its requests."""

    accepted: int = 0
    duplicates: int = 0
    """Repeats inside one request; repeats of earlier requests are told apart later."""
    rejected: tuple[Rejected, ...] = ()
    position: str = ""
    """Covers these events and all that the answering process had acknowledged before: give it to `Client.settled`."""

    warnings: tuple[Warned, ...] = ()
    """Events whose playId began twice in one request: each start is a play of its own."""

    @staticmethod
    def of(answer: Mapping[str, Any], offset: int = 0) -> Receipt:
        """Return the receipt of one answer; `offset` is the place of its first event in the posted list."""
        rejected = tuple(
            Rejected(int(item["index"]) + offset, item.get("id"), str(item["error"]))
            for item in answer.get("rejected", ())
        )
        warnings = tuple(
            Warned(int(item["index"]) + offset, str(item["id"]), str(item["warning"]))
            for item in answer.get("warnings", ())
        )
        return Receipt(
            accepted=int(answer["accepted"]),
            duplicates=int(answer["duplicates"]),
            rejected=rejected,
            position=str(answer.get("position") or ""),
            warnings=warnings,
        )

    @staticmethod
    def merged(receipts: Iterable[Receipt]) -> Receipt:
        """Return the sum of receipts, in their order."""
        parts = list(receipts)
        return Receipt(
            sum(part.accepted for part in parts),
            sum(part.duplicates for part in parts),
            tuple(rejected for part in parts for rejected in part.rejected),
            merged_positions(part.position for part in parts),
            tuple(warned for part in parts for warned in part.warnings),
        )
