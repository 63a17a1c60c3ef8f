"""What the read-only user may do: everything that his tools ask, inside limits that no value of a setting lifts."""

import json
import re
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from plain_answers import Answer
from real_servers import TestClickHouse
from sql.migrate import migrate
from stack.servers.analyst import BOUNDS, READABLE
from users_files import ReaderFile

ROOT = Path(__file__).parents[3]
# Spellings of "no limit", of what rounds to it, of what does not fit the type and of what is no number.
UNLIMITED = ["0", "-1", "-0.5", "0.0000001", "1e-300", "nan", "inf", "-inf", "1e30", "auto", "", "18446744073709551615",
             "18446744073709551616", "18446744073709551617", "9223372036854775808"]  # fmt: skip
REFUSALS = (
    "SETTING_CONSTRAINT_VIOLATION",
    "CANNOT_PARSE",
    "BAD_ARGUMENTS",
    "READ_AFTER_EOF",
    "TYPE_MISMATCH",
)

LIMITED = ("TIMEOUT_EXCEEDED", "MEMORY_LIMIT", "TOO_MANY_SIMULTANEOUS_QUERIES")


@pytest.fixture
def url(clickhouse_server: TestClickHouse) -> str:
    migrate(clickhouse_server.url)
    return clickhouse_server.analyst_url


@pytest.fixture
def analyst(url: str, clickhouse_server: TestClickHouse) -> Iterator[Client]:
    client = clickhouse_server.analyst()
    yield client
    client.close()


def constrained(url: str) -> dict[str, tuple[float, float]]:
    query = "select name, min, max from system.settings where min is not null or max is not null"
    rows = [json.loads(line) for line in Answer(url, f"{query} format JSONCompactEachRow").text.splitlines()]
    assert [row for row in rows if None in row] == [], "bounded on one side only"
    return {name: (float(least), float(most)) for name, least, most in rows}


def test_the_server_bounds_what_the_list_says_on_both_sides(url: str) -> None:
    assert constrained(url) == {bound.name: (bound.least, bound.most) for bound in BOUNDS}


@pytest.mark.parametrize("name", [bound.name for bound in BOUNDS])
def test_no_value_of_a_bounded_setting_lifts_its_limit(url: str, name: str) -> None:
    least, most = constrained(url)[name]
    tried = [*UNLIMITED, str(int(most) + 1), f"{most + 1:.0f}", str(int(least) - 1)]
    for number, value in enumerate(tried):
        session = {"session_id": f"{name}-{number}"}
        Answer(url, f"set {name} = '{value}'", **session)
        for answer in (
            Answer(url, f"select getSetting('{name}')", **{name: value}),
            Answer(url, f"select getSetting('{name}') settings {name} = '{value}'"),
            Answer(url, f"select * from (select getSetting('{name}') settings {name} = '{value}')"),
            Answer(url, f"select getSetting('{name}')", **session),
        ):
            # A query that stopped at the limit it asked for was limited, too.
            stopped = any(limit in answer.text for limit in LIMITED)
            inside = answer.status == 200 and least <= float(answer.text) <= most
            assert inside or stopped or any(word in answer.text for word in REFUSALS), (value, answer.text)


@pytest.mark.parametrize("way", [{"profile": "default"}, {"profile": "engine"}, {"compatibility": "20.1"}])
def test_no_other_profile_lifts_the_limits(url: str, way: dict[str, str]) -> None:
    kept = [bound for bound in BOUNDS if bound.usual is not None]
    query = f"select {', '.join(f'''toFloat64(getSetting('{bound.name}'))''' for bound in kept)}"
    found = [float(value) for value in Answer(url, query, **way).text.split("\t")]
    assert found == [bound.usual for bound in kept]


def test_the_limits_stop_what_goes_over_them(url: str, analyst: Client) -> None:
    rows = Answer(url, "select number from numbers(2000000) format Null")
    assert "TOO_MANY_ROWS_OR_BYTES" in rows.text
    memory = Answer(url, "select count() from (select number from numbers(100000000) group by number)")
    assert "MEMORY_LIMIT_EXCEEDED" in memory.text
    time = Answer(url, "select count() from numbers(1000000000000)", max_execution_time="1")
    assert "TIMEOUT_EXCEEDED" in time.text
    view = Answer(url, "select trackId from daily_stats", max_memory_usage="1")
    assert "MEMORY_LIMIT_EXCEEDED" in view.text, (
        "a view runs with the rights of its maker, not with his limits"
    )


