"""The runner of migrations: forward only, one statement a file, an edited file is refused.

What ran is a row of `schema_migrations`. Every statement is `if not exists`, so that two runners at once, or
one that died before it wrote the rows, do no harm. Rows are written together, at the end or when a statement fails, and
around each statement that fills a table: it may take long, and is not to run again for a death that came later.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

from sql.connection import connect, database_of, insert

FOLDER: Final = Path(__file__).parent / "migrations"
SCHEMA: Final = Path(__file__).parent / "schema.sql"
_NAME: Final = re.compile(r"(\d{4})_[a-z]+(_[a-z0-9]+)+\.sql")
_FILLS: Final = re.compile(r"^insert into ", re.MULTILINE | re.IGNORECASE)
_HISTORY: Final = """\
create table if not exists schema_migrations
(
    id       UInt32,
    name     String,
    checksum String,
    at       DateTime('UTC') default now()
)
engine = ReplacingMergeTree(at)
order by id
"""


class EditedHistory(RuntimeError):
    """A migration that ran is not what its file says now."""


class Migration(NamedTuple):
    """One file of `migrations`."""

    id: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def fills(self) -> bool:
        """Whether it writes rows of its own."""
        return _FILLS.search(self.text) is not None


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return the migrations of a folder in order.

    Raises:
        ValueError: if a name does not fit `NNNN_verb_noun.sql`, or the numbers are not 1, 2, 3 and so on.
    """
    found = []
    for number, path in enumerate(sorted(folder.glob("*.sql")), 1):
        match = _NAME.fullmatch(path.name)
        if match is None or int(match[1]) != number:
            msg = f"migration {path.name!r} is not named {number:04d}_verb_noun.sql"
            raise ValueError(msg)
        found.append(Migration(number, path.name, path.read_text(encoding="utf-8")))
    return found


def migrate(url: str, folder: Path = FOLDER) -> list[str]:
    """Bring the database of an address up to date and return the names of the migrations that ran.

    Raises:
        EditedHistory: if a file differs from what ran, or is gone; the message names it.
    """
    # One client for both: to open another asks for all settings of the server once more.
    with connect(url, database="default") as client:
        client.command("create database if not exists {name:Identifier}", {"name": database_of(url)})
        client.database = database_of(url)
        return apply(client, migrations(folder))


def apply(client: Client, wanted: list[Migration]) -> list[str]:
    """Run what has not run yet, in order, and return the names.

    Raises:
        EditedHistory: see `migrate`.
    """
    client.command(_HISTORY)
    done = applied(client)
    _refuse_edited(wanted, done)
    ran, unwritten = list[str](), list[Migration]()
    try:
        for migration in wanted:
            if migration.id in done:
                continue
            if migration.fills:
                _write_rows(client, unwritten)
            client.command(migration.text)
            ran.append(migration.name)
            unwritten.append(migration)
            if migration.fills:
                _write_rows(client, unwritten)
    finally:
        _write_rows(client, unwritten)
    return ran


def _write_rows(client: Client, unwritten: list[Migration]) -> None:
    """Write the rows of what ran, together, and forget them: a row alone costs more than most statements."""
    if unwritten:
        rows = [{"id": one.id, "name": one.name, "checksum": one.checksum} for one in unwritten]
        insert(client, "schema_migrations", rows)
        unwritten.clear()


def applied(client: Client) -> dict[int, tuple[str, str]]:
    """Return id -> (name, checksum) of what ran."""
    rows = client.query("select id, name, checksum from schema_migrations final order by id").result_rows
    return {number: (name, checksum) for number, name, checksum in rows}


def pending(client: Client, wanted: list[Migration]) -> list[str]:
    """Return the names of the migrations that have not run."""
    exists = client.command("exists table schema_migrations")
    done = applied(client) if exists else {}
    return [migration.name for migration in wanted if migration.id not in done]


def _refuse_edited(wanted: list[Migration], done: dict[int, tuple[str, str]]) -> None:
    files = {migration.id: migration for migration in wanted}
    for number, (name, checksum) in done.items():
        migration = files.get(number)
        if migration is None or migration.name != name:
            msg = f"migration {name} has run, but its file is gone; restore it or run a newer version"
            raise EditedHistory(msg)
        if migration.checksum != checksum:
            msg = f"migration {name} has run and was edited since; restore it and add a new migration instead"
            raise EditedHistory(msg)


def dump(client: Client) -> str:
    """Return the whole schema as ClickHouse shows it: tables, then views, each by name."""
    rows = client.query(
        "select name from system.tables where database = currentDatabase() and name != 'schema_migrations'"
        " order by engine like '%View', name"
    ).result_rows
    shown = [client.query("show create table {name:Identifier}", {"name": name}) for (name,) in rows]
    statements = [result.result_rows[0][0] for result in shown]
    header = "-- The whole schema, dumped from a migrated empty database by `make golden`. Do not edit.\n\n"
    return header + "\n\n".join(f"{statement};" for statement in statements) + "\n"
