"""A command never ends in a traceback: one line says what went wrong, and the exit code says so too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AWAY = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "CLICKHOUSE_URL": "http://u:secret-word@127.0.0.1:1/x",
    "CLICKHOUSE_ANALYST_URL": "http://u:secret-word@127.0.0.1:1/x",
}


def shell(line: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of sh in which $SL is the command."""
    return subprocess.run(
        ["sh", "-c", line],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SL": f"{sys.executable} -m stack.cli", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("$SL --help > /dev/full", "No space left on device"),
        ("$SL --version > /dev/full", "No space left on device"),
        ("$SL sql 'select 1'", "127.0.0.1:1 does not answer: Connection refused"),
        ("$SL sql ''", "it is empty"),
        ("$SL sql ' ; '", "it is empty"),
        ("printf '\\377\\376s' | $SL sql -", "no UTF-8 text"),
        ("$SL sql $(printf '\\377')", "no UTF-8"),
        ("$SL verify", "Connection refused"),
        ("$SL recount", "Connection refused"),
        ("$SL migrate", "does not answer: Connection refused"),
        ("printf '\\377\\376' > x; $SL replay x", "no UTF-8 text"),
        ("printf '\\377\\376' > x; $SL import lastfm x --user u", "no UTF-8 text"),
        ("mkdir d; $SL replay d", "is a directory"),
        ("$SL --data /dev/null/x token", "no secret"),
        (
            "unset REDIS_URL CLICKHOUSE_URL CLICKHOUSE_ANALYST_URL; $SL --data /proc/none up --port 0",
            "/proc/none",
        ),
        ("CLICKHOUSE_URL=nonsense $SL migrate", "CLICKHOUSE_URL is 'nonsense'"),
        ("REDIS_URL=nonsense $SL recount", "REDIS_URL is 'nonsense'"),
        ("$SL token --for 99999999999999999999d", "99999999999999999999d"),
    ],
)
def test_what_goes_wrong_is_one_line_and_an_exit_code(tmp_path: Path, line: str, says: str) -> None:
    ended = shell(line, tmp_path, STREAKLINE_SECRET="a secret that is long enough for HS256", **AWAY)
    told = ended.stderr.decode(errors="replace")
    assert says in told
    assert "Traceback" not in told
    assert "secret-word" not in told
    assert ended.returncode in {1, 2}


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_nothing_to_fall_over(tmp_path: Path, closed: str) -> None:
    ended = shell(f"$SL token --scope read:public {closed}", tmp_path, STREAKLINE_SECRET="x" * 40)
    assert ended.returncode == 0
    assert b"Traceback" not in ended.stderr


def test_a_reader_that_has_enough_is_no_error_to_print(tmp_path: Path) -> None:
    ended = shell("$SL --help | head -c 1", tmp_path)
    assert (ended.stdout, ended.stderr) == (b"U", b"")


def test_a_terminal_without_utf8_gets_what_it_can_show(tmp_path: Path) -> None:
    (tmp_path / "plays.csv").write_text("uts,artist,track\n")
    ended = shell("$SL import lastfm ü.csv --user u", tmp_path, PYTHONIOENCODING="ascii")
    assert ended.returncode == 2
    assert b"Traceback" not in ended.stderr
