"""Freezes, pauses, repairs and settings of a person: what they do to his streak, and how they are stated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import permutations
from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from real_servers import TestRedis
from server.door.tokens import mint
from stored_events import stored
from streakline.times import iso
from wire import SECRET, Client, Serve, golden, shape

AS_OF = NOON + HOUR
Asked = Callable[..., Awaitable[dict[str, Any]]]
TODAY = iso(NOON)[:10]


def token(scope: str, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, **claims)}"}


def date(days: int) -> str:
    """Return the date of so many days before today."""
    return iso(NOON - days * DAY)[:10]


def said(kind: str, days: float, identity: str, **fields: Any) -> dict[str, Any]:
    """Return a personal event of so many days ago."""
    if "first" in fields:
        fields = {"from_": date(fields["first"]), "to": date(fields["last"])}
    return {"id": identity, "type": kind, "timestamp": int(NOON - days * DAY), "userId": "ann", **fields}


def played(*days: float) -> list[dict[str, Any]]:
    return [play("song", int(NOON - day * DAY), f"p{day}", userId="ann") for day in days]


@pytest.fixture
def send(case: Case) -> Callable[..., None]:
    """Send events one by one and have them stored and, where their quarter hour is over, recounted."""
    case.feed.tick(NOON)

    def sent(*events: dict[str, Any]) -> None:
        for event in events:
            case.feed.send(NOON + MINUTE, event)
        case.settle()
        case.archive.run(waits=31)

    return sent


@pytest.fixture
def asked(client: Client) -> Asked:
    async def ask(path: str = "/api/analytics/streak", **parameters: str) -> dict[str, Any]:
        given = {"asOf": iso(AS_OF), **parameters}
        async with client.get(path, params=given, headers=token("read:self", sub="ann")) as response:
            body: dict[str, Any] = await response.json(content_type=None)
            assert response.status == 200, body
            return body

    return ask


def numbers(streak: dict[str, Any]) -> tuple[Any, ...]:
    held = streak["freezes"]
    return streak["currentStreak"], streak["status"], held["balance"], held["used"]


async def test_a_freeze_covers_the_earliest_day_missed_after_it_was_got_and_a_late_play_gives_it_back(
    send: Callable[..., None], asked: Asked
) -> None:
    send(*played(6, 5, 2, 1))
    assert numbers(await asked()) == (2, "atRisk", 0, [])
    send(said("freeze", 7, "f1"), said("freeze", 4.2, "f2"))
    # 4 and 3 days ago nothing was played: the first freeze covers the former, the second the latter.
    assert numbers(await asked()) == (4, "atRisk", 0, [date(4), date(3)])
    send(*played(4))
    assert numbers(await asked()) == (5, "atRisk", 1, [date(3)])
    send(said("freeze", 0, "u1", undoes="f1"))
    assert numbers(await asked()) == (5, "atRisk", 0, [date(3)])
    send(said("freeze", 0, "u2", undoes="f2"))
    assert numbers(await asked()) == (2, "atRisk", 0, [])


async def test_a_pause_a_repair_and_weekends_bridge_days_and_lengthen_nothing(
    send: Callable[..., None], asked: Asked
) -> None:
    send(*played(30, 20, 11, 9, 1, 0))
    assert (await asked())["longestStreak"] == 2
    send(said("pause", 31, "p", first=29, last=21))
    assert (await asked())["longestStreak"] == 2
    send(said("repair", 8, "r", day=date(10)))
    send(said("pause", 0, "q", first=19, last=12), said("pause", 0, "q2", first=8, last=2))
    assert numbers(await asked()) == (6, "active", 0, [])
    send(said("pause", 0, "u", undoes="q2"))
    found = await asked()
    assert (found["currentStreak"], found["longestStreak"]) == (2, 4)
    send(said("repair", 0, "v", undoes="r"))
    assert (await asked())["longestStreak"] == 3
    send(said("pause", 0, "w", undoes="q"), said("pause", 0, "x", undoes="p"))
    assert (await asked())["longestStreak"] == 2


async def test_weekends_off_and_the_mode_are_those_that_the_person_states(
    send: Callable[..., None], asked: Asked
) -> None:
    # Noon is of a Monday: what lies before is played on weekdays alone, at noon.
    weekday = (NOON // DAY + 3) % 7
    days = [day for day in range(14) if (weekday - day) % 7 < 5]
    send(*played(*days))
    plain = await asked()
    assert plain["longestStreak"] == 5
    send(said("settings", 1, "s1", weekendsOff=True))
    assert (await asked())["currentStreak"] == len(days)
    send(said("settings", 0.5, "s2", mode="rolling-24h"))
    found = await asked()
    assert (found["mode"], (await asked(mode="calendar-day"))["currentStreak"]) == ("rolling-24h", len(days))
    # Start to start are 24 hours, which is not less: only days off bridge them.
    assert found["longestStreak"] == 1
    assert (await asked(asOf=iso(NOON - DAY - 1)))["longestStreak"] == plain["longestStreak"]


async def test_the_zone_that_a_person_states_is_that_of_every_answer_that_names_none(
    send: Callable[..., None], asked: Asked
) -> None:
    send(
        play("song", NOON - DAY + 11 * HOUR, "late", userId="ann"),
        said("settings", 3, "s", zone="Asia/Tokyo"),
    )
    for path in ("streak", "milestones", "viewing-time", f"year-in-review/{TODAY[:4]}"):
        assert (await asked(f"/api/analytics/{path}"))["tz"] == "Asia/Tokyo"
        assert (await asked(f"/api/analytics/{path}", tz="UTC"))["tz"] == "UTC"
    record = await asked("/api/v1/people/ann/record")
    assert (record["tz"], [day["date"] for day in record["days"]]) == ("Asia/Tokyo", [TODAY])
    assert (await asked())["lastWatchedDate"] == TODAY
    assert (await asked(tz="UTC"))["lastWatchedDate"] == date(1)
    assert (await asked(asOf=iso(NOON - 4 * DAY)))["tz"] == "UTC"


async def test_neither_order_nor_repeats_change_what_was_stated(
    send: Callable[..., None], client: Client
) -> None:
    parts = [
        *played(6, 5, 2, 1), said("freeze", 7, "f"), said("freeze", 1, "u", undoes="f"),
        said("pause", 3, "p", first=4, last=3),
    ]  # fmt: skip
    orders = {f"ann-{number}": order for number, order in enumerate(permutations(parts[3:]))}
    # An id is of one event of one person.
    send(
        *(
            {**one, "userId": person, "id": f"{one['id']} {person}"}
            | ({"undoes": f"{one['undoes']} {person}"} if "undoes" in one else {})
            for person, order in orders.items()
            for one in (*order, *parts[:3], *order[:2])
        )
    )
    for person, order in orders.items():
        given = {"asOf": iso(AS_OF), "user": person}
        async with client.get("/api/analytics/streak", params=given, headers=token("read:admin")) as response:
            assert numbers(await response.json()) == (4, "atRisk", 0, []), order


async def test_what_is_stated_of_a_person_is_shown(send: Callable[..., None], asked: Asked) -> None:
    send(
        *played(3, 1), said("freeze", 4, "f"), said("pause", 9, "p", first=8, last=5),
        said("repair", 6, "r", day=date(7)), said("repair", 5, "r2", day=date(6)),
        said("settings", 1, "s", zone="Europe/Berlin", weekendsOff=False),
    )  # fmt: skip
    found = await asked("/api/v1/people/ann")
    assert shape(found) == shape(golden("person"))
    assert (found["zone"], found["tz"], found["weekendsOff"]) == ("Europe/Berlin", "Europe/Berlin", False)
    assert found["freezes"] == {
        "balance": 0, "most": 2, "used": [date(2)],
        "got": [
            {"id": "f", "day": date(4), "at": iso(NOON - 4 * DAY), "state": "used", "usedFor": date(2)}
        ],
    }  # fmt: skip
    assert found["pauses"] == [{"id": "p", "from": date(8), "to": date(5)}]
    assert [(one["id"], one["day"], one["holds"]) for one in found["repairs"]] == [
        ("r", date(7), True),
        ("r2", date(6), False),
    ]
    assert (found["repairable"], found["nextRepair"]) == ([], date(-1))
    nobody = await asked("/api/v1/people/ann", asOf=iso(NOON - 20 * DAY))
    assert (nobody["zone"], nobody["tz"], nobody["freezes"]["got"], nobody["pauses"]) == (None, "UTC", [], [])


async def test_a_day_that_is_named_as_one_to_repair_is_repaired_and_then_none_for_a_week(
    send: Callable[..., None], asked: Asked
) -> None:
    send(*played(5, 4, 2, 1))
    found = await asked("/api/v1/people/ann")
    missed = {"day": date(3), "currentStreak": 4, "gained": 2}
    assert (found["repairable"], found["nextRepair"]) == ([missed], None)
    send(said("repair", 0, "r", day=date(3)))
    found = await asked("/api/v1/people/ann")
    assert (found["repairable"], found["nextRepair"]) == ([], date(-7))
    assert (await asked())["currentStreak"] == 4


ANN = token("write:self", sub="ann")


async def stated(
    client: Client, method: str, path: str, status: int = 202, headers: dict[str, str] = ANN, **options: Any
) -> dict[str, Any]:
    url = f"/api/v1/people/{path}"
    async with client.request(method, url, headers=headers, **options) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_statements_are_events_of_the_person_by_himself_and_by_who_may_write_for_all(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve(roles=("api",))
    for headers in (ANN, token("write"), token("admin"), token("write", sub="bea")):
        answer = await stated(client, "POST", "ann/freezes", json={"id": "f-1"}, headers=headers)
        assert (shape(answer), answer["id"]) == (shape(golden("personal_stated")), "f-1")
    assert (await stated(client, "POST", "ann/freezes"))["id"]
    pause = {"id": "p-1", "from": "2026-07-01", "to": "2026-07-14"}
    await stated(client, "POST", "ann/pauses", json=pause)
    await stated(
        client, "POST", "ann/repairs", json={"day": "2026-07-15", "timestamp": "2026-07-17T08:00:00+02:00"}
    )
    await stated(client, "PUT", "ann", json={"zone": "Asia/Tokyo"})
    for kind, which in (("freezes", "f-1"), ("pauses", "p-1"), ("repairs", "r%2F1")):
        taken = await stated(client, "DELETE", f"ann/{kind}/{which}")
        assert taken["id"] == which.replace("%2F", "/")
    rows = stored(redis_server)
    assert {cold.userId for _, _, cold in rows} == {"ann"}
    assert sorted((cold.type, cold.properties) for _, _, cold in rows) == sorted([
        *[("freeze", "")] * 5, ("pause", '{"from":"2026-07-01","to":"2026-07-14"}'), ("repair", '{"day":"2026-07-15"}'),
        ("settings", '{"zone":"Asia/Tokyo"}'), ("freeze", '{"undoes":"f-1"}'), ("pause", '{"undoes":"p-1"}'),
        ("repair", '{"undoes":"r/1"}'),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "ann/pauses", {"from": "2026-07-01"}, "missing required field `to`"),
        ("POST", "ann/pauses", {"from": "2026-07-01", "to": "2026-12-01"}, "a pause has at most 90"),
        ("POST", "ann/repairs", {"day": "2020-01-01"}, "day 2020-01-01 is not one of the 7 days"),
        ("POST", "ann/freezes", {"when": 5}, "unknown field `when`"),
        ("PUT", "ann", {}, "settings state nothing"),
        ("PUT", "ann", {"zone": "Mars"}, "zone 'Mars'"),
        ("DELETE", f"ann/freezes/{'x' * 201}", None, "undoes 'xxx"),
    ],
)
async def test_what_cannot_be_taken_is_refused_by_its_name(
    serve: Serve, redis_server: TestRedis, method: str, path: str, body: Any, told: str
) -> None:
    client = await serve(roles=("api",))
    refused = await stated(client, method, path, 400, **({} if body is None else {"json": body}))
    assert refused["type"] == "urn:streakline:problem:personal-event"
    assert told in refused["detail"]
    assert stored(redis_server) == []


async def test_nobody_states_anything_of_another(serve: Serve) -> None:
    client = await serve(roles=("api",))
    paths = [
        ("PUT", "ann", {"zone": "UTC"}), ("POST", "ann/freezes", {}), ("DELETE", "ann/freezes/f", None),
        ("POST", "ann/pauses", {"from": "2026-07-01", "to": "2026-07-02"}), ("DELETE", "ann/pauses/p", None),
        ("POST", "ann/repairs", {"day": "2026-07-01"}), ("DELETE", "ann/repairs/r", None),
    ]  # fmt: skip
    bea, reader = token("write:self", sub="bea"), token("read:self", sub="ann")
    for method, path, body in paths:
        options = {} if body is None else {"json": body}
        for headers, status, code in (
            (bea, 403, "owner"),
            (reader, 403, "scope-missing"),
            ({}, 401, "token-missing"),
        ):
            refused = await stated(client, method, path, status, headers=headers, **options)
            assert refused["type"] == f"urn:streakline:problem:{code}"
    long = await stated(client, "POST", f"{'x' * 201}/freezes", 400, headers=token("write"))
    assert long["type"].endswith(":user")


async def test_who_states_too_much_waits(serve: Serve) -> None:
    client = await serve(roles=("api",), rate=0.1)
    await stated(client, "POST", "ann/freezes")
    assert (await stated(client, "POST", "ann/freezes", 429))["type"].endswith(":rate")
    assert (await stated(client, "DELETE", "ann/freezes/f", 429))["type"].endswith(":rate")
