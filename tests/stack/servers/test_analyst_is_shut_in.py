"""The analyst reads what he is given: he writes nothing, and reads no file, no address and no other table."""

from pathlib import Path

import pytest

from plain_answers import Answer
from real_servers import TestClickHouse
from sql.migrate import migrate

SECRET = "kept-from-analysts"
WRITING = [
    "insert into events (contentId) values ('x')", "insert into events select * from events", "truncate table events",
    "insert into daily_stats (trackId) values ('x')", "alter table events delete where 1", "drop table events",
    "alter table events update title = '' where 1", "alter table daily_stats modify sql security none",
    "drop view daily_stats", "drop database streakline", "detach table events", "optimize table events final",
    "rename table events to mine", "exchange tables events and facts", "create table mine (x Int8) engine = Memory",
    "create view mine as select 1", "create database mine", "create function mine as (x) -> x", "create user mine",
    "create materialized view mine engine = Memory as select 1 as x", "grant select on *.* to analyst",
    "create dictionary mine (x UInt64) primary key x source(null()) layout(flat()) lifetime(0)",
    "create named collection mine as a = 1", "create row policy mine on events using 1 to all",
    "alter user analyst identified by 'x'", "alter user analyst settings readonly = 0", "system flush logs",
    "system shutdown", "system drop query cache", "kill query where 1", "backup table events to File('/tmp/x')",
    "restore table events from File('/tmp/x')", "delete from events where 1",
    "attach table mine from '/tmp' (x Int8) engine = File(CSV)",
    "insert into function file('/tmp/x.csv', 'CSV', 'x Int8') values (1)",
    "insert into function url('http://127.0.0.1:1/', 'CSV', 'x Int8') values (1)",
    "create temporary table mine (x Int8) engine = File(CSV, '/etc/passwd')",
]  # fmt: skip
FILES = [
    "select file('{secret}')", "select file('{secret}', 'none')", "select file('{secret}', null)",
    "select file(materialize('{secret}'))", "select file('{folder}/run/users.xml')", "select file('users.xml')",
    "select file('config.xml')", "select file('../run/users.xml')", "select file('/proc/self/environ')",
    "select file('/dev/fd/0')", "select file(concat('/etc/', 'passwd'))", "select * from (select file('/etc/passwd'))",
    "select arrayMap(x -> file(x), ['/etc/passwd'])", "select file(contentId) from content",
    "select * from file('{secret}', 'LineAsString')", "select * from file('*', 'LineAsString')",
    "describe file('{secret}', 'LineAsString')", "select * from sqlite('{secret}', 'y')", "select * from '{secret}'",
    "select * from executable('id', 'LineAsString', 'x String')", "select * from Python(x)",
    "select * from Python(x) settings allow_python_table_function = 1",
]  # fmt: skip
ADDRESSES = [
    "select * from url('http://127.0.0.1:{port}/', 'LineAsString')",
    "select * from s3('http://127.0.0.1:{port}/bucket/x', 'LineAsString')",
    "select * from remote('127.0.0.1:{port}', system.one)",
    "select * from remoteSecure('127.0.0.1:{port}', system.one)",
    "select * from mysql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "select * from postgresql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "select * from mongodb('127.0.0.1:{port}', 'a', 'b', 'c', 'd', 'x Int8')",
    "select * from redis('127.0.0.1:{port}', 'k', 'k String')",
    "select * from hdfs('hdfs://127.0.0.1:{port}/x', 'CSV', 'x Int8')",
    "select * from azureBlobStorage('http://127.0.0.1:{port}/x', 'a', 'b', 'CSV')",
    "select * from iceberg('http://127.0.0.1:{port}/bucket/x')", "select * from jdbc('a', 'b', 'c')",
    "select * from odbc('a', 'b', 'c')",
]  # fmt: skip
TABLES = [
    "select * from facts", "select * from merge('streakline', 'facts')", "select * from loop(streakline.facts)",
    "select * from mergeTreeIndex(streakline, facts)", "select * from view(select * from facts)",
    "select * from (select * from facts)", "with x as (select * from facts) select * from x",
    "explain select * from facts",
    "select (select any(value) from facts)", "select joinGet('facts', 'value', 'x')", "describe table facts",
    "show create table facts", "select * from dictionary('facts')", "select * from schema_migrations",
    "select * from system.query_log", "select * from system.users", "select * from system.server_settings",
    "select * from system.disks", "select * from system.named_collections", "select * from default.facts",
]  # fmt: skip


class Kept:
    """A server with something that an analyst must not see, and the address of the analyst."""

    def __init__(self, server: TestClickHouse, folder: Path) -> None:
        """Write the secret into a file and into a table of ours."""
        migrate(server.url)
        self.server, self.url = server, server.analyst_url
        self.names = {
            "secret": str(folder / "secrets.json"),
            "folder": str(server.server.folder),
            "port": "1",
        }
        (folder / "secrets.json").write_text(SECRET)
        with server.client() as client:
            client.command(
                f"insert into facts values ('content', '{folder}/secrets.json', 'about', '{SECRET}', 1)"
            )

    def refuses(self, statement: str) -> str:
        """Ask; return the words of the refusal."""
        for name, value in self.names.items():
            statement = statement.replace(f"{{{name}}}", value)
        answer = Answer(self.url, statement)
        assert answer.status >= 400, f"{statement} was answered: {answer.text[:200]}"
        assert SECRET not in answer.text
        return answer.text


@pytest.fixture
def kept(clickhouse_server: TestClickHouse, tmp_path: Path) -> Kept:
    return Kept(clickhouse_server, tmp_path)


HELD = (
    "select name, metadata_modification_time from system.tables where database = 'streakline' order by name"
)


@pytest.mark.parametrize("kind", ["writing", "files", "addresses", "tables"])
def test_he_is_refused_and_the_server_goes_on(
    kept: Kept, kind: str, clickhouse_server: TestClickHouse
) -> None:
    statements = {"writing": WRITING, "files": FILES, "addresses": ADDRESSES, "tables": TABLES}[kind]
    with clickhouse_server.client() as client:
        before = client.query(HELD).result_rows
        for statement in statements:
            kept.refuses(statement)
        assert client.query(HELD).result_rows == before
        assert client.command("select count() from facts") == 1
    assert Answer(kept.url, "select contentId from content").text == kept.names["secret"]


def test_an_address_is_refused_for_want_of_a_right_and_not_for_want_of_a_server(kept: Kept) -> None:
    words = [kept.refuses(statement) for statement in ADDRESSES]
    assert not [text for text in words if "Connection refused" in text or "Net Exception" in text]


def test_names_of_what_is_ours_do_not_show(kept: Kept) -> None:
    for query in (
        "select database, table from system.columns", "select database, name from system.tables",
        "select database, table from system.parts", "select name from system.databases",
        "select table_schema, table_name from information_schema.columns",
    ):  # fmt: skip
        shown = Answer(kept.url, query)
        assert shown.status == 200
        assert not [
            line for line in shown.text.splitlines() if line.split("\t")[-1] in {"facts", "rollup", "closed"}
        ]
