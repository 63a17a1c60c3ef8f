"""`streakline sql`: what people type and pipe."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def asks(clickhouse_server):
    """A function that runs `streakline sql` against the real engine, with its output in a pipe."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        parts = urlsplit(clickhouse_server.url)
        return subprocess.run(
            [sys.executable, "-m", "stack.cli", *arguments],
            cwd=ROOT,
            env={**os.environ, "CLICKHOUSE_ANALYST_URL": parts._replace(path="/default").geturl()},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_a_pipe_gets_tab_separated_rows_with_a_header(asks) -> None:
    assert asks("sql", "select 1 as one, 'a' as b").stdout == "one\tb\n1\ta\n"


def test_a_terminal_gets_a_table(clickhouse_server) -> None:
    parts = urlsplit(clickhouse_server.url)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "stack.cli", "sql", "select 1 as one"],
        cwd=ROOT,
        env={**os.environ, "CLICKHOUSE_ANALYST_URL": parts._replace(path="/default").geturl()},
        stdout=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while process.poll() is None or shown.count(b"\n") < 3:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the terminal's other end is closed
                break
    os.close(ours)
    assert "┌─one─┐" in shown.decode()


@pytest.mark.parametrize(
    "query", ["select 1 as one format CSV", "select 1 as one FORMAT CSV;", "select 1 format CSV -- why"]
)
def test_a_format_in_the_query_goes_before_the_option(asks, query: str) -> None:
    answer = asks("sql", query, "--format", "json")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "1\n", "")


def test_a_query_of_a_megabyte_is_read_from_stdin(asks) -> None:
    ids = ", ".join(f"'{number:040}'" for number in range(25_000))
    answer = asks("sql", "-", stdin=f"select '{7:040}' in ({ids}) as found")
    assert answer.stderr[:500] == ""
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "found\n1\n", "")


def test_a_query_that_nobody_means_is_refused_with_its_size(asks) -> None:
    answer = asks("sql", "-", stdin="select 1" + " " * (17 << 20))
    assert answer.returncode == 2
    assert "a query has at most 16,777,216" in answer.stderr


@pytest.mark.parametrize("place", ["before", "after", "both"])
def test_where_to_reach_the_stack_may_stand_before_or_after_the_command(
    asks, tmp_path: Path, place: str
) -> None:
    named = ["--data", str(tmp_path / "here")]
    before = {"before": named, "after": [], "both": ["--data", "elsewhere"]}[place]
    answer = asks(*before, "sql", "select 1", *([] if place == "before" else named))
    assert f"no stack runs on {tmp_path / 'here'}" in answer.stderr
