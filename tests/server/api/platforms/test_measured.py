"""What other platforms measured, as the API answers: recorded trending videos, corrections, owners, pages, zones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case
from server.door.tokens import mint
from stack.verify.comparison import observations as compared
from streakline.platforms.observations import Observation, Post, event_of, post_event_of
from streakline.times import iso
from trending_observations import OWNER, observations
from wire import SECRET, Client, golden, shape

API = "/api/v1/analytics"
AS_OF = iso(NOON + HOUR)
ACCOUNT = Observation(
    "ann", "youtube", "UC1", "", "followers", 100, NOON - 3 * DAY, NOON, "channels.list", "v3"
)
VIEWS = ACCOUNT._replace(post="v1", name="views", value=10, surface="videos.list")
TWEET = VIEWS._replace(platform="twitter", account="77", post="t1", surface="tweets", version="2")


def bearer(user: str = OWNER, scope: str = "read:self") -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, sub=user)}"}


async def asked(
    client: Client, path: str, headers: dict[str, str] | None = None, status: int = 200, **more: str
) -> Any:
    parameters = more if "to" in more else {"asOf": AS_OF} | more
    async with client.get(f"{API}/{path}", params=parameters, headers=headers or bearer()) as response:
        body = await response.json(content_type=None)
        assert response.status == status, body
        return body


def send(case: Case, at: int, *events: dict[str, Any]) -> None:
    for begin in range(0, len(events), 500):
        case.feed.send(at, *events[begin : begin + 500])
    case.settle()


def measured(one: Observation, *values: tuple[int, float], every: int = DAY) -> list[dict[str, Any]]:
    """Return events of values of (day, value), counted from the observation's own."""
    return [
        event_of(one._replace(observed_at=one.observed_at + day * every, value=value))
        for day, value in values
    ]


def published(platform: str, account: str, post: str, title: str) -> dict[str, Any]:
    return post_event_of(Post(OWNER, platform, account, post, "video", title, NOON - 4 * DAY, NOON))


@pytest.fixture
def some(case: Case) -> Case:
    """A channel with two videos, one of which the catalogue calls a part of `film`, and a tweet."""
    send(
        case, NOON + MINUTE,
        *measured(ACCOUNT, (0, 100), (2, 110)),
        *measured(VIEWS, (0, 10), (1, 40), (3, 100)),
        *measured(VIEWS._replace(name="likes"), (0, 1), (3, 6)),
        *measured(VIEWS._replace(name="dislikes"), (3, 2)),
        *measured(VIEWS._replace(post="v2"), (2, 1000), (3, 990)),
        *measured(TWEET, (1, 50), (2, 70)),
        *measured(TWEET._replace(name="retweets"), (1, 5), (2, 7)),
        *measured(TWEET._replace(name="impressions"), (2, 900)),
        event_of(ACCOUNT._replace(name="revenue", value=1.5, currency="EUR")),
        event_of(ACCOUNT._replace(owner="bea", value=7)),
        {**published("youtube", "UC1", "v1", "One"), "parentId": "film"},
        published("twitter", "77", "t1", "A tweet"),
    )  # fmt: skip
    return case


async def test_the_trending_videos_are_those_of_the_file(case: Case, client: Client) -> None:
    for again in range(2):
        send(case, NOON + (1 + again) * MINUTE, *map(event_of, observations(NOON)))
    assert compared(case.clickhouse)[2:4] == (4_971, 0)
    body = await asked(client, "growth", **{"from": "2017-11-14", "to": "2017-11-24", "tz": "UTC"})
    totals = body["totals"]
    assert (totals["posts"], totals["views"], totals["likes"]) == (392, 346_906_990, 11_901_913)
    # Two videos hid their comments in the end: what they were last observed with, 313 and 14, stands.
    assert totals["comments"] == 1_303_146 + 327
    assert (totals["viewsGained"], totals["viewsCorrected"], totals["gaps"]) == (140_167_293, 0, 7)
    by_day = {day["date"]: day["views"] for day in body["series"]}
    assert (by_day["2017-11-14"], by_day["2017-11-15"], by_day["2017-11-24"]) == (
        None,
        18_087_730,
        12_291_573,
    )
    assert sum(views or 0 for views in by_day.values()) == 140_167_293
    [platform] = body["platforms"]
    assert (platform["platform"], platform["totals"], platform["series"]) == (
        "youtube",
        totals,
        body["series"],
    )
    weeks = await asked(
        client, "growth", **{"from": "2017-11-14", "to": "2017-11-24", "tz": "UTC", "interval": "week"}
    )
    assert [week["date"] for week in weeks["series"]] == ["2017-11-14", "2017-11-20"]
    assert sum(week["views"] for week in weeks["series"]) == 140_167_293


