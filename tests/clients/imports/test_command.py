"""`streakline import` on a real stack: recorded histories show in the views as their owners' numbers."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from clickhouse_connect.driver.client import Client as ClickHouse

from real_data import recorded
from stack.cli import streakline as command_line

pytestmark = pytest.mark.stack

LASTFM = "listening/lastfm_userA_2007-2018.csv.gz"
PLAYS_A_YEAR = {
    2007: 4_130, 2008: 6_140, 2009: 5_605, 2010: 4_609, 2011: 1, 2012: 1_456, 2013: 2_508, 2014: 5_511,
    2015: 1_189, 2016: 3_660, 2017: 1_665, 2018: 4_082,
}  # fmt: skip
TOP_ARTISTS = [
    ("Arctic Monkeys", 2_321), ("Maximo Park", 1_417), ("The Beatles", 1_067), ("Bloc Party", 979),
    ("Jamie T", 810),
]  # fmt: skip


def rows(history: ClickHouse, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in history.query(query, parameters=parameters).result_rows]


def lastfm_numbers(history: ClickHouse) -> dict[str, Any]:
    mine = "from events final where userId = 'a' and counted"
    return {
        "years": dict(rows(history, f"select toYear(ts) as year, count() {mine} group by year")),
        "artists": rows(history, f"select creatorId, count() as n {mine} group by 1 order by n desc limit 5"),
        "tracks": rows(history, f"select uniqExact(contentId) {mine}")[0][0],
    }


def test_lastfm_history_shows_its_years_artists_and_tracks_and_twice_changes_nothing(
    streakline: Any, history: ClickHouse
):
    file = str(recorded(LASTFM))
    before = dict(rows(history, "select year, sum(totalPlays) from yearly_stats group by year"))
    first = streakline("import", "lastfm", file, "--user", "a")
    assert first.returncode == 0, first.stderr
    assert "40,556 rows read, 40,556 accepted" in first.stdout
    assert "  40,556 new: plays 40,556, skips 0" in first.stdout
    assert "settled after" in first.stdout
    views = dict(rows(history, "select year, sum(totalPlays) from yearly_stats group by year"))
    assert {year: views[year] - before.get(year, 0) for year in PLAYS_A_YEAR} == PLAYS_A_YEAR
    numbers = lastfm_numbers(history)
    assert numbers == {"years": PLAYS_A_YEAR, "artists": TOP_ARTISTS, "tracks": 11_214}

    second = streakline("import", "lastfm", file, "--user", "a")
    assert second.returncode == 0, second.stderr
    assert "  0 new\n  40,556 already known" in second.stdout
    assert lastfm_numbers(history) == numbers
    assert dict(rows(history, "select year, sum(totalPlays) from yearly_stats group by year")) == views


def test_spotify_account_history_shows_its_hours(streakline: Any, history: ClickHouse):
    file = recorded("listening/spotify_userB/StreamingHistory0.json")
    done = streakline("import", "spotify", str(file), "--user", "b", "--tz", "America/Bogota")
    assert done.returncode == 0, done.stderr
    assert "5,781 new: plays 4,452, skips 1,329" in done.stdout
    ((starts, hours, short),) = rows(
        history,
        "select count(), round(sum(duration) / 3.6e6, 3), round(100 * countIf(duration < 30000) / count(), 1)"
        " from events final where userId = 'b'",
    )
    assert (starts, round(hours, 2), short) == (5_781, 271.91, 23.0)  # 22 rows name no track


def test_spotify_extended_history_counts_by_its_profile_and_keeps_its_flags(
    streakline: Any, history: ClickHouse
):
    file = recorded("listening/spotify_userC_extended/processed_sample_1000.csv")
    done = streakline("import", "spotify", str(file), "--user", "c")
    assert done.returncode == 0, done.stderr
    ((plays, skips, hours),) = rows(
        history,
        "select countIf(counted), countIf(not counted), round(sum(duration) / 3.6e6, 3)"
        " from events final where userId = 'c'",
    )
    assert (plays, skips, hours) == (850, 150, 60.446)
    ((flagged, forward, either),) = rows(
        history,
        "select countIf(skipped), countIf(reason = 'fwdbtn'), countIf(skipped or reason = 'fwdbtn') from"
        " (select JSONExtractBool(properties, 'skipped') as skipped,"
        " JSONExtractString(properties, 'reason_end') as reason from events final where userId = 'c')",
    )
    assert (flagged, forward, either) == (87, 145, 159)


def test_youtube_history_counts_views_and_reports_what_has_no_address(streakline: Any, history: ClickHouse):
    done = streakline(
        "import", "youtube", str(recorded("watching/youtube/watch-history.json")), "--user", "d"
    )
    assert done.returncode == 0, done.stderr
    assert "152 skipped: without an address" in done.stdout
    ((plays, videos, again),) = rows(
        history,
        "select countIf(counted), uniqExact(contentId), countIf(replayed) from events final"
        " where userId = 'd'",
    )
    assert (plays, videos, again) == (4_672, 3_797, 875)


def test_rejected_and_unreadable_rows_are_named_and_the_rest_is_kept(
    streakline: Any, history: ClickHouse, tmp_path: Path
):
    file = tmp_path / "mixed.jsonl"
    file.write_text(
        '{"id": "fine", "type": "play", "contentId": "x", "timestamp": 1600000000000}\n'
        '{"id": "old", "type": "play", "contentId": "x", "timestamp": "1999-01-01T00:00:00Z"}\n'
        "no json\n"
    )
    done = streakline("import", "events", str(file), "--user", "e")
    assert done.returncode == 1
    assert "1 unreadable:\n    row 3: 'no json' is no JSON object" in done.stdout
    assert "row 2: timestamp 915148800000 ms lies before 2000" in done.stdout
    assert rows(history, "select count() from events final where userId = 'e'") == [(1,)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lastfm", "FILE", "--user", "a"], "expected a CSV with a header that names uts"),
        (["youtube", "FILE", "--user", "a"], "expected watch-history.json"),
        (["lastfm", "FILE"], "Missing option '--user'"),
        (["lastfm", "FILE", "--user", "a", "--tz", "Mars/Olympus"], "'Mars/Olympus' is no IANA time zone"),
        (["lastfm", "absent.csv", "--user", "a"], "'absent.csv' does not exist"),
        (["lastfm", "FILE", "--user", "u" * 201], "201 characters"),
    ],
)
def test_misuse_ends_with_two_and_says_what_is_wrong(arguments: list[str], said: str, tmp_path: Path):
    file = tmp_path / "shopping.txt"
    file.write_text("milk\n")
    given = [str(file) if word == "FILE" else word for word in arguments]
    result = CliRunner().invoke(command_line, ["import", *given])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
