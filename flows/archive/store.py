"""ClickHouse as archive uses it: inserts that outlast the server's absence, and the statements of a recount.

Every statement may run twice: rows are absolute and versioned. So what fails for any reason but its data is
tried again for as long as it takes, watching for the stop signal.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import structlog
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.compression import get_compressor
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

import sql
from flows.archive.base import Lifetime
from flows.archive.facts import FACT_COLUMNS
from flows.archive.gathering import Gathering
from flows.archive.mending import Mender
from flows.archive.moments import ms_of, time_of
from flows.archive.native import Column, RefusedData, block, is_about_data
from flows.archive.rows import EVENT_COLUMNS, PROVISIONAL_COLUMNS
from flows.streams.sink import Stopped
from streakline.history.totals import DROP_OFF_SECONDS
from streakline.measures import BREAKDOWNS, MEASURES
from streakline.times import QUARTER_MS

log = structlog.get_logger()

T = TypeVar("T")
Columns = Sequence[Column]
Connect = Callable[[int], Client]  # makes a client whose statements may take so many seconds

PATIENCE: Final = 3  # seconds that a statement may take at first; doubled when one took longer
MOST_PATIENCE: Final = 60
COMPRESSION: Final = "lz4"  # of inserts over a network: a third of the bytes for a twentieth of the work
PLAYS: Final = MEASURES.index("plays")
RECOUNTED: Final = 1 << 63  # versions from here up are those of recounts


class Store:
    """The history in ClickHouse, for one flow process."""

    def __init__(
        self,
        connect: Connect,
        stop: threading.Event,
        mender: Mender | None = None,
        gathering: Gathering | None = None,
        *,
        compressed: bool = True,
    ) -> None:
        """Prepare to write, compressed by default; stores of one process share a `mender` and a `gathering`."""
        self._connect, self.stop, self._mender = connect, stop, mender or Mender()
        self._gathering = gathering or Gathering()
        self._compression = COMPRESSION if compressed else None
        self._client: Client | None = None
        self._seconds = PATIENCE
        self._types: dict[str, dict[str, str]] = {}

    # --- rows --------------------------------------------------------------------------------------

    def one_by_one(self, made: Iterator[T]) -> Iterator[T]:
        """Yield what is made, each while no other shard makes anything."""
        return self._gathering.one_by_one(made)

    def pack_events(self, columns: Columns) -> bytes:
        """Return raw rows, at least one, as `insert_packed` takes them.

        Raises:
            RefusedData: if a value fits no column.
        """
        return self.patiently(
            "pack rows", lambda client: self._block(client, "events", EVENT_COLUMNS, columns)
        )

    def insert_packed(self, packed: Sequence[bytes]) -> None:
        """Insert raw rows that were packed, all at once, and with those of other shards.

        Raises:
            RefusedData: if ClickHouse refuses any of them; others may be kept, and may be inserted again.
        """
        self._insert_gathered("events", EVENT_COLUMNS, b"".join(packed))

    def insert_events(self, columns: Columns) -> dict[int, str]:
        """Insert raw rows by themselves; return the indexes of those that ClickHouse refuses, each with its words."""
        return self._insert_halving("events", EVENT_COLUMNS, columns, 0)

    def insert_facts(self, columns: Columns) -> dict[int, str]:
        """Insert facts of the catalogue, with those of other shards; return the refused ones."""
        return self._insert_together("facts", FACT_COLUMNS, columns)

    def insert_provisional(self, columns: Columns) -> dict[int, str]:
        """Insert provisional rows of open buckets, with those of other shards; return the refused ones."""
        return self._insert_together("rollup", PROVISIONAL_COLUMNS, columns)

    def _insert_together(self, table: str, names: Sequence[str], columns: Columns) -> dict[int, str]:
        if not columns or not len(columns[0]):
            return {}
        try:
            data = self.patiently("pack rows", lambda client: self._block(client, table, names, columns))
            self._insert_gathered(table, names, data)
        except RefusedData:
            return self._insert_halving(table, names, columns, 0)
        return {}

    def _insert_gathered(self, table: str, names: Sequence[str], data: bytes) -> None:
        def send(data: bytes) -> None:
            what = f"insert {len(data)} bytes into {table}"
            self.patiently(what, lambda client: self._send(client, table, names, data))

        self._gathering.insert(table, data, send)

    def _insert_halving(
        self, table: str, names: Sequence[str], columns: Columns, offset: int
    ) -> dict[int, str]:
        size = len(columns[0]) if columns else 0
        if not size:
            return {}
        try:
            what = f"insert {size} rows into {table}"
            self.patiently(what, lambda client: self._insert(client, table, names, columns))
        except RefusedData as refused:
            if size == 1:
                return {offset: str(refused)}
            half = size // 2
            first = self._insert_halving(table, names, [column[:half] for column in columns], offset)
            rest = [column[half:] for column in columns]
            return first | self._insert_halving(table, names, rest, offset + half)
        return {}

    def _insert(self, client: Client, table: str, names: Sequence[str], columns: Columns) -> None:
        self._send(client, table, names, self._block(client, table, names, columns))

    def _send(self, client: Client, table: str, names: Sequence[str], data: bytes) -> None:
        how = self._compression
        sent = bytes(get_compressor(how).compress_block(data)) if how else data
        client.raw_insert(table, list(names), sent, fmt="Native", compression=how)

    def _block(self, client: Client, table: str, names: Sequence[str], columns: Columns) -> bytes:
        if table not in self._types:
            rows = client.query("describe table {table:Identifier}", {"table": table}).result_rows
            self._types[table] = {row[0]: row[1] for row in rows}
        types = [self._types[table][name] for name in names]
        return block(names, types, columns)

    # --- recount -----------------------------------------------------------------------------------

    def closed(self) -> dict[int, int]:
        """Return shard -> start of its newest closed bucket, ms."""
        rows = self.rows("archive/closed_buckets")
        return {shard: ms_of(upto) for shard, upto in rows}

    def close(self, shard: int, upto: int) -> None:
        """Say that all buckets of a shard up to `upto` (ms) are closed."""
        columns, names = [[shard], [upto // 1000]], ("shard", "upto")
        self.patiently("close a bucket", lambda client: self._insert(client, "closed", names, columns))

    def name_keys(self, keys: Sequence[tuple[int, str]]) -> int:
        """Return a new run of the recount over some (bucket in ms, contentId)."""
        run = secrets.randbits(63)
        columns: Columns = [[run] * len(keys), [at // 1000 for at, _ in keys], [key[1] for key in keys]]
        self.patiently(
            "name the keys of a recount",
            lambda client: self._insert(client, "recount_keys", ("run", "at", "contentId"), columns),
        )
        return run

    def name_range(
        self, shard: int, first: int, last: int, *, counted_before: bool = False
    ) -> tuple[int, int]:
        """Return a new run over every key of a shard from bucket `first` to `last`, and how many keys it has.

        With `counted_before` only those in `rollup`.
        """
        run = secrets.randbits(63)
        name = "archive/name_days" if counted_before else "archive/name_range"
        self.run(name, run=run, shard=shard, first=time_of(first), last=time_of(last))
        rows = self.rows("archive/keys_of_run", run=run)
        return run, rows[0][0]

    def recount(self, run: int, shard: int, first: int, last: int, position: int) -> None:
        """Recount the quarter hours of a run, all between `first` and `last` (ms), at a raw position."""
        of = {"run": run, "shard": shard, "first": time_of(first), "last": time_of(last)}
        version = RECOUNTED + position
        seconds = list(DROP_OFF_SECONDS)
        self.run("archive/recount_quarters", **of, position=position, version=version, seconds=seconds)
        self.run("archive/recount_people", **of, version=version)

    def recount_days(self, run: int, shard: int, first: int, last: int, open_day: int, position: int) -> None:
        """Recount the days of a run's keys, as far as they lie before `open_day` (ms)."""
        if first >= open_day:
            return
        self.run(
            "archive/recount_days", run=run, shard=shard, first=time_of(first), last=time_of(last),
            open_day=time_of(open_day), version=RECOUNTED + position,
        )  # fmt: skip

    def add_up(self, run: int, shard: int, first: int, last: int) -> None:
        """Add up the quarter hours of a run, all between `first` and `last` (ms) and closed, for the whole site."""
        self.run("archive/add_up_quarters", run=run, shard=shard, first=time_of(first), last=time_of(last))

    def add_up_days(self, run: int, shard: int, first: int, last: int, open_day: int) -> None:
        """Add up the days of a run's keys for the whole site, as far as they lie before `open_day` (ms)."""
        if first < open_day:
            days = {"first": time_of(first), "last": time_of(last), "open_day": time_of(open_day)}
            self.run("archive/add_up_days", run=run, shard=shard, **days)

    def differing(self, shard: int, first: int, last: int) -> list[tuple[int, str]]:
        """Return the (bucket in ms, contentId) whose recount differs from the provisional row it replaced."""
        rows = self.rows("archive/differing_keys", shard=shard, first=time_of(first), last=time_of(last))
        return [(ms_of(at), content) for at, content in rows]

    def lifetime(self, shard: int, upto: int, run: int | None = None) -> list[Lifetime]:
        """Return the lifetime counts up to `upto` (ms) of a run's contents, or of all contents of a shard."""
        if run is None:
            rows = self.rows("archive/lifetime", shard=shard, upto=time_of(upto))
        else:
            rows = self.rows("archive/lifetime_of_run", shard=shard, upto=time_of(upto), run=run)
        ends = 2 + len(MEASURES)
        return [Lifetime(r[0], r[1], tuple(r[2:ends]), tuple(r[ends : ends + len(BREAKDOWNS)])) for r in rows]

    def insert_plays(self, rows: Sequence[Lifetime]) -> None:
        """Insert the lifetime plays of contents, by which a search orders them."""
        columns: Columns = [[row.content for row in rows], [row.measures[PLAYS] for row in rows]]
        self._insert_together("content_plays", ("contentId", "plays"), columns)

    def next_bucket(self, shard: int, first: int, last: int) -> int | None:
        """Return the first bucket of a shard from `first` to `last` (ms) that has rows."""
        rows = self.rows("archive/next_bucket", shard=shard, first=time_of(first), last=time_of(last))
        return ms_of(rows[0][0]) if rows else None

    def keys_above(self, shard: int, position: int, first: int) -> dict[tuple[int, str], int]:
        """Return the (bucket in ms, contentId) of raw rows above a position -> the least of their positions.

        Only buckets from `first` (ms) on are looked at.
        """
        rows = self.rows("archive/keys_above", shard=shard, position=position, first=time_of(first))
        return {(ms_of(at), content): least for at, content, least in rows}

    def newest_provisional(self, shard: int, upto: int) -> int:
        """Return the greatest version of a provisional row after a bucket (ms), 0 if there is none."""
        return int(
            self.rows("archive/newest_provisional", shard=shard, first=time_of(upto + QUARTER_MS))[0][0]
        )

    def run(self, name: str, **parameters: Any) -> None:
        """Do what a file of `sql/queries` says, which may be done twice."""
        self.patiently(name, lambda client: client.command(sql.query(name), parameters))

    def rows(self, name: str, **parameters: Any) -> Sequence[Sequence[Any]]:
        """Return what a file of `sql/queries` answers."""
        return self.patiently(name, lambda client: client.query(sql.query(name), parameters).result_rows)

    # --- patience ----------------------------------------------------------------------------------

    def patiently(self, what: str, act: Callable[[Client], T]) -> T:
        """Return what `act` gives, trying again for as long as ClickHouse is away or unwell.

        Raises:
            RefusedData: if it is the data that is refused.
            Stopped: if the process is asked to stop meanwhile.
        """
        pause = 0.05
        while True:
            try:
                if self._client is None:
                    self._client = self._connect(self._seconds)
                self._mender.look(self._client)
                return act(self._client)
            except (ClickHouseError, HTTPError, OSError, UnicodeEncodeError, OverflowError) as error:
                if is_about_data(error):
                    raise RefusedData(str(error)[:500]) from error
                self._mender.met(error)
                self._give_up_connection(error)
                fault = str(error)[:300]
                log.warning("clickhouse_statement_failed", what=what, error=fault, again_in_s=pause)
            if self.stop.wait(pause):
                msg = f"stopped while clickhouse was away: {what}; it will be done after the next start"
                raise Stopped(msg)
            pause = min(2.0, pause * 2)

    def _give_up_connection(self, error: BaseException) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        if "timed out" in str(error).lower() and client is not None:
            # It may only be slow: the same statement with the same patience would fail for ever.
            self._seconds = min(MOST_PATIENCE, self._seconds * 2)
