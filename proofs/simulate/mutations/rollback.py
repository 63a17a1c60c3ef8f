"""Known faults in what is done when Redis went back: each leaves out one step of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from unittest.mock import patch

from flows.archive.ledger import Ledger, Stored
from flows.archive.recounts import Recounts
from flows.archive.shard import ShardArchive
from flows.streams import cursors as cursors
from flows.streams.connection import Command
from flows.streams.cursors import Cursors, Returned
from streakline.counting.bucket import Bucket
from streakline.streams import rollback
from streakline.streams.rollback import Found

Replacement = tuple[Any, str, Any]


def _ids_go_on_lower() -> list[Replacement]:
    """The streams that went back are not raised: an id may be given twice."""
    return [(rollback, "raised", lambda _known, _found: {})]


def _nobody_finds_his_entry_gone() -> list[Replacement]:
    """Readers go on from where they stood, whatever Redis holds."""
    return [(cursors, "find", lambda *_: Found.THERE)]


def _open_hashes_stay_as_restored() -> list[Replacement]:
    """Content does not write its open rows again."""
    return [(Bucket, "write_again", lambda _self, _rows: None)]


def _state_presumes_what_is_lost() -> list[Replacement]:
    """Content does not compare what its snapshot takes for written with what Redis knows."""

    def trusting(self: Cursors, _client: Any, stream: str, _position: int, _told: int) -> Returned | None:
        return self.returned.get(stream)

    return [(Cursors, "went_back", trusting)]


def _raw_rows_stay_unmarked() -> list[Replacement]:
    """Archive does not mark the keys of raw rows that Redis has forgotten."""
    come_back = ShardArchive._come_back

    def unmarked(self: ShardArchive, *arguments: Any) -> None:
        with patch.object(self._store, "keys_above", lambda *_: {}):
            come_back(self, *arguments)

    return [(ShardArchive, "_come_back", unmarked)]


def _only_the_snapshot_tells() -> list[Replacement]:
    """Archive believes its snapshot alone: history is no witness."""

    def believing(self: ShardArchive, _stored: Stored, upto: int) -> tuple[int, Returned | None]:
        return upto, self._ledger.went_back()

    return [(ShardArchive, "_went_back", believing)]


def _never_uncertain() -> list[Replacement]:
    """Archive asks history for raw rows only when it knows that Redis went back."""
    return [(Ledger, "uncertain", lambda _self: False)]


def _base_of_the_older_file() -> list[Replacement]:
    """Archive leaves the lifetime base as Redis came back with it."""
    come_back = ShardArchive._come_back

    def kept(self: ShardArchive, recounts: Recounts, *arguments: Any) -> None:
        with patch.object(recounts, "rebuild", lambda: None):
            come_back(self, recounts, *arguments)

    return [(ShardArchive, "_come_back", kept)]


def _hashes_of_closed_buckets_stay() -> list[Replacement]:
    """Archive leaves the open hashes of buckets that history has closed and the older file has not."""
    come_back = ShardArchive._come_back

    def untidy(self: ShardArchive, *arguments: Any) -> None:
        write = self._ledger.write

        def without(commands: list[Command]) -> None:
            kept = [command for command in commands if ":open:" not in str(command[1])]
            if kept:
                write(kept)

        with patch.object(self._ledger, "write", without):
            come_back(self, *arguments)

    return [(ShardArchive, "_come_back", untidy)]


def _off_is_said_nowhere() -> list[Replacement]:
    """Archive calls it an alarm that the open counts after Redis went back were off."""
    return [(Ledger, "off_until", lambda _self: 0)]


FAULTS: Final[tuple[Callable[[], list[Replacement]], ...]] = (
    _ids_go_on_lower, _nobody_finds_his_entry_gone, _open_hashes_stay_as_restored, _state_presumes_what_is_lost,
    _raw_rows_stay_unmarked, _only_the_snapshot_tells, _never_uncertain, _base_of_the_older_file,
    _hashes_of_closed_buckets_stay, _off_is_said_nowhere,
)  # fmt: skip
