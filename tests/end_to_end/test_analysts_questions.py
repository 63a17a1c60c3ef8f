"""The worked queries of docs/analysts.md, put to recorded histories: each answers what the page says."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pytest

from real_data import recorded, recorded_lines
from running_stack import ROOT, RunningStack
from stack_questions import asked, live_and_history

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]

PAGE = (ROOT / "docs" / "analysts.md").read_text()
_QUESTION = re.compile(
    r"^### (\d+)\. (.+?)\n.*?^```sql\n(.*?)^```\n+```text\n(.*?)^```", re.MULTILINE | re.DOTALL
)
IMPORTS = (
    ("lastfm", "listening/lastfm_userA_2007-2018.csv.gz", "ann"),
    ("spotify", "listening/spotify_userB/StreamingHistory0.json", "bob"),
    ("youtube", "watching/youtube/watch-history.json", "cleo"),
)


class Question(NamedTuple):
    """A worked query: its number, its words, the SQL and what the page says that it answers."""

    number: int
    words: str
    sql: str
    answer: str


QUESTIONS = [Question(int(match[1]), match[2], match[3], match[4]) for match in _QUESTION.finditer(PAGE)]


def share(number: int, edit: dict[str, Any]) -> dict[str, Any]:
    """Return a recorded edit of Wikipedia as a share of its page."""
    return {
        "id": f"edit-{number}", "type": "share", "appId": edit["page"][:200], "contentType": "app",
        "platform": edit["channel"], "userId": edit["user"][:200], "sessionId": f"session-{number}",
        "timestamp": edit["time"], "bot": edit["isRobot"],
    }  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("questions") / "data") as running:
        fill(running)
        yield running


def fill(running: RunningStack) -> None:
    """Import three people's histories, and half a day of Wikipedia's edits as shares."""
    edits = recorded_lines("streams/wikiticker-2015-09-12.json.gz")
    shares = [share(number, json.loads(line)) for number, line in enumerate(edits)]
    for at in range(0, len(shares), 1_000):
        assert running.post(shares[at : at + 1_000])["rejected"] == []
    for name, file, user in IMPORTS:
        line = [sys.executable, "-m", "stack.cli", "--data", str(running.folder), "import", name]
        done = subprocess.run(
            [*line, str(recorded(file)), "--user", user],
            cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert "settled after" in done.stdout, done.stdout + done.stderr


def answered(running: RunningStack, sql: str) -> str:
    """Return what `streakline sql` prints."""
    line = [sys.executable, "-m", "stack.cli", "--data", str(running.folder), "sql", sql, "--format", "csv"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_twenty_questions_in_order() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, 21))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.number}")
def test_a_question_answers_what_the_page_says(stack: RunningStack, question: Question) -> None:
    assert answered(stack, question.sql) == question.answer, question.words


@pytest.mark.parametrize("user", [user for _, _, user in IMPORTS])
def test_the_live_streak_and_milestones_of_an_imported_person_are_those_of_history(
    stack: RunningStack, user: str
) -> None:
    live, history = live_and_history(stack, user)
    assert live == history
    assert live["longestStreak"] > 1
    assert bool(live["milestones"]) == (user != "cleo")  # a video is no movie, show, episode or track


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_an_export_has_every_event_of_the_histories_once(
    stack: RunningStack, ending: str, tmp_path: Path
) -> None:
    file = tmp_path / f"events.{ending}"
    line = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), "export", str(file)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    # Of JSON DuckDB guesses types by the first rows: here only some ids are UUIDs.
    read = f"read_json('{file}', sample_size = -1)" if ending == "jsonl" else f"'{file}'"
    held = duckdb.sql(
        "select coalesce(userId, ''), type, robot, count(*), count(distinct (contentId, timestamp, id))"
        f" from {read} where type = 'play' group by all order by 1"
    ).fetchall()
    plays = {"ann": 40_556, "bob": 5_781, "cleo": 4_672}
    assert held == [(user, "play", False, count, count) for user, count in plays.items()]
    shares = duckdb.sql(
        f"select robot, count(distinct id) from {read} where type = 'share' group by 1 order by 1"
    )
    assert shares.fetchall() == [(False, 8_913), (True, 7_587)]


@pytest.mark.parametrize(("zone", "longest"), [("UTC", 26), ("Asia/Shanghai", 24), ("America/New_York", 26)])
def test_the_longest_streak_of_watching_is_that_of_the_zone(
    stack: RunningStack, zone: str, longest: int
) -> None:
    body = asked(stack, "/api/analytics/streak", user="cleo", tz=zone)
    assert (body["longestStreak"], body["status"]) == (longest, "broken")


def test_the_viewing_time_of_a_person_is_that_of_the_file(stack: RunningStack) -> None:
    body = asked(stack, "/api/analytics/viewing-time", user="bob", period="all")
    months = {one["date"]: one["hours"] for one in body["months"]}
    assert body["totalHours"] == 271.91
    assert [months[f"2020-0{month}"] for month in (1, 2, 3, 4, 8)] == [36.87, 63.66, 70.67, 35.29, 15.72]


def test_the_page_says_what_the_files_hold() -> None:
    plays = list(csv.DictReader(recorded_lines(IMPORTS[0][1])))
    starts = [datetime.fromtimestamp(int(play["uts"]), UTC) for play in plays]
    years = Counter(start.year for start in starts)
    artists = Counter(play["artist"] for play in plays).most_common(5)
    assert rows(2) == [[name, str(count)] for name, count in artists]
    assert [row[:2] for row in rows(1)] == [[str(year), str(years[year])] for year in range(2007, 2012)]
    days = sorted({start.astimezone(ZoneInfo("Europe/London")).date() for start in starts})
    streaks = Counter(day - timedelta(number) for number, day in enumerate(days))
    assert [int(row[2]) for row in rows(6)] == [length for _, length in streaks.most_common(3)]
    edits = [json.loads(line) for line in recorded_lines("streams/wikiticker-2015-09-12.json.gz")]
    platforms = Counter(edit["channel"] for edit in edits if not edit["isRobot"]).most_common(5)
    assert [row[:2] for row in rows(16)] == [[name, str(count)] for name, count in platforms]
    listened = json.loads("".join(recorded_lines(IMPORTS[1][1])))
    hours = sum(play["msPlayed"] for play in listened if play["artistName"] != "Unknown Artist") / 3_600_000
    assert rows(9)[-1][1] == f"{hours:.2f}"


def rows(number: int) -> list[list[str]]:
    """Return the rows of a question's answer, without the heads of its columns."""
    return list(csv.reader(QUESTIONS[number - 1].answer.splitlines()))[1:]
