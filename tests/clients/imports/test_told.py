"""What `streakline import` says on a real stack: plays, skips and what is known already, each apart."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client as ClickHouse

from running_stack import ROOT, RunningStack
from server.door.tokens import mint
from stack.credentials import Credentials
from streakline_client.imports import spotify, youtube
from streakline_client.imports.rows import Imported

pytestmark = pytest.mark.stack

EXPORTS = Path(__file__).with_name("exports")
PAUSED = EXPORTS / "spotify_extended_paused.json"


def starts(history: ClickHouse, user: str) -> list[str]:
    query = "select toString(ts) from events final where userId = {user:String} order by ts"
    return [row[0] for row in history.query(query, parameters={"user": user}).result_rows]


def as_an_older_release(user: str) -> list[dict[str, Any]]:
    """Return the events that releases until November 2026 made of the paused plays: start = end - time played."""
    rows = json.loads(PAUSED.read_text())
    outcomes = list(spotify.parse([json.dumps([{**row, "offline_timestamp": None} for row in rows])], user))
    return [{**outcome.event, "userAgent": ""} for outcome in outcomes if isinstance(outcome, Imported)]


def test_plays_skips_and_what_is_known_are_told_apart(streakline: Any, history: ClickHouse):
    first = streakline("import", "spotify", str(PAUSED), "--user", "told")
    assert first.returncode == 0, first.stderr
    assert "8 rows read, 8 accepted" in first.stdout
    assert "  8 new: plays 7, skips 1 (too short to count)\n  0 already known" in first.stdout
    again = streakline("import", "spotify", str(PAUSED), "--user", "told")
    assert "  0 new\n  8 already known" in again.stdout
    assert "older releases" not in again.stdout
    query = "select country, count() from events final where userId = 'told' group by 1"
    assert history.query(query).result_rows == [("NO", 8)]


def test_a_dry_run_sends_nothing_and_says_what_would_be_new(streakline: Any, history: ClickHouse):
    file = str(EXPORTS / "youtube_takeout.zip")
    done = streakline("import", "youtube", file, "--user", "dry", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "Wiedergabeverlauf.json: 6 rows read; nothing was sent\n  3 new\n" in done.stdout
    assert starts(history, "dry") == []
    assert "  3 new: plays 3" in streakline("import", "youtube", file, "--user", "dry").stdout
    assert (
        "  0 new\n  3 already known"
        in streakline("import", "youtube", file, "--user", "dry", "--dry-run").stdout
    )


def test_a_row_that_an_older_release_put_elsewhere_is_not_counted_twice(
    stack: RunningStack, streakline: Any, history: ClickHouse
):
    assert stack.post(as_an_older_release("older"))["accepted"] == 8
    done = streakline("import", "spotify", str(EXPORTS / "youtube_german.json"), "--user", "older")
    assert done.returncode == 2
    # The first import waits until those of the older release show, so that the second one finds them.
    assert streakline("import", "lastfm", str(EXPORTS / "lastfm_1970.csv"), "--user", "other").returncode == 0
    before = starts(history, "older")
    assert len(before) == 8
    done = streakline("import", "spotify", str(PAUSED), "--user", "older")
    assert done.returncode == 0, done.stderr
    assert "  0 new\n  3 already known\n  5 already known with another start" in done.stdout
    assert "left so until an import can be undone" in done.stdout
    assert starts(history, "older") == before


def test_advertisements_that_an_older_release_imported_are_told_to_stay(stack: RunningStack, streakline: Any):
    rows = json.loads((EXPORTS / "youtube_german.json").read_text())
    for row in rows:
        row.pop("details", None)  # older releases knew English ones only
    views = youtube.parse([json.dumps(rows)], "ads")
    stack.post([{**view.event, "userAgent": ""} for view in views if isinstance(view, Imported)])
    lines = ("import", "youtube", str(EXPORTS / "youtube_german.json"), "--user")
    assert streakline(*lines, "no ads").returncode == 0  # waits until those of the older release show too
    done = streakline(*lines, "ads")
    assert "  0 new\n  3 already known\n  2 skipped: an advertisement" in done.stdout
    assert "2 of the skipped are in history, as an older release took them for plays" in done.stdout
    assert "older release" not in streakline(*lines, "no ads").stdout


def test_without_the_stacks_history_it_is_said_that_nobody_asked(stack: RunningStack, tmp_path: Path):
    secret = Credentials.load(stack.folder / "secrets.json").secret
    line = [
        sys.executable, "-m", "stack.cli", "--data", str(tmp_path / "none"), "--url", stack.url,
        "--token", mint(secret, "write"), "import", "spotify", str(PAUSED), "--user", "far", "--wait", "0",
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "CLICKHOUSE_URL"}
    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "8 rows read, 8 accepted" in done.stdout
    assert (
        "which of them are new was not asked: this command does not reach the server's ClickHouse"
        in done.stdout
    )
    assert "5 begin when Spotify says, which releases until November 2026 did not read" in done.stdout
    assert "8 name a country, kept as a property: only a token with the scope admin" in done.stdout


def test_rows_that_two_files_share_are_told_as_known(streakline: Any, tmp_path: Path):
    rows = json.loads(PAUSED.read_text())
    (tmp_path / "a.json").write_text(json.dumps(rows[:5]))
    (tmp_path / "b.json").write_text(json.dumps(rows[3:] + rows[7:]))
    files = [str(tmp_path / name) for name in ("a.json", "b.json")]
    done = streakline("import", "spotify", *files, "--user", "shared")
    assert done.returncode == 0, done.stderr
    assert "a.json: 5 rows read" in done.stdout
    assert "  5 new" in done.stdout
    assert "b.json: 6 rows read" in done.stdout
    assert (
        "  3 new: plays 3, skips 0 (too short to count)\n  2 already known\n  1 repeats of rows"
        in done.stdout
    )


def test_equal_neighbours_and_unreal_times_are_told_and_end_well(streakline: Any):
    files = [str(EXPORTS / f"lastfm_{name}.csv") for name in ("headerless_page_shift", "1970")]
    done = streakline("import", "lastfm", *files, "--user", "neighbours")
    assert done.returncode == 0, done.stderr
    assert "1 equal to the row before, to the minute" in done.stdout
    assert "5 skipped: without a real time (1970)" in done.stdout
