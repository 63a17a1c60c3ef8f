"""What cannot be asked is refused by name; whatever is sent is a value, never a piece of a statement."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from streakline.times import iso
from wire import SECRET, Client

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}
URL = "/api/v1/query"
WEEK = {"from": iso(NOON - 3 * DAY), "to": iso(NOON)}
HOSTILE = [
    "'", "''", '"', "`", "\\", "\\'", "\\\\'", "')", "'))", "' or 1=1 --", "' or '1'='1", "') or 1=1 --",
    "'; drop table events; --", "'; drop table events", "1; select 1", "x' union all select 1 --", "]", "['a']", "[]",
    "a','b", "{f0:Array(String)}", "{contents:Array(String)}", "{x:Identifier}", "{}", "{{", "}}", "%s", "%(x)s", "%27",
    "$1", ":x", "?", "--", "/* x */", "#", "\x00", "a\x00b", "\n", "\r\n", "\t", "\x1b[31m", "\x7f", "\u2028", "\u202e",
    "\ufeff", "\U0001f3a7", "Ünïcødé", "ﷺ", "\\N", "NULL", "null", "NaN", "-1", "1e999", "../../etc/passwd",
    "file('/etc/passwd')", "url('http://127.0.0.1:1/')", "http://127.0.0.1:1/", "system.users",
    "(select password from system.users)", "sleep(3)", "currentUser()", "<script>alert(1)</script>", "x" * 200,
]  # fmt: skip


@pytest.fixture(scope="module")
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(play(text, NOON - DAY, f"p{n}", 60, source=text) for n, text in enumerate(HOSTILE)),
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    return case


async def asked(client: Client, query: Any) -> tuple[int, dict[str, Any]]:
    async with client.post(URL, json=query, headers=ADMIN) as response:
        return response.status, await response.json(content_type=None)


PLAIN: dict[str, Any] = {"metrics": ["plays"], "dimensions": ["content"], "dateRange": WEEK}
MEMBERS = {
    "metric": lambda text: {"metrics": [text]},
    "dimension": lambda text: {"dimensions": [text]},
    "filter": lambda text: {"filters": [{"dimension": text, "operator": "is", "values": ["a"]}]},
    "operator": lambda text: {"filters": [{"dimension": "content", "operator": text, "values": ["a"]}]},
    "from": lambda text: {"dateRange": {"from": text, "to": iso(NOON)}},
    "to": lambda text: {"dateRange": {"from": 0, "to": text}},
    "timeRange": lambda text: {"dateRange": None, "timeRange": text},
    "asOf": lambda text: {"dateRange": {"from": 0}, "asOf": text},
    "tz": lambda text: {"tz": text},
    "compare": lambda text: {"compare": text},
    "orderBy": lambda text: {"orderBy": [{"by": text}]},
    "cursor": lambda text: {"cursor": text},
    "member": lambda text: {text: 1},
}


async def test_hostile_text_is_refused_wherever_a_name_belongs(client: Client) -> None:
    assert len(HOSTILE) >= 60
    for text in HOSTILE:
        for name, member in MEMBERS.items():
            status, body = await asked(client, PLAIN | member(text))
            assert (status, body["type"].partition("problem:")[1]) == (400, "problem:"), (name, text, body)


@pytest.mark.parametrize("dimension", ["content", "source"])
@pytest.mark.parametrize("operator", ["is", "contains"])
async def test_hostile_text_is_a_value_like_another(client: Client, dimension: str, operator: str) -> None:
    for text in HOSTILE:
        one = {"dimension": dimension, "operator": operator, "values": [text]}
        status, body = await asked(client, PLAIN | {"dimensions": [dimension], "filters": [one]})
        assert status == 200, (text, body)
        found = {row[dimension] for row in body["rows"]}
        assert text in found, (text, found)
        assert found == ({text} if operator == "is" else {one for one in HOSTILE if text in one})


async def test_all_of_them_are_returned_as_text_over_pages_that_end_at_each(client: Client) -> None:
    found, cursor = list[str](), None
    while True:
        status, body = await asked(client, PLAIN | {"limit": 1, "cursor": cursor, "compare": "previous"})
        assert status == 200, body
        found += [row["content"] for row in body["rows"]]
        cursor = body["nextCursor"]
        if cursor is None:
            break
    assert sorted(found) == sorted(HOSTILE)


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"metrics": []}, "metric", "metrics is empty"),
        ({"metrics": ["play"]}, "metric", "did you mean plays?"),
        ({"metrics": ["avg_duration"]}, "metric", "did you mean avgDuration?"),
        ({"metrics": ["plays", "plays"]}, "metric", "twice"),
        ({"dimensions": ["contry"]}, "dimension", "did you mean country?"),
        ({"dimensions": ["day", "hour"]}, "dimension", "day and hour"),
        ({"dimensions": ["content", "source", "country", "device", "day"]}, "dimension", "at most 4"),
        ({"filters": [{"dimension": "day", "operator": "is", "values": ["x"]}]}, "filter", "narrowed by the range"),
        ({"filters": [{"dimension": "content", "operator": "like", "values": ["x"]}]}, "filter", "'like'"),
        ({"filters": [{"dimension": "content", "operator": "is", "values": []}]}, "filter", "is empty"),
        ({"filters": [{"dimension": "content", "operator": "is", "values": [""]}]}, "filter", "1 to 500"),
        ({"filters": [{"dimension": "content", "operator": "is", "values": ["x"] * 501}]}, "filter", "500 values"),
        ({"tz": "Europe/Londom"}, "tz", "'Europe/Londom'"),
        ({"dateRange": {"from": "2026-02-30"}}, "time-range", "2026-02-30"),
        ({"dateRange": {"from": iso(NOON), "to": iso(NOON)}}, "time-range", "nothing is between"),
        ({"timeRange": "7d"}, "time-range", "both given"),
        ({"dateRange": None, "timeRange": "8d"}, "time-range", "'8d'"),
        ({"dateRange": None, "asOf": 0}, "time-range", "nothing lies before"),
        ({"dateRange": None, "timeRange": "all", "compare": "previous"}, "compare", "all"),
        ({"compare": "before"}, "compare", "year_before"),
        ({"orderBy": [{"by": "likes"}]}, "order", "'likes'"),
        ({"limit": 0}, "limit", "limit 0"),
        ({"limit": 10_001}, "limit", "limit 10001"),
        ({"limit": "ten"}, "query", "limit"),
        ({"metric": "plays"}, "parameter", "did you mean metrics?"),
        ({"dateRange": {"from": 10**30}}, "time-range", "from"),
        ({"dateRange": {"since": 1}}, "query", "since"),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused_by_name(
    client: Client, changed: dict[str, Any], code: str, words: str
) -> None:
    status, body = await asked(client, PLAIN | changed)
    assert (status, body["type"]) == (400, f"urn:streakline:problem:{code}"), body
    assert words in body["detail"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"metrics": ["listeners"], "dimensions": ["source"]}, "listeners by source"),
        ({"dimensions": ["source", "country"]}, "source together with country"),
        ({"dimensions": ["minute"]}, "minute"),
        ({"metrics": ["likes"], "dimensions": ["platform"]}, "likes by platform"),
        (
            {"dimensions": ["quarterHour"], "dateRange": {"from": "2025-01-01", "to": "2026-01-01"}},
            "9,000 buckets",
        ),
    ],
)
async def test_what_would_cost_too_much_is_refused_by_what_it_needs(
    client: Client, changed: dict[str, Any], words: str
) -> None:
    year = {"from": iso(NOON - 365 * DAY), "to": iso(NOON)}
    status, body = await asked(client, PLAIN | {"dateRange": year} | changed)
    assert (status, body["type"]) == (422, "urn:streakline:problem:too-costly"), body
    assert words in body["detail"]


async def test_a_cursor_belongs_to_its_question_and_its_moment(client: Client) -> None:
    _, body = await asked(client, PLAIN | {"limit": 1})
    cursor = body["nextCursor"]
    for changed in ({"metrics": ["starts"]}, {"tz": "Asia/Tokyo"}, {"dimensions": ["source"]}):
        status, body = await asked(client, PLAIN | changed | {"cursor": cursor})
        assert (status, body["type"]) == (400, "urn:streakline:problem:cursor")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"1", b"\xff", b'"x"', b"[" * 10_000])
async def test_what_is_no_question_is_refused(client: Client, body: bytes) -> None:
    async with client.post(URL, data=body, headers=ADMIN) as response:
        assert response.status == 400
        assert (await response.json(content_type=None))["type"].endswith(":query")


async def test_a_question_has_a_bound(client: Client) -> None:
    async with client.post(URL, data=b" " * 70_000, headers=ADMIN) as response:
        assert response.status == 413
