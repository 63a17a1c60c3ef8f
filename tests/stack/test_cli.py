"""The command line: it teaches, and misuse ends with 2 and no traceback."""

import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from click.testing import CliRunner

from stack.cli import COMMANDS, streakline
from stack.credentials import Credentials


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STREAKLINE_SECRET", raising=False)
    return CliRunner()


def test_every_file_of_commands_is_a_command_with_help(runner: CliRunner) -> None:
    shown = runner.invoke(streakline, ["--help"])
    assert shown.exit_code == 0
    files = {path.stem for path in COMMANDS.glob("*.py") if not path.stem.startswith("_")}
    for stem in files:
        name = {"imports": "import"}.get(stem, stem)
        assert f"  {name} " in shown.output
        own = runner.invoke(streakline, [name, "--help"])
        assert own.exit_code == 0, own.output
        assert own.output.startswith(f"Usage: streakline {name}")


def test_an_unknown_command_is_misuse(runner: CliRunner) -> None:
    asked = runner.invoke(streakline, ["upp"])
    assert asked.exit_code == 2
    assert "upp" in asked.output


def test_a_token_has_the_scopes_and_the_person_it_was_asked_for(runner: CliRunner, tmp_path: Path) -> None:
    secret = Credentials.load_or_make(tmp_path / "secrets.json").secret
    minted = runner.invoke(
        streakline, ["--data", ".", "token", "--user", "ada", "--scope", "read:self,write"]
    )
    claims = jwt.decode(minted.output.strip(), secret, algorithms=["HS256"])
    assert (claims["sub"], claims["scope"]) == ("ada", "read:self write")
    assert claims["exp"] - claims["iat"] == 12 * 3600


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["token", "--scope", "everything"], "everything"),
        (["token", "--for", "soon"], "'soon' is no duration"),
        (["up", "--port", "70000"], "--port"),
    ],
)
def test_misuse_ends_with_2_and_names_the_value(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    monkeypatch.setenv("STREAKLINE_SECRET", "a secret that is long enough for HS256")
    asked = runner.invoke(streakline, arguments)
    assert asked.exit_code == 2
    assert says in asked.output


def test_a_token_without_a_secret_says_where_it_looked(runner: CliRunner) -> None:
    asked = runner.invoke(streakline, ["token"])
    assert asked.exit_code == 1
    assert "no secret" in asked.output


def test_what_stays_up_beside_a_stack_holds_no_library_of_its_processes() -> None:
    """`up` lives as long as the stack: with aiohttp and redis-py in it, it took 40 MB more."""
    told = "import sys, stack.cli, stack.commands.up, stack.supervision.up; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout
    heavy = {"aiohttp", "redis", "numpy", "clickhouse_connect", "structlog", "rich"}
    assert heavy & set(loaded.split()) == set()
