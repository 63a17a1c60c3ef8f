"""Known faults in what is done when Redis went back: each leaves out one step of it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from flows.archive.ledger import Ledger
from flows.archive.recounts import Recounts
from flows.archive.shard import ShardArchive
from flows.streams import cursors
from flows.streams.connection import Command
from flows.streams.cursors import Cursors, Returned
from proofs.simulate.mutations.fault import fault
from streakline.counting.bucket import Bucket
from streakline.streams import rollback
from streakline.streams.rollback import Found


@fault(rollback, "raised")
def ids_go_on_lower(_raised: Any, _known: Any, _found: Any) -> dict[str, str]:
    """The streams that went back are not raised: an id may be given twice."""
    return {}


@fault(cursors, "find")
def nobody_finds_his_entry_gone(_find: Any, *_: Any) -> Found:
    """Readers go on from where they stood, whatever Redis holds."""
    return Found.THERE


@fault(Bucket, "write_again")
def open_hashes_stay_as_restored(_write_again: Any, _bucket: Bucket, _rows: Any) -> None:
    """Content does not write its open rows again."""


@fault(Cursors, "went_back")
def state_presumes_what_is_lost(
    _: Any, own: Cursors, _client: Any, stream: str, *_more: int
) -> Returned | None:
    """Content does not compare what its snapshot takes for written with what Redis knows."""
    return own.returned.get(stream)


@fault(ShardArchive, "_come_back")
def raw_rows_stay_unmarked(come_back: Any, archive: ShardArchive, *arguments: Any) -> None:
    """Archive does not mark the keys of raw rows that Redis has forgotten."""
    with patch.object(archive._store, "keys_above", lambda *_: {}):
        come_back(archive, *arguments)


@fault(ShardArchive, "_went_back")
def only_the_snapshot_tells(
    _: Any, archive: ShardArchive, _stored: Any, upto: int
) -> tuple[int, Returned | None]:
    """Archive believes its snapshot alone: history is no witness."""
    return upto, archive._ledger.went_back()


@fault(Ledger, "uncertain")
def never_uncertain(_uncertain: Any, _ledger: Ledger) -> bool:
    """Archive asks history for raw rows only when it knows that Redis went back."""
    return False


@fault(ShardArchive, "_come_back")
def base_of_the_older_file(
    come_back: Any, archive: ShardArchive, recounts: Recounts, *arguments: Any
) -> None:
    """Archive leaves the lifetime base as Redis came back with it."""
    with patch.object(recounts, "rebuild", lambda: None):
        come_back(archive, recounts, *arguments)


@fault(ShardArchive, "_come_back")
def hashes_of_closed_buckets_stay(come_back: Any, archive: ShardArchive, *arguments: Any) -> None:
    """Archive leaves the open hashes of buckets that history has closed and the older file has not."""
    write = archive._ledger.write

    def without(commands: list[Command]) -> None:
        if kept := [command for command in commands if ":open:" not in str(command[1])]:
            write(kept)

    with patch.object(archive._ledger, "write", without):
        come_back(archive, *arguments)


@fault(Ledger, "server")
def a_shard_is_opened_once(_server: Any, _ledger: Ledger) -> bytes:
    """Archive goes on from its memory when Redis lost a close or a recount alone, which moved no cursor."""
    return b""


@fault(Ledger, "off_until")
def off_is_said_nowhere(_off_until: Any, _ledger: Ledger) -> int:
    """Archive calls it an alarm that the open counts after Redis went back were off."""
    return 0
