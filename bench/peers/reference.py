"""The reference: one query of DuckDB over the same file, and how a result differs from it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import duckdb

_INPUT: Final = {
    "trackId": "varchar", "userId": "varchar", "timestamp": "bigint", "duration": "bigint", "skipped": "boolean",
}  # fmt: skip
_ROWS: Final = {
    "track": "varchar", "minute": "bigint", "plays": "bigint", "ms": "bigint", "skips": "bigint", "users": "bigint",
}  # fmt: skip


class Difference(NamedTuple):
    """How the rows of a result differ from the reference's."""

    rows: int
    missing: int
    """Rows that only the reference has."""
    extra: int
    """Rows that only the result has: wrong ones count here and as missing, doubled ones here."""

    @property
    def none(self) -> bool:
        """Tell whether the result is right."""
        return not self.missing and not self.extra


class Reference:
    """The right rows for an input file."""

    def __init__(self, source: Path) -> None:
        """Count the events of a file."""
        self._database = duckdb.connect()
        self._database.execute(
            """
            create table expected as
            select trackId as track, timestamp // 60000 * 60000 as minute, count(*) as plays,
                sum(duration)::bigint as ms, count(*) filter (skipped) as skips, count(distinct userId) as users
            from read_json(?, format = 'newline_delimited', columns = ?) group by all
            """,
            [str(source), _INPUT],
        )

    def difference(self, result: Path) -> Difference:
        """Compare a result: CSV without a head."""
        self._database.execute(
            "create or replace table found as from read_csv(?, header = false, columns = ?)",
            [str(result), _ROWS],
        )
        rows = self._one("select count(*) from found")
        missing = self._one("select count(*) from (from expected except all from found)")
        return Difference(
            rows, missing, self._one("select count(*) from (from found except all from expected)")
        )

    def _one(self, query: str) -> int:
        row = self._database.execute(query).fetchone()
        assert row is not None
        return int(row[0])
