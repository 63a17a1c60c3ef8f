"""Milestones, viewing time and record of a person: of his plays alone, as the golden files show them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client, golden

AS_OF = iso(NOON + HOUR)
LENGTH = 3600


@pytest.fixture
def case(case: Case) -> Case:
    """Twelve tracks of ann, an episode that says no duration, a film she did not finish; one track of bea."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(
            play(f"song{n}", NOON - (20 - n) * DAY, f"p{n}", 180, userId="ann", platform="web", creatorId="band",
                 genre="Rock; Pop", contentDuration=190, tz="Europe/Berlin")
            for n in range(12)
        ),
        play("pilot", NOON - HOUR, "e", None, userId="ann", contentType="episode", parentId="show", creatorId="studio"),
        play("film", NOON - DAY, "f", 600, userId="ann", contentType="movie", contentDuration=LENGTH),
        play("song0", NOON - DAY, "other", 180, userId="bea", contentDuration=190),
        {"id": "t", "type": "content", "contentId": "pilot", "timestamp": NOON, "title": "Pilot", "duration": LENGTH},
        {"id": "c", "type": "creator", "creatorId": "band", "timestamp": NOON, "name": "The Band"},
        {"id": "l", "type": "like", "contentId": "film", "timestamp": NOON, "userId": "ann"},
    )  # fmt: skip
    case.settle()
    case.archive.run(waits=31)
    return case


def bearer(user: str = "ann", scope: str = "read:self") -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, sub=user)}"}


async def asked(
    client: Client, path: str, headers: dict[str, str] | None = None, status: int = 200, **parameters: str
) -> dict[str, Any]:
    parameters = {"asOf": AS_OF} | parameters
    async with client.get(path, params=parameters, headers=headers or bearer()) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_milestones_are_those_of_different_finished_contents(case: Case, client: Client) -> None:
    body = await asked(client, "/api/analytics/milestones")
    assert list(body) == list(golden("milestones"))
    assert [list(one) for one in body["milestones"]] == [
        list(one) for one in golden("milestones")["milestones"]
    ]
    assert [(one["metricAchieved"], one["achievementDate"]) for one in body["milestones"]] == [
        (10, iso(NOON - 11 * DAY))
    ]
    assert {one["milestoneType"]: one["finished"] for one in body["progress"]} == {
        "movie": 0, "show": 1, "episode": 1, "track": 12,
    }  # fmt: skip
    # Finished once more, by another: nobody's counts change; finished late, and earlier, hers move.
    late = play("early", NOON - 40 * DAY, "late", 180, userId="ann", contentDuration=190)
    case.feed.send(NOON + 2 * MINUTE, late)
    case.settle()
    case.archive.run(waits=31)
    body = await asked(client, "/api/analytics/milestones")
    assert body["milestones"][0]["achievementDate"] == iso(NOON - 12 * DAY)


async def test_viewing_time_is_divided_by_type_genre_and_platform(client: Client) -> None:
    body = await asked(client, "/api/analytics/viewing-time", period="all")
    assert list(body) == list(golden("viewing_time"))
    hours = 12 * 180 / 3600 + 1 + 600 / 3600
    assert (body["totalHours"], body["plays"], body["playsWithoutDuration"]) == (round(hours, 2), 14, 0)
    assert body["contentBreakdown"] == {"episode": 1.0, "track": 0.6, "movie": 0.17}
    assert body["genreDistribution"] == {"unknown": 1.17, "Pop": 0.6, "Rock": 0.6}
    assert body["platformDistribution"] == {"unknown": 1.17, "web": 0.6}
    week = await asked(client, "/api/analytics/viewing-time", period="week", tz="Asia/Tokyo")
    assert (week["totalHours"], week["periodStart"]) == (1.0, "2026-09-20T15:00:00.000Z")
    assert (await asked(client, "/api/analytics/viewing-time", status=400, period="day"))["type"].endswith(
        ":period"
    )


async def test_a_year_has_what_was_played_in_it_by_the_calendar_of_the_person(client: Client) -> None:
    body = await asked(client, "/api/analytics/year-in-review/2026")
    assert list(body) == list(golden("year_in_review"))
    assert (body["plays"], body["totalHours"], body["complete"]) == (14, 1.77, False)
    assert (body["totalMoviesWatched"], body["totalShowsWatched"], body["daysWatched"]) == (0, 1, 14)
    assert body["topArtists"]["first"][0]["name"] == "The Band"
    assert (await asked(client, "/api/analytics/year-in-review/2025", status=404))["type"].endswith(
        ":no-plays"
    )
    for year in ("1999", "26", "2100", "MMXX"):
        assert (await asked(client, f"/api/analytics/year-in-review/{year}", status=400))["type"].endswith(
            ":year"
        )


