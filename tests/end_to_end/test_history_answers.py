"""Twelve recorded years of one listener in ten shuffled parts, each sent twice: every answer is what the file says."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from listener_a import LISTENED, STREAKS, THRESHOLDS, YEARS
from person_rows import listened_rows
from real_data import recorded_lines
from real_servers import clickhouse_client
from running_stack import ROOT, RunningStack
from stack.run_file import RunFile
from stack_questions import asked, bearer, questioned, stats_of
from streakline import zones
from streakline.people.milestones import finishes_of, milestones_of
from streakline.people.streaks import streak_of
from streakline.people.viewing_time import viewing_time
from streakline.people.yearly.review import year_of
from streakline.times import parse_when
from streakline_client.imports import lastfm
from streakline_client.imports.rows import Imported

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(400)]

PARTS, AT_ONCE = 10, 1_000
FILE = "listening/lastfm_userA_2007-2018.csv.gz"
AS_OF = "2014-09-01T12:07:31Z"
RANGES = {"24h": (50, 49), "7d": (187, 241), "30d": (999, 1_038), "90d": (2_885, 756), "1y": (3_658, 3_580)}
"""Range -> plays in it, and in the range of the same length before."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with RunningStack(tmp_path_factory.mktemp("history") / "data") as running:
        events = [one.event for one in lastfm.parse(recorded_lines(FILE), "a") if isinstance(one, Imported)]
        random.Random(6).shuffle(events)
        receipts = [
            running.post(events[number::PARTS][at : at + AT_ONCE])
            for number in sorted([*range(PARTS)] * 2)
            for at in range(0, len(events[number::PARTS]), AT_ONCE)
        ]
        assert not any(receipt["rejected"] for receipt in receipts)
        for receipt in receipts:
            settled = (
                asked(running, "/api/v1/settled", position=receipt["position"], wait="60") for _ in range(4)
            )
            assert any(answer["settled"] for answer in settled)
        yield running


def content(stack: RunningStack) -> str:
    """Return the id of `Leave Before The Lights Come On`."""
    history = clickhouse_client(RunFile.read(Path(stack.folder) / "run.json").analyst_url)
    title = {"title": "Leave Before The Lights Come On"}
    [[found]] = history.query(
        "select contentId from content where title = {title:String} and creatorId like '%rctic%onkeys%'",
        title,
    ).result_rows
    history.close()
    return str(found)


@pytest.mark.parametrize("name", RANGES)
def test_a_rolling_range_and_the_one_before_have_the_plays_of_the_file(
    stack: RunningStack, name: str
) -> None:
    plays = asked(stack, "/api/stats/analytics", timeRange=name, asOf=AS_OF, metric="plays")["plays"]
    assert (plays["totalPlays"], plays["previousPlays"]) == RANGES[name]


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("UTC", {16: 13, 11: 12}),
        ("Europe/London", {12: 12, 17: 12}),
        ("Asia/Kolkata", {22: 13, 17: 10}),
    ],
)
def test_the_hours_of_a_content_are_those_of_the_zone(
    stack: RunningStack, zone: str, hours: dict[int, int]
) -> None:
    body = asked(stack, f"/api/analytics/mashups/{quote(content(stack), safe='')}", tz=zone)
    assert body["lifetime"]["plays"] == 79
    assert {hour["hour"]: hour["plays"] for hour in body["peakTimes"][:2]} == hours
    assert sum(hour["plays"] for hour in body["peakTimes"]) == 79


@pytest.mark.parametrize(("zone", "days"), [("UTC", 71), ("Europe/London", 71), ("Asia/Kolkata", 72)])
def test_the_days_with_plays_of_a_content_are_those_of_the_zone(
    stack: RunningStack, zone: str, days: int
) -> None:
    body = questioned(
        stack,
        metrics=["plays"],
        dimensions=["day"],
        filters=[{"dimension": "content", "operator": "is", "values": [content(stack)]}],
        dateRange={"from": "2007-01-01", "to": "2019-12-31"},
        tz=zone,
        limit=10_000,
    )
    assert len(body["rows"]) == 13 * 365 + 3
    assert sum(row["plays"] for row in body["rows"]) == 79
    assert sum(row["plays"] > 0 for row in body["rows"]) == days


def artist(stack: RunningStack) -> str:
    """Return the id of the creator named `Arctic Monkeys`."""
    history = clickhouse_client(RunFile.read(Path(stack.folder) / "run.json").analyst_url)
    [[found]] = history.query(
        "select distinct creatorId from content where creatorId ilike 'arctic monkeys'"
    ).result_rows
    history.close()
    return str(found)


