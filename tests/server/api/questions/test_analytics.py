"""Analytics of a range and of one content: sums, ratios, days and hours."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, NOON, Case
from server.door.tokens import mint
from small_histories import feed_a_track
from streakline.times import iso
from wire import SECRET, Client, golden, shape

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}


@pytest.fixture(scope="module")
def case(case: Case) -> Case:
    feed_a_track(case)
    return case


async def asked(client: Client, path: str, status: int = 200, **parameters: str) -> dict[str, Any]:
    async with client.get(path, params=parameters, headers=ADMIN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


URL, AS_OF = "/api/stats/analytics", iso(NOON)


async def test_a_range_of_the_site_has_all_its_groups(client: Client) -> None:
    body = await asked(client, URL, timeRange="7d", asOf=AS_OF)
    assert shape(body) == shape(golden("stats_analytics"))
    assert body["plays"] == {
        "totalPlays": 3, "uniquePlays": 3, "uniqueListeners": 4,
        "sourceBreakdown": {"feed": 1, "search": 1, "unknown": 1},
        "avgDuration": 110.33, "avgCompletionRate": 75.0, "skipRate": 25.0, "replayRate": 33.33,
        "previousPlays": 0, "growth": None,
    }  # fmt: skip
    assert body["likes"] == {"totalLikes": 1}
    assert body["shares"] == {"totalShares": 1, "platformBreakdown": {"mail": 1}}


async def test_one_metric_of_one_track_is_asked_for_by_name(client: Client) -> None:
    body = await asked(client, URL, trackId="song", metric="likes", timeRange="all", asOf=AS_OF)
    assert (body["trackId"], body["likes"]) == ("song", {"totalLikes": 1})
    assert "plays" not in body


async def test_the_range_before_has_the_same_length(client: Client) -> None:
    body = await asked(client, URL, trackId="song", timeRange="30d", asOf=AS_OF)
    assert (body["plays"]["previousPlays"], body["plays"]["growth"]) == (1, 100.0)


async def test_a_track_nobody_knows_is_no_zero(client: Client) -> None:
    body = await asked(client, URL, 404, trackId="none", asOf=AS_OF)
    assert body["type"] == "urn:streakline:problem:content-unknown"


async def test_a_track_that_is_known_has_zeros(client: Client) -> None:
    body = await asked(client, URL, trackId="song", asOf=iso(NOON - 300 * DAY))
    assert body["plays"]["totalPlays"] == 0


async def test_one_content_tells_its_life_its_days_and_its_hours(client: Client) -> None:
    body = await asked(client, "/api/analytics/mashups/song", asOf=AS_OF)
    assert shape(body) == shape(golden("mashup_analytics"))
    assert body["mashup"] == {
        "id": "song", "title": "A Song", "createdAt": iso(NOON - 40 * DAY), "createdAtIs": "first event"
    }  # fmt: skip
    assert body["lifetime"]["plays"] == 3
    assert body["retention"]["avgWatchTime"] == 167
    # Of four starts one stopped after 5 s and one after 100 s; the content lasts 200 s.
    assert body["retention"]["dropOffPoints"] == [
        {"time": 30, "percentage": 25}, {"time": 60, "percentage": 25}, {"time": 120, "percentage": 50},
        {"time": 180, "percentage": 50},
    ]  # fmt: skip
    assert len(body["daily"]) == 30
    assert sum(day["plays"] for day in body["daily"]) == 2
    assert body["daily"][-3] == {"date": iso(NOON - 2 * DAY)[:10], "plays": 1, "likes": 0}
    assert body["peakTimes"] == [{"hour": 12, "plays": 3}]


async def test_days_and_hours_are_those_of_the_zone(client: Client) -> None:
    body = await asked(client, "/api/analytics/mashups/song", asOf=AS_OF, tz="Pacific/Kiritimati")
    assert body["peakTimes"] == [{"hour": 2, "plays": 3}]
    assert body["daily"][-2] == {"date": iso(NOON)[:10], "plays": 1, "likes": 1}


@pytest.mark.parametrize(
    ("as_of", "plays", "stopped"),
    [(NOON - 2 * DAY, 1, 0), (NOON - 2 * DAY + 1, 2, 0), (NOON - 2 * DAY + HOUR + 1, 2, 33)],
)
async def test_hours_and_stops_are_those_before_the_moment_that_is_asked_for(
    client: Client, as_of: int, plays: int, stopped: int
) -> None:
    body = await asked(client, "/api/analytics/mashups/song", asOf=iso(as_of))
    assert body["peakTimes"] == [{"hour": 12, "plays": plays}]
    assert body["retention"]["dropOffPoints"][0] == {"time": 30, "percentage": stopped}


async def test_a_content_nobody_knows_is_not_found(client: Client) -> None:
    body = await asked(client, "/api/analytics/mashups/none", 404)
    assert body["type"] == "urn:streakline:problem:content-unknown"


async def test_a_content_is_answered_for_as_of_the_beginning_of_time(client: Client) -> None:
    body = await asked(client, "/api/analytics/mashups/song", asOf="0", tz="Pacific/Kiritimati")
    assert body["lifetime"]["plays"] == 0
    assert {day["plays"] for day in body["daily"]} == {0}


@pytest.mark.parametrize(
    ("status", "code", "given"),
    [
        (404, "creator-unknown", {"artistId": "none"}),
        (400, "artist", {"artistId": "band", "trackId": "song"}),
        (400, "artist", {"artistId": ""}),
    ],
)
async def test_an_artist_that_cannot_be_answered_is_named(
    client: Client, status: int, code: str, given: dict[str, str]
) -> None:
    body = await asked(client, URL, status, asOf=AS_OF, **given)
    assert body["type"].rpartition(":")[2] == code
    assert "artistId" in body["detail"] or "'none'" in body["detail"]
