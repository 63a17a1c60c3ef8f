"""The streak of a person: his own alone, open and closed, late and from hand to hand."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client, golden, shape

URL, AS_OF = "/api/analytics/streak", iso(NOON + HOUR)


def token(scope: str, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, **claims)}"}


ANN, ADMIN = token("read:self", sub="ann"), token("read:admin")


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(play("song", NOON - days * DAY, f"p{days}", userId="ann") for days in (1, 2, 3, 7, 8)),
        play("film", NOON - 3 * DAY, "f", userId="ann", contentType="movie"),
        play("song", NOON - 4 * DAY, "short", 5, userId="ann"),
        play("song", NOON - 5 * DAY, "bot", bot=True, userId="ann"),
        play("song", NOON - 6 * DAY, "visitor", anonymousId="ann"),
        play("song", NOON, "open", userId="bea"),
    )
    case.settle()
    case.archive.run(waits=31)
    return case


async def asked(
    client: Client, status: int = 200, headers: dict[str, str] = ANN, **parameters: str
) -> dict[str, Any]:
    async with client.get(URL, params={"asOf": AS_OF, **parameters}, headers=headers) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_a_streak_has_the_days_of_counted_plays_of_the_person_alone(client: Client) -> None:
    body = await asked(client)
    assert shape({**body, "contentTypes": []}) == shape({**golden("streak"), "contentTypes": []})
    numbers = [
        body[name] for name in ("currentStreak", "longestStreak", "daysWatched", "status", "contentTypes")
    ]
    assert numbers == [3, 3, 5, "atRisk", ["movie", "track"]]
    assert (body["userId"], body["lastWatchedDate"]) == ("ann", iso(NOON - DAY)[:10])


async def test_a_play_of_the_open_quarter_hour_makes_a_streak_active(case: Case, client: Client) -> None:
    case.feed.send(NOON + 2 * MINUTE, play("song", NOON + MINUTE, "now", userId="ann"))
    case.settle()
    body = await asked(client)
    assert (body["currentStreak"], body["status"]) == (4, "active")
    before = await asked(client, asOf=iso(NOON + MINUTE))
    assert (before["currentStreak"], before["status"]) == (3, "atRisk")


async def test_a_day_goes_from_hand_to_hand_with_its_only_play(case: Case, client: Client) -> None:
    def longer(user: str, at: int, seconds: int) -> dict[str, Any]:
        return play("show", at, "handed", seconds, playId="handed", userId=user)

    async def days() -> tuple[int, int]:
        case.settle()
        case.archive.run(waits=31)
        hers, theirs = await asked(client), await asked(client, headers=ADMIN, user="cat")
        return hers["daysWatched"], theirs["daysWatched"]

    for before, at in enumerate((NOON - 6 * DAY, NOON + MINUTE)):  # closed long ago, and open
        case.feed.send(NOON + 2 * MINUTE, longer("ann", at, 50))
        assert await days() == (6, before)
        case.feed.send(NOON + 3 * MINUTE, longer("cat", at, 51))
        assert await days() == (5, before + 1)


async def test_only_an_admin_scope_reads_another_persons_streak(client: Client) -> None:
    assert (await asked(client, headers=ADMIN, user="bea"))["currentStreak"] == 1
    assert (await asked(client, 403, user="bea"))["type"].endswith(":owner")
    assert (await asked(client, 400, headers=ADMIN))["type"].endswith(":user")
    assert (await asked(client, 400, headers=token("read:self", creators=["band"])))["type"].endswith(":user")
    assert (await asked(client, 200, headers=ADMIN, user="nobody"))["status"] == "broken"


async def test_the_zone_of_the_question_stands_in_where_an_event_names_none(
    case: Case, client: Client
) -> None:
    for number, (hour, zone) in enumerate(((11, {}), (34, {}), (36, {"tz": "Asia/Tokyo"}))):
        at = NOON - 100 * DAY + hour * HOUR
        case.feed.send(NOON + 2 * MINUTE, play("song", at, f"z{number}", userId="zoe", **zone))
    case.settle()
    case.archive.run(waits=31)
    longest = {
        zone: (await asked(client, headers=ADMIN, user="zoe", tz=zone))["longestStreak"]
        for zone in ("UTC", "Asia/Tokyo", "America/New_York")
    }
    # At 23:00, at 22:00 of the day after, and at 9:00 of one more in Tokyo, whatever the question says.
    assert longest == {"UTC": 3, "Asia/Tokyo": 2, "America/New_York": 3}