async def test_a_corrected_value_stands_and_the_same_fetch_again_changes_nothing(
    case: Case, client: Client
) -> None:
    fetches = [
        event_of(VIEWS._replace(value=value, fetched_at=NOON + n)) for n, value in enumerate([10, 12, 10])
    ]

    async def views() -> int:
        found: int = (await asked(client, "dashboard"))["totals"]["views"]
        return found

    for number, expected in enumerate([10, 12, 10], 1):
        send(case, NOON + number * MINUTE, fetches[number - 1])
        assert await views() == expected
    send(
        case,
        NOON + 4 * MINUTE,
        fetches[1],
        event_of(VIEWS._replace(value=3, observed_at=VIEWS.observed_at - DAY)),
    )
    assert await views() == 10
    assert compared(case.clickhouse)[2:4] == (4, 0)


async def test_every_platform_together_and_side_by_side(some: Case, client: Client) -> None:
    body = await asked(client, "dashboard")
    assert shape(body) == shape(golden("platforms_dashboard"))
    totals = body["totals"]
    assert (totals["posts"], totals["views"], totals["engagement"]) == (3, 100 + 990 + 70, 6 + 7)
    # The video without likes is in no rate.
    assert totals["engagementRate"] == round(100 * 13 / 170, 2)
    assert (totals["followers"], totals["followersGained"], totals["growthRate"]) == (110, 10, 10.0)
    assert (totals["viewsGained"], totals["viewsCorrected"], totals["gaps"]) == (30 + 60 + 20, -10, 1)
    assert [one["platform"] for one in body["platforms"]] == ["youtube", "twitter"]
    assert [one["totals"]["shares"] for one in body["platforms"]] == [None, 7]
    assert [post["title"] for post in body["topContent"]] == ["youtube:v2", "One", "A tweet"]
    assert body["previous"]["views"] is None
    assert len(body["viewsAre"]) == 2
    only = await asked(client, "dashboard", platform="twitter")
    assert (only["totals"]["views"], only["totals"]["followers"]) == (70, None)
    side = await asked(client, "compare")
    assert shape(side) == shape(golden("compared"))
    assert [one["numbers"] for one in side["platforms"]] == body["platforms"]
    assert [one["best"]["contentId"] for one in side["platforms"]] == ["youtube:v2", "twitter:t1"]


async def test_growth_is_compared_with_the_days_before(some: Case, client: Client) -> None:
    days = {"from": iso(NOON - 2 * DAY)[:10], "to": iso(NOON)[:10]}
    body = await asked(client, "growth", **days)
    assert shape(body) == shape(golden("audience_growth"))
    assert [day["views"] for day in body["series"]] == [30, 20, 60]
    assert [day["gaps"] for day in body["series"]] == [0, 0, 1]
    assert (body["previous"]["views"], body["previous"]["followers"]) == (10, 100)
    assert body["change"] == {"viewsGained": None, "engagementGained": None, "followers": 10.0}
    month = await asked(client, "growth", interval="month", **days)
    assert [one["views"] for one in month["series"]] == [110]


async def test_one_platform_has_every_number_of_its_accounts(some: Case, client: Client) -> None:
    body = await asked(client, "platform/youtube")
    assert shape(body) == shape(golden("one_platform"))
    [account] = body["accounts"]
    assert [(one["name"], one["value"], one["currency"]) for one in account["numbers"]] == [
        ("followers", 110, None), ("revenue", 1.5, "EUR"),
    ]  # fmt: skip
    assert (await asked(client, "platform/vine", status=400))["type"].endswith(":platform")


