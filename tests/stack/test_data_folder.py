"""The data folder: its lock, its secrets, and how a running stack is found through it."""

import json
from pathlib import Path

import pytest

from stack.credentials import Credentials, DamagedFile
from stack.data_folder import DataFolder, FolderInUse
from stack.run_file import RunFile
from stack.running import NotRunning, Reach

RUN = RunFile(
    url="http://127.0.0.1:1",
    redis_url="redis://r",
    clickhouse_url="http://c",
    analyst_url="http://a",
    token="the token",
    pid=1,
    started="2026-01-01T00:00:00+00:00",
)


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in (
        "REDIS_URL",
        "CLICKHOUSE_URL",
        "CLICKHOUSE_ANALYST_URL",
        "CLICKHOUSE_HISTORY_URL",
        "STREAKLINE_TOKEN",
        "STREAKLINE_SECRET",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def test_only_one_holds_a_folder(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    first.take()
    with pytest.raises(FolderInUse, match=r"is in use by a stack that runs \(it is starting\)"):
        second.take()
    assert second.is_taken()
    first.release()
    second.take()
    second.release()


def test_secrets_are_made_once_and_are_all_different(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    made = folder.credentials()
    assert folder.credentials() == made
    assert len({made.redis, made.clickhouse, made.analyst, made.secret, made.history, made.platforms}) == 6


FIRST_SECRETS = {name: f"the {name}" for name in ("redis", "clickhouse", "analyst", "secret")}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"redis": "half', "Unterminated string"),
        ("", "Expecting value"),
        ("null", "it holds no object"),
        ('["redis"]', "it holds no object"),
        ("{}", "redis, clickhouse, analyst, secret missing"),
        (json.dumps({**FIRST_SECRETS, "secret": ""}), "secret is no text"),
        (json.dumps({**FIRST_SECRETS, "history": None}), "history is no text"),
        (json.dumps({"redis": "r", "clickhouse": "c", "analyst": "a"}), "secret missing"),
    ],
)
def test_a_damaged_secrets_file_is_named_and_never_overwritten(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(text)
    with pytest.raises(
        DamagedFile, match=rf"secrets\.json is not the secrets file it should be \({why}.*restore it"
    ):
        Credentials.load_or_make(path)
    assert path.read_text() == text


def test_what_a_newer_release_keeps_in_the_secrets_file_is_kept_for_it(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    newer = {**FIRST_SECRETS, "history": "h", "platforms": "p", "others": {"key": "k"}}
    path.write_text(json.dumps(newer))
    assert Credentials.load_or_make(path).history == "h"
    assert json.loads(path.read_text()) == newer
    del newer["history"]
    path.write_text(json.dumps(newer))
    opened = Credentials.load_or_make(path)
    assert json.loads(path.read_text()) == {**newer, "history": opened.history}


def test_a_stack_that_runs_is_found_by_its_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.take()
    RUN.write(folder.run)
    reach = Reach(data=tmp_path / "data")
    assert reach.redis_url() == "redis://r"
    assert reach.server() == ("http://127.0.0.1:1", "the token")
    folder.release()


def test_what_a_dead_stack_left_is_no_stack(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.take()
    folder.release()
    RUN.write(folder.run)
    with pytest.raises(NotRunning, match=r"no stack runs on .*data: start one with `streakline up`"):
        Reach(data=tmp_path / "data").clickhouse_url()


def test_the_default_folders_are_looked_into_the_demo_last(tmp_path: Path) -> None:
    demo = DataFolder(tmp_path / "streakline-demo")
    demo.take()
    RUN.write(demo.run)
    assert Reach().server() == ("http://127.0.0.1:1", "the token")
    demo.release()
    assert Reach().server() == ("http://127.0.0.1:8080", "")


def test_the_token_of_a_stack_is_not_sent_to_another_server(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "streakline-data")
    folder.take()
    RUN.write(folder.run)
    assert Reach(url="https://elsewhere.example").server() == ("https://elsewhere.example", "")
    folder.release()


def test_the_environment_names_the_parts_where_no_folder_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://from-the-environment")
    assert Reach().redis_url() == "redis://from-the-environment"


def test_a_secrets_file_of_an_older_release_gets_the_password_that_it_lacks_and_keeps_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps(FIRST_SECRETS))
    opened = Credentials.load_or_make(path)
    assert {name: getattr(opened, name) for name in FIRST_SECRETS} == FIRST_SECRETS
    assert len(opened.history) > 40
    assert Credentials.load_or_make(path) == opened
    assert path.stat().st_mode & 0o077 == 0