def test_his_queries_beside_each_other_are_bounded(url: str) -> None:
    answers: list[Answer] = []
    running = [
        threading.Thread(target=lambda: answers.append(Answer(url, "select sleep(3)"))) for _ in range(24)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    refused = [answer for answer in answers if "TOO_MANY_SIMULTANEOUS_QUERIES" in answer.text]
    assert refused
    assert {answer.text for answer in answers if answer not in refused} == {"0"}


# What drivers send of their own accord, as parameters of the address; the names say whose.
DRIVERS = {
    "grafana, 30 s": {"max_execution_time": "35"},
    "grafana, 60 s": {"max_execution_time": "65"},
    "a patience of five minutes": {"max_execution_time": "305"},
    "jdbc, first rows": {"max_result_rows": "200", "result_overflow_mode": "break"},
    "jdbc, a sheet": {"max_result_rows": "1048575", "result_overflow_mode": "break"},
    "node": {"output_format_json_quote_64bit_integers": "1", "enable_http_compression": "1"},
    "python": {"session_timezone": "Europe/Berlin", "wait_end_of_query": "1", "max_threads": "2"},
    "superset": {"session_id": "a", "session_timeout": "60", "join_use_nulls": "1"},
    "asynchronous": {"async_insert": "0", "send_progress_in_http_headers": "1", "log_queries": "1"},
}


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_what_drivers_send_by_default_is_taken(url: str, driver: str) -> None:
    answer = Answer(url, "select count() from daily_stats", **DRIVERS[driver])
    assert (answer.status, answer.text) == (200, "0")


def test_a_tool_sees_what_it_can_read_and_nothing_else(url: str, analyst: Client) -> None:
    assert {row[0] for row in analyst.query("show tables").result_rows} == set(READABLE)
    databases = {row[0] for row in analyst.query("show databases").result_rows}
    assert databases == {"streakline", "system", "information_schema", "INFORMATION_SCHEMA"}
    for name in READABLE:
        described = [row[0] for row in analyst.query(f"describe table {name}").result_rows]
        answered = analyst.query(f"describe (select * from {name})").result_rows
        assert [row[0] for row in answered] == described
        assert "streakline" in analyst.command(f"show create table {name}")


def test_what_is_the_products_own_is_refused(
    url: str, analyst: Client, clickhouse_server: TestClickHouse
) -> None:
    with clickhouse_server.client() as writer:
        held = {row[0] for row in writer.query("show tables").result_rows}
    hidden = held - set(READABLE)
    assert {"rollup", "closed", "facts", "recount_keys", "day_counts", "schema_migrations"} < hidden
    for name in hidden:
        assert "ACCESS_DENIED" in Answer(url, f"select * from {name}", param_tz="UTC").text, name


@pytest.mark.parametrize("schema", ["information_schema", "INFORMATION_SCHEMA"])
def test_the_information_schema_answers(url: str, schema: str) -> None:
    tables = Answer(url, f"select table_name from {schema}.tables where table_schema = currentDatabase()")
    assert set(tables.text.splitlines()) == set(READABLE)
    columns = Answer(
        url, f"select column_name, column_comment from {schema}.columns where table_name = 'content'"
    )
    assert "creatorId\tWho made it." in columns.text
    edition = Answer(url, "select value from system.build_options where name = 'TZDATA_VERSION'")
    assert re.fullmatch(r"20\d\d[a-z]", edition.text)
    schemata = Answer(url, f"select count() from {schema}.schemata where schema_name = 'streakline'")
    assert schemata.text == "1"


def test_frames_are_compressed_as_every_client_knows(url: str) -> None:
    body = Answer(url, "select repeat('x', 10000)", compress="1").bytes
    _checksum, method, size, plain = struct.unpack("<16sBII", body[:25])
    assert (method, plain > size) == (0x82, True), "0x82 is LZ4, 0x90 ZSTD"


@pytest.mark.parametrize("user", ["", "default"])
@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("select 1", {}),
        ("select sleep(1)", {"session_id": "mine"}),
        ("select 1", {"max_sessions_for_user": "0"}),
        ("select 1", {"profile": "default"}),
        ("select count() from file('/etc/passwd', 'LineAsString')", {}),
        ("select count() from system.tables", {}),
        ("system start listen http", {}),
        ("set max_sessions_for_user = 0", {}),
    ],
)
def test_the_engines_own_user_answers_nobody(
    clickhouse_server: TestClickHouse, user: str, query: str, parameters: dict[str, str]
) -> None:
    for _ in range(2):
        answer = Answer(clickhouse_server.analyst_url, query, user=user, **parameters)
        assert "USER_SESSION_LIMIT_EXCEEDED" in answer.text, answer.text


def test_the_file_for_a_server_that_runs_by_itself_says_the_same(clickhouse_server: TestClickHouse) -> None:
    embedded = (clickhouse_server.server.folder / "run" / "users.xml").read_text()
    apart = (ROOT / "deploy" / "analyst.xml").read_text()
    assert ReaderFile.read(apart, "analyst") == ReaderFile.read(embedded, "analyst")


def test_the_file_of_the_web_servers_user_says_the_same_as_the_embedded_one(
    clickhouse_server: TestClickHouse,
) -> None:
    embedded = (clickhouse_server.server.folder / "run" / "users.xml").read_text()
    apart = (ROOT / "deploy" / "history.xml").read_text()
    assert ReaderFile.read(apart, "history") == ReaderFile.read(embedded, "history")