async def test_the_years_of_a_person_are_those_with_a_play_of_his(client: Client) -> None:
    body = await asked(client, "/api/analytics/year-in-review")
    assert list(body) == list(golden("years"))
    assert body["years"] == [{"year": 2026, "plays": 14, "totalHours": 1.77, "daysWatched": 14}]
    assert (body["userId"], body["tz"], body["asOf"]) == ("ann", "UTC", AS_OF)
    assert (await asked(client, "/api/analytics/year-in-review", bearer("nobody")))["years"] == []


@pytest.mark.parametrize("began", [NOON - 2 * DAY - 5 * MINUTE, NOON - MINUTE], ids=["closed", "open"])
async def test_a_play_that_changes_hands_is_the_new_persons_in_every_answer(
    case: Case, client: Client, began: int
) -> None:
    questions = {
        "/api/analytics/streak": {}, "/api/analytics/milestones": {}, "/api/analytics/viewing-time": {"period": "all"},
        "/api/analytics/year-in-review/2026": {}, "/api/v1/people/{}/record": {},
    }  # fmt: skip

    async def answers(user: str) -> list[dict[str, Any]]:
        found = [
            await asked(client, path.format(user), bearer(user), **more) for path, more in questions.items()
        ]
        return [{**one, "asOf": ""} for one in found]

    def send(user: str, seconds: int) -> None:
        case.feed.send(
            NOON + 3 * MINUTE + seconds, play("moved", began, "m", seconds, playId="m", userId=user)
        )
        case.settle()
        case.archive.run(waits=31)

    before = await answers("ann")
    send("ann", 60)
    hers = await answers("ann")
    assert [one != two for one, two in zip(before, hers, strict=True)] == [True] * len(questions)
    send("bea", 90)
    assert await answers("ann") == before
    streak, milestones, time, year, record = await answers("bea")
    assert (streak["daysWatched"], milestones["progress"][-1]["finished"]) == (2, 2)
    assert (time["plays"], year["plays"], record["plays"]) == (2, 2, 2)
    assert time["totalHours"] == year["totalHours"] == record["hours"] == 0.08


async def test_calculate_says_what_to_wait_for_where_it_takes_longer(client: Client) -> None:
    async with client.post(
        "/api/analytics/calculate", params={"asOf": AS_OF, "wait": "0"}, headers=bearer()
    ) as response:
        body = await response.json()
    # No viewers flow runs beside this server: its part stays behind, and the position is what can be waited for.
    assert response.status == 202
    assert list(body) == list(golden("share_accepted"))


async def test_a_record_has_what_was_played_most_and_last(client: Client) -> None:
    body = await asked(client, "/api/v1/people/ann/record", limit="3")
    assert list(body) == list(golden("record"))
    assert (body["starts"], body["plays"], body["contents"], body["hours"]) == (14, 14, 14, 1.77)
    assert (body["firstPlay"], body["lastPlay"]) == (iso(NOON - 20 * DAY), iso(NOON - HOUR))
    assert body["topCreators"][0] == {"creatorId": "band", "name": "The Band", "plays": 12, "hours": 0.6}
    assert [one["contentId"] for one in body["topContents"]] == ["film", "pilot", "song0"]
    assert [(one["contentId"], one["duration"], one["title"]) for one in body["recent"]] == [
        ("pilot", None, "Pilot"), ("film", 600.0, "film"), ("song11", 180.0, "song11"),
    ]  # fmt: skip
    assert len(body["days"]) == 14
    assert body["days"][-1] == {"date": iso(NOON)[:10], "plays": 1}
    assert body["tz"] == "UTC"
    refused = await asked(client, "/api/v1/people/ann/record", bearer("bea"), status=403)
    assert refused["type"].endswith(":owner")
    assert (await asked(client, "/api/v1/people/ann/record", bearer("bea", "read:admin")))["plays"] == 14


async def test_an_export_has_every_event_of_the_person_and_nobody_elses(client: Client) -> None:
    path, params = "/api/v1/people/ann/export", {"format": "jsonl", "asOf": AS_OF}
    async with client.get(path, params=params, headers=bearer()) as response:
        rows = [json.loads(line) for line in (await response.read()).splitlines()]
        assert response.headers["X-Rows-Expected"] == str(len(rows)) == "15"
    assert {row["userId"] for row in rows} == {"ann"}
    assert sorted(row["type"] for row in rows) == ["like", *["play"] * 14]
    async with client.get(path, params=params, headers=bearer("bea")) as response:
        assert response.status == 403
