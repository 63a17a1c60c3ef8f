from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from golden import Golden
from real_servers import TestClickHouse
from sql.connection import connect
from sql.migrate import SCHEMA, EditedHistory, applied, apply, dump, migrate, migrations, pending
from streakline.measures import BREAKDOWNS, MEASURES
from streakline.streams.entries import Cold


def test_every_migration_runs_once(clickhouse_server: TestClickHouse) -> None:
    clickhouse_server.recreate_database()
    names = [migration.name for migration in migrations()]
    with connect(clickhouse_server.url) as client:
        assert pending(client, migrations()) == names
        assert migrate(clickhouse_server.url) == names
        assert migrate(clickhouse_server.url) == []
        assert pending(client, migrations()) == []


def test_a_migration_is_one_statement_named_for_what_it_does() -> None:
    for migration in migrations():
        statement = "".join(line.partition("--")[0] for line in migration.text.splitlines())
        assert ";" not in statement, migration.name
        assert migration.text.startswith("-- "), f"{migration.name} does not say what it is for"


def test_a_migration_may_run_twice(clickhouse_server: TestClickHouse) -> None:
    clickhouse_server.recreate_database()
    with connect(clickhouse_server.url) as client:
        apply(client, migrations())
        schema = dump(client)
        for migration in migrations():
            client.command(migration.text)
        assert dump(client) == schema


def test_edited_history_is_refused_and_the_file_named(
    clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    clickhouse_server.recreate_database()
    file = tmp_path / "0001_create_things.sql"
    file.write_text("-- things\ncreate table if not exists things (a UInt8) engine = MergeTree order by a\n")
    with connect(clickhouse_server.url) as client:
        assert apply(client, migrations(tmp_path)) == [file.name]
        file.write_text(
            "-- things\ncreate table if not exists things (b UInt8) engine = MergeTree order by b\n"
        )
        with pytest.raises(EditedHistory, match=r"0001_create_things\.sql has run and was edited"):
            apply(client, migrations(tmp_path))
        file.unlink()
        with pytest.raises(EditedHistory, match=r"0001_create_things\.sql has run, but its file is gone"):
            apply(client, migrations(tmp_path))
        assert list(applied(client)) == [1]
    clickhouse_server.recreate_database()


def test_what_ran_before_a_statement_that_failed_does_not_run_again(
    clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    clickhouse_server.recreate_database()
    made = "create table if not exists things (a UInt8) engine = MergeTree order by a"
    (tmp_path / "0001_create_things.sql").write_text(made)
    (tmp_path / "0002_create_others.sql").write_text("create table if not exists others (a NoSuchType)")
    with connect(clickhouse_server.url) as client:
        with pytest.raises(DatabaseError, match="NoSuchType"):
            apply(client, migrations(tmp_path))
        assert list(applied(client)) == [1]
        (tmp_path / "0002_create_others.sql").write_text(made.replace("things", "others"))
        assert apply(client, migrations(tmp_path)) == ["0002_create_others.sql"]
    clickhouse_server.recreate_database()


class Dying:
    """A client that dies instead of its n-th statement, and writes nothing any more."""

    def __init__(self, client: Client, statements: int) -> None:
        self._client, self._left = client, statements

    def command(self, text: str) -> object:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._client.command(text)

    def raw_insert(self, *arguments: object, **more: object) -> None:
        if self._left >= 0:
            self._client.raw_insert(*arguments, **more)

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)


def test_what_filled_a_table_does_not_run_again_for_a_death_that_came_later(
    clickhouse_server: TestClickHouse, tmp_path: Path
) -> None:
    clickhouse_server.recreate_database()
    texts = {
        "0001_create_things.sql": "create table if not exists things (a UInt8) engine = MergeTree order by a",
        "0002_fill_things.sql": "insert into things select number from numbers(3)",
        "0003_create_others.sql": "create table if not exists others (a UInt8) engine = MergeTree order by a",
        "0004_create_more.sql": "create table if not exists more (a UInt8) engine = MergeTree order by a",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    with connect(clickhouse_server.url) as client:
        with pytest.raises(KeyboardInterrupt):
            apply(Dying(client, 4), migrations(tmp_path))  # type: ignore[arg-type]
        assert list(applied(client)) == [1, 2]
        assert apply(client, migrations(tmp_path)) == ["0003_create_others.sql", "0004_create_more.sql"]
        assert client.query("select count() from things").result_rows == [(3,)]
    clickhouse_server.recreate_database()


def test_a_gap_in_the_numbers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0002_create_things.sql").write_text("select 1")
    with pytest.raises(ValueError, match=r"not named 0001_verb_noun\.sql"):
        migrations(tmp_path)


def test_the_dumped_schema_is_that_of_the_migrations(clickhouse: Client, golden: Golden) -> None:
    golden(SCHEMA, dump(clickhouse))


def test_rollup_has_a_column_for_every_measure_and_breakdown(clickhouse: Client) -> None:
    columns = dict(row[:2] for row in clickhouse.query("describe table rollup").result_rows)
    assert [name for name, kind in columns.items() if kind == "UInt64" and name != "version"] == list(
        MEASURES
    )
    assert [name for name, kind in columns.items() if kind.startswith("Map")] == list(BREAKDOWNS)


def test_events_has_a_column_for_every_field_of_a_cold_row(clickhouse: Client) -> None:
    columns = {row[0] for row in clickhouse.query("describe table events").result_rows}
    assert set(Cold.__struct_fields__) <= columns


def test_an_address_that_is_none_is_refused_without_showing_its_password() -> None:
    with pytest.raises(ValueError, match=r"looks like http://") as refused:
        connect("tcp://me:secret@host:9000/x")
    assert "secret" not in str(refused.value)