def test_the_dashboard_of_an_artist_has_the_plays_of_the_file(stack: RunningStack) -> None:
    body = stats_of(stack, artist(stack), timeRange="all")
    assert (body["overview"]["totalPlays"], body["overview"]["totalTracks"]) == (2_321, 101)
    assert [track["plays"] for track in body["topTracks"]] == [79, 75, 69, 66, 63]
    assert body["topTracks"][0]["title"] == "Leave Before The Lights Come On"
    assert body["artistProfile"]["id"] == artist(stack)
    recent = body["recentActivity"]["plays"]
    assert len(recent) == 10
    assert recent[0]["timestamp"].startswith("2018-12")
    assert [play["timestamp"] for play in recent] == sorted(
        (play["timestamp"] for play in recent), reverse=True
    )


def test_the_growth_of_an_artist_is_that_since_the_range_before(stack: RunningStack) -> None:
    body = stats_of(stack, artist(stack), timeRange="30d", asOf=AS_OF)
    growth = body["growthMetrics"]
    assert (body["overview"]["totalPlays"], growth["previousPlays"], growth["plays"]) == (47, 33, 42.42)


@pytest.mark.slow
def test_all_ranges_of_a_content_move_to_its_new_creator_when_settled_answers(stack: RunningStack) -> None:
    headers = bearer(stack, "write") | {"content-type": "application/json"}
    what, owner = content(stack), artist(stack)

    def plays(creator: str) -> list[int]:
        return [
            stats_of(stack, creator, timeRange=name, asOf=AS_OF)["overview"]["totalPlays"]
            for name in (*RANGES, "all")
        ]

    its = [
        asked(stack, "/api/stats/analytics", trackId=what, timeRange=name, asOf=AS_OF)["plays"]["totalPlays"]
        for name in (*RANGES, "all")
    ]
    before, nothing = plays(owner), [0] * len(its)
    for creator in ("somebody-else", owner):
        put = urllib.request.Request(
            f"{stack.url}/api/v1/content/{quote(what, safe='')}",
            json.dumps({"creator": creator}).encode(), headers, method="PUT",
        )  # fmt: skip
        with urllib.request.urlopen(put, timeout=90) as answer:
            position = json.load(answer)["position"]
        assert asked(stack, "/api/v1/settled", position=position, wait="60")["settled"]
        moved = creator != owner
        assert plays("somebody-else") == (its if moved else nothing)
        assert plays(owner) == [
            all_of_it - own if moved else all_of_it for all_of_it, own in zip(before, its, strict=True)
        ]
    assert its[-1] > 0
    line = [sys.executable, "-m", "stack.cli", "--data", str(stack.folder), "verify"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("zone", STREAKS)
def test_the_longest_streak_and_the_days_of_a_person_are_those_of_the_zone(
    stack: RunningStack, zone: str
) -> None:
    body = asked(stack, "/api/analytics/streak", user="a", tz=zone, asOf="2019-01-02")
    assert (body["longestStreak"], body["longestStreakStart"], body["daysWatched"]) == STREAKS[zone]


def test_the_milestones_of_a_person_have_the_moments_of_the_file(stack: RunningStack) -> None:
    body = asked(stack, "/api/analytics/milestones", user="a")
    assert {one["metricAchieved"]: one["achievementDate"] for one in body["milestones"]} == THRESHOLDS


def test_the_live_streak_and_milestones_of_a_person_are_those_of_history(stack: RunningStack) -> None:
    live, streak = asked(stack, "/api/v1/people/a/streak"), asked(stack, "/api/analytics/streak", user="a")
    reached = {one["metricAchieved"]: one["achievementDate"] for one in live.pop("milestones")}
    assert (live.pop("source"), reached, live | {"asOf": ""}) == ("live", THRESHOLDS, streak | {"asOf": ""})


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Chatham"])
def test_answers_about_a_person_are_those_of_the_file_in_order(stack: RunningStack, zone: str) -> None:
    (now, _), tz, rows = parse_when("2018-12-15T12:07:31Z"), zones.zone(zone), listened_rows()
    wanted = {
        "/api/analytics/streak": streak_of(rows.counted, now, tz),
        "/api/analytics/milestones": milestones_of(finishes_of(rows.before(now))),
        "/api/analytics/viewing-time": viewing_time(rows, "week", now, tz),
        "/api/analytics/year-in-review/2018": year_of(rows, 2018, now, tz).review({}),
    }
    for path, struct in wanted.items():
        found = asked(stack, path, user="a", tz=zone, asOf="2018-12-15T12:07:31Z")
        alone = json.loads(msgspec.json.encode(struct))
        assert found | alone == found


def test_the_record_of_a_person_has_the_plays_of_the_file(stack: RunningStack) -> None:
    body = asked(stack, "/api/v1/people/a/record", limit="1")
    assert (body["plays"], body["playsWithoutDuration"], body["contents"]) == (40_556, 40_556, 11_214)
    [track], [artist] = body["topContents"], body["topCreators"]
    assert (track["title"], track["plays"]) == ("Books From Boxes", 91)
    assert (artist["name"], artist["plays"]) == ("Arctic Monkeys", 2_321)


@pytest.mark.parametrize("year", LISTENED)
def test_the_year_of_a_person_has_the_plays_and_artists_of_the_file(stack: RunningStack, year: str) -> None:
    body = asked(stack, f"/api/analytics/year-in-review/{year}", user="a")
    assert (body["plays"], body["artists"], body["firstTimes"]["artists"]) == LISTENED[year]
    assert (body["complete"], body["totalMoviesWatched"], body["totalHours"]) == (True, 0, 0)
    if year == "2014":
        first = [(one["name"], one["plays"]) for one in body["topArtists"]["first"][:3]]
        assert first == [("Arctic Monkeys", 223), ("Maximo Park", 203), ("Bloc Party", 147)]
        assert (body["busiestDay"]["date"], body["busiestDay"]["plays"]) == ("2014-06-06", 178)
        assert body["daysWatched"] == 159
    if year == "2011":
        assert (body["memorableMoments"], body["longestStreak"], body["firstTimes"]["titles"]) == (
            [],
            None,
            0,
        )
        assert (body["titles"], body["daysWatched"], body["topRated"], body["favoriteGenres"]) == (
            1,
            1,
            [],
            [],
        )


def test_the_months_of_a_year_are_those_of_the_zone(stack: RunningStack) -> None:
    body = asked(stack, "/api/analytics/year-in-review/2009", user="a", tz="Europe/London")
    months = [666, 441, 676, 604, 633, 227, 132, 392, 300, 447, 557, 530]
    assert body["viewingTrends"]["playsByMonth"] == months


def test_statistics_that_are_calculated_have_a_late_play_that_was_accepted_before(
    stack: RunningStack,
) -> None:
    late = {
        "id": "calculated", "type": "play", "contentId": "late", "contentType": "track", "userId": "late-listener",
        "timestamp": "2021-02-03T12:00:00Z", "duration": 36,
    }  # fmt: skip
    assert stack.post([late])["rejected"] == []
    headers = bearer(stack, "read:self", sub="late-listener")
    request = urllib.request.Request(
        f"{stack.url}/api/analytics/calculate?wait=60", b"", headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        assert answer.status == 200
        body = json.load(answer)
    assert (body["streak"]["daysWatched"], body["viewingTime"]["totalHours"]) == (1, 0.01)
    assert body["milestones"]["progress"][-1]["finished"] == 1


@pytest.mark.parametrize("zone", YEARS)
def test_the_plays_of_a_year_are_those_of_the_zone(stack: RunningStack, zone: str) -> None:
    body = questioned(
        stack, metrics=["plays"], dimensions=["year"], timeRange="all", asOf="2020-01-01", tz=zone
    )
    plays = {int(row["year"]): row["plays"] for row in body["rows"]}
    assert min(plays) == 2007  # the years before the first play are left out
    assert sum(plays.values()) == 40_556
    assert {year: plays[year] for year in YEARS[zone]} == YEARS[zone]


@pytest.mark.slow
def test_a_late_play_is_in_the_next_answer_each_of_fifty_times(stack: RunningStack) -> None:
    headers = bearer(stack, "write") | {"content-type": "application/json"}
    question = {"metrics": ["plays"], "dateRange": {"from": "2021-03-01", "to": "2021-03-31"}}
    plays = questioned(stack, **question)["rows"][0]["plays"]
    for again in range(50):
        event = {
            "id": f"late-{again}", "type": "play", "contentId": f"late-{again % 3}", "sessionId": "s",
            "timestamp": f"2021-03-{again % 30 + 1:02}T12:00:00Z", "duration": 60,
        }  # fmt: skip
        post = urllib.request.Request(f"{stack.url}/api/stats/events", json.dumps([event]).encode(), headers)
        with urllib.request.urlopen(post, timeout=90) as answer:
            position = json.load(answer)["position"]
        assert asked(stack, "/api/v1/settled", position=position, wait="60")["settled"]
        plays += 1
        assert questioned(stack, **question)["rows"][0]["plays"] == plays
        assert questioned(stack, **question)["rows"][0]["plays"] == plays  # given again