async def test_one_content_has_its_posts_and_all_that_is_told_of_them(some: Case, client: Client) -> None:
    body = await asked(client, "content/film")
    assert shape(body) == shape(golden("one_content"))
    [post] = body["posts"]
    assert {one["name"]: one["value"] for one in post["numbers"]} == {"dislikes": 2, "likes": 6, "views": 100}
    assert (post["post"]["viewsGained"], post["post"]["engagementRate"]) == (90, 6.0)
    own = await asked(client, "content/youtube:v1")
    assert (own["title"], own["posts"]) == ("One", body["posts"])
    assert (await asked(client, "content/youtube:v9", status=404))["type"].endswith(":content-unknown")


async def test_nobody_is_answered_of_another_who_may_not_read_all(some: Case, client: Client) -> None:
    for path in ("dashboard", "performance", "growth", "platform/youtube", "content/youtube:v1", "compare"):
        assert (await asked(client, path, status=403, user="bea"))["type"].endswith(":owner")
    body = await asked(client, "dashboard", bearer("boss", "read:admin"), user="bea")
    assert (body["userId"], body["totals"]["followers"], body["totals"]["views"]) == ("bea", 7, None)
    assert (await asked(client, "content/youtube:v1", bearer("bea"), status=404))["type"].endswith(
        ":content-unknown"
    )


async def test_pages_say_what_was_known_when_the_first_was_made(case: Case, client: Client) -> None:
    posts = [VIEWS._replace(post=f"p{n:02}", value=100 + n) for n in range(12)]
    send(case, NOON + MINUTE, *map(event_of, posts))
    send(
        case, NOON + 2 * MINUTE,
        *(published("youtube", "UC1", one.post, one.post) for one in posts),
    )  # fmt: skip
    first = await asked(client, "performance", limit="5")
    assert shape(first) == shape(golden("performance"))
    seen = [post["platformPostId"] for post in first["posts"]]
    # Among eleven others the greatest is above all: 100; the next one stands above ten of them.
    assert [post["performanceScore"] for post in first["posts"]][:2] == [100.0, 90.91]
    risen = event_of(posts[0]._replace(value=9_999, fetched_at=NOON + 1))
    send(case, NOON + 3 * MINUTE, risen, event_of(VIEWS._replace(post="new", value=101)))
    cursor = first["nextCursor"]
    while cursor:
        page = await asked(client, "performance", limit="5", cursor=cursor)
        seen += [post["platformPostId"] for post in page["posts"]]
        cursor = page["nextCursor"]
    assert seen == [f"p{n:02}" for n in reversed(range(12))]
    assert (await asked(client, "performance", limit="1"))["posts"][0]["platformPostId"] == "p00"


async def test_days_are_those_of_the_owners_own_zone(case: Case, client: Client) -> None:
    late = VIEWS._replace(observed_at=NOON + 5 * HOUR - DAY)
    zone = {"id": "z", "type": "settings", "userId": OWNER, "timestamp": NOON, "zone": "Asia/Tokyo"}
    send(case, NOON + MINUTE, zone, *measured(late, (0, 10), (-1, 4)))
    body = await asked(client, "growth", **{"from": "2026-09-19", "to": "2026-09-22"})
    assert body["period"]["tz"] == "Asia/Tokyo"
    tokyo = {day["date"]: day["views"] for day in body["series"]}
    utc = {day["date"]: day["views"] for day in (await asked(client, "growth", tz="UTC"))["series"]}
    assert [date for date, views in tokyo.items() if views] == [iso(late.observed_at + 9 * HOUR)[:10]]
    assert [date for date, views in utc.items() if views] == [iso(late.observed_at)[:10]]


async def test_a_range_that_is_none_or_too_long_is_refused(client: Client) -> None:
    for more in ({"from": "2026-02-30"}, {"from": "2026-03-02", "to": "2026-03-01"}, {"timeRange": "8d"}):
        assert (await asked(client, "dashboard", status=400, **more))["type"].endswith(":time-range")
    assert (await asked(client, "dashboard", status=422, **{"from": "2020-01-01"}))["type"].endswith(
        ":too-costly"
    )
    everything = await asked(client, "dashboard", timeRange="all")
    assert (everything["period"]["days"], everything["totals"]["posts"]) == (1, 0)
    assert json.dumps(everything["trend"][0]["views"]) == "null"
