"""The dashboard of a creator, field for field of its document: days, contents, sources, who follows him."""

from __future__ import annotations

import random
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client, golden, shape

URL, AS_OF = "/api/analytics/dashboard", iso(NOON)
BAND = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub='band')}"}


def day(before: int) -> str:
    return iso(NOON - before * DAY)[:10]


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(play("song", NOON - 40 * DAY + n, f"o{n}", 60, creatorId="band", country="DE") for n in range(2)),
        *(play("song", NOON - 2 * DAY + n, f"p{n}", 60, creatorId="band", source="direct") for n in range(3)),
        play("tune", NOON - DAY, "q", 60, creatorId="band", source="mail", country="IN", platform="web"),
        play("other", NOON - DAY, "r", 60, creatorId="duo", source="mail"),
        {"id": "l", "type": "like", "contentId": "tune", "timestamp": NOON - DAY},
        {"id": "s", "type": "share", "contentId": "tune", "timestamp": NOON - 2 * DAY, "platform": "mail"},
        {"id": "t", "type": "content", "contentId": "song", "timestamp": NOON - DAY, "title": "A Song"},
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    return case


async def asked(client: Client, status: int = 200, **parameters: str) -> dict[str, Any]:
    async with client.get(URL, params={"asOf": AS_OF, **parameters}, headers=BAND) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_a_dashboard_has_the_documents_fields_and_the_last_30_days(client: Client) -> None:
    body = await asked(client)
    assert shape(body) == shape(golden("dashboard"))
    assert body["period"] == {"start": day(29), "end": day(-1)}
    assert body["summary"] == {
        "totalPlays": 4, "totalLikes": 1, "totalShares": 1, "followers": 0, "following": 0
    }  # fmt: skip
    trends = body["trends"]
    assert [one["date"] for one in trends["playsOverTime"]] == [day(before) for before in range(29, -1, -1)]
    assert [one["plays"] for one in trends["playsOverTime"]][-3:] == [3, 1, 0]
    assert [one["likes"] for one in trends["likesOverTime"]][-3:] == [0, 1, 0]
    assert body["topContent"] == [
        {"mashupId": "song", "title": "A Song", "plays": 3, "likes": 0, "growth": 50},
        {"mashupId": "tune", "title": "tune", "plays": 1, "likes": 1, "growth": None},
    ]
    assert body["sources"] == [
        {"source": "direct", "count": 3, "percentage": 75},
        {"source": "mail", "count": 1, "percentage": 25},
    ]
    assert body["demographics"]["countries"] == [
        {"country": "unknown", "percentage": 75}, {"country": "IN", "percentage": 25}
    ]  # fmt: skip


async def test_all_of_history_begins_with_the_first_day_that_has_anything_of_the_creator(
    client: Client,
) -> None:
    body = await asked(client, timeRange="all")
    assert body["period"] == {"start": day(40), "end": day(-1)}
    assert len(body["trends"]["playsOverTime"]) == 41
    assert (body["summary"]["totalPlays"], body["topContent"][0]["growth"]) == (6, None)


async def test_days_are_those_of_the_zone(client: Client) -> None:
    days = {"from": day(2), "to": day(1), "tz": "Pacific/Kiritimati"}
    async with client.get(URL, params=days, headers=BAND) as response:
        body = await response.json()
    # Noon UTC is two o'clock of the next day there.
    assert body["trends"]["playsOverTime"] == [{"date": day(2), "plays": 0}, {"date": day(1), "plays": 3}]
    assert body["period"] == {"start": day(2), "end": day(0)}


@pytest.mark.parametrize("seed", range(3))
async def test_followers_are_those_whose_last_word_is_a_follow_in_whatever_order_it_comes(
    client: Client, case: Case, seed: int
) -> None:
    rng = random.Random(seed)
    people = [f"person-{n}" for n in range(40)]
    words = [
        {
            "id": f"w{seed}-{n}", "type": rng.choice(["follow", "unfollow"]), "userId": rng.choice(people),
            "creatorId": rng.choice(["band", "duo", "person-1"]),
            "timestamp": NOON - rng.randrange(1, 400) * HOUR,
        }
        for n in range(1_000)
    ]  # fmt: skip
    rng.shuffle(words)
    for start in range(0, len(words), 250):
        case.feed.send(NOON + 14 * HOUR + start, *words[start : start + 250])
        case.settle()
    # A repeat of an event, and a robot's word, change nothing.
    case.feed.send(
        NOON + 15 * HOUR, *words[:100], {**words[0], "id": "robot", "bot": True, "timestamp": NOON - 1}
    )
    case.settle()
    last: dict[tuple[str, str], str] = {}
    for word in sorted(words, key=lambda word: (word["timestamp"], word["type"])):
        last[word["userId"], word["creatorId"]] = word["type"]
    follows = {pair for pair, kind in last.items() if kind == "follow"}
    for creator in ("band", "person-1"):
        headers = {"Authorization": f"Bearer {mint(SECRET, 'read:self', sub=creator)}"}
        async with client.get(URL, params={"asOf": AS_OF}, headers=headers) as response:
            summary = (await response.json())["summary"]
        assert summary["followers"] == sum(creator == followed for _, followed in follows)
        assert summary["following"] == sum(creator == person for person, _ in follows)


async def test_a_follow_and_an_unfollow_of_one_moment_are_no_follow(client: Client, case: Case) -> None:
    def words(person: str, first: str, second: str) -> list[dict[str, Any]]:
        both = {"userId": person, "creatorId": "band", "timestamp": NOON - HOUR}
        return [
            {"id": f"{person}1", "type": first, **both},
            {"id": f"{person}2", "type": second, **both},
        ]

    case.feed.send(
        NOON + 14 * HOUR,
        *words("ann", "follow", "unfollow"),
        *words("ben", "unfollow", "follow"),
        {"id": "c", "type": "follow", "userId": "cy", "creatorId": "band", "timestamp": NOON - HOUR},
        {"id": "d", "type": "follow", "sessionId": "nobody", "creatorId": "band", "timestamp": NOON - HOUR},
    )
    case.settle()
    assert (await asked(client))["summary"]["followers"] == 1
    assert (await asked(client, asOf=iso(NOON - HOUR)))["summary"]["followers"] == 0


async def test_more_days_than_an_answer_has_are_too_costly(client: Client) -> None:
    body = await asked(client, 422, **{"from": "1970-01-01"})
    assert body["type"].endswith("too-costly")
