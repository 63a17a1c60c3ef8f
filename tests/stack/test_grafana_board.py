"""The Grafana board: each of its queries is asked as the plug-in asks it, as the analyst, and answers."""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from fresh_servers import fresh_clickhouse, fresh_redis
from real_servers import TestClickHouse, TestRedis
from stack.servers.analyst import ANALYST

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana"
BOARD: dict[str, Any] = json.loads((FOLDER / "dashboards" / "streakline.json").read_text())
[SOURCE] = yaml.safe_load((FOLDER / "provisioning" / "datasources" / "streakline.yml").read_text())[
    "datasources"
]
PANELS: dict[str, dict[str, Any]] = {panel["title"]: panel for panel in BOARD["panels"]}
FROM, TO, INTERVAL_S = NOON - 3 * DAY, NOON + MINUTE, 3_600


def written_out(sql: str, content: str = "") -> str:
    """Return a query as the plug-in's documentation says that its macros and Grafana's variables are replaced."""
    first, last = FROM // 1000, TO // 1000
    days = [f"toDate('{datetime.fromtimestamp(at, UTC):%Y-%m-%d}')" for at in (first, last)]
    text = re.sub(
        r"\$__timeFilter\(([\w.]+)\)", rf"\1 >= toDateTime({first}) AND \1 <= toDateTime({last})", sql
    )
    text = re.sub(r"\$__dateFilter\(([\w.]+)\)", rf"\1 >= {days[0]} AND \1 <= {days[1]}", text)
    text = re.sub(
        r"\$__timeInterval\(([\w.]+)\)",
        rf"toStartOfInterval(toDateTime(\1), INTERVAL {INTERVAL_S} second)",
        text,
    )
    text = text.replace("$__interval_s", str(INTERVAL_S))
    text = text.replace("${content:sqlstring}", "'{}'".format(content.replace("'", "''")))
    assert "$" not in text, "something is left that the plug-in would not know"
    return text


def asked(url: str, sql: str, form: str) -> bytes:
    """Ask over HTTP as the plug-in does: the query as a POST, its own patience and 5 s more as the limit of time."""
    parts = urlsplit(url)
    query = urllib.parse.urlencode(
        {"database": SOURCE["jsonData"]["defaultDatabase"], "default_format": form, "max_execution_time": 35}
    )
    user = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    request = urllib.request.Request(
        f"http://{parts.hostname}:{parts.port}/?{query}", sql.encode(), {"Authorization": f"Basic {user}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        pytest.fail(f"{sql}\n{error.read().decode()}")


@pytest.fixture(scope="module")
def url(redis_process: TestRedis, clickhouse_process: TestClickHouse) -> Iterator[str]:
    """The analyst's address of a history that the module's tests read and do not change."""
    with (
        fresh_redis(redis_process) as redis_server,
        fresh_clickhouse(clickhouse_process) as clickhouse_server,
    ):
        case = Case(redis_server, clickhouse_server)
        feed(case)
        yield clickhouse_server.analyst_url
        case.clickhouse.close()


def feed(case: Case) -> None:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON - 2 * DAY, "p1", 1800, userId="ann", country="DE", source="search"),
        play("song", NOON - DAY, "p2", 1800, userId="bob", source="search"),
        play("it's", NOON - DAY, "p3", 7, userId="ann"),
        play("song", NOON - 9 * DAY, "before", 100, userId="cleo"),
        play("song", NOON - DAY, "robot", bot=True),
        {"id": "t", "type": "content", "contentId": "song", "timestamp": NOON, "title": "A Song"},
        {"id": "l", "type": "like", "contentId": "song", "timestamp": NOON - HOUR, "userId": "ann"},
        {"id": "s", "type": "share", "contentId": "chess", "contentType": "app", "timestamp": NOON - HOUR,
         "platform": "whatsapp", "userId": "ann"},
    )  # fmt: skip
    case.settle()


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_is_answered(url: str, title: str) -> None:
    [target] = PANELS[title]["targets"]
    for content in ("", "song", "it's"):
        sql = written_out(target["rawSql"], content)
        asked(url, sql, "Native")  # the format that the plug-in reads
        answer = json.loads(asked(url, sql, "JSON"))
        columns = {column["name"]: column["type"] for column in answer["meta"]}
        assert not any("AggregateFunction" in kind or "UInt128" in kind for kind in columns.values())
        assert (target["queryType"], target["format"]) == (
            ("timeseries", 0) if "time" in columns else ("table", 1)
        )
        if "time" in columns:
            assert columns["time"].startswith("DateTime")
            assert [row["time"] for row in answer["data"]] == sorted(row["time"] for row in answer["data"])
        assert answer["data"] or content, "the history has something for every panel"


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("Plays", [{"plays": 2}]),
        ("Listeners", [{"listeners": 2}]),
        ("Hours listened", [{"hours": 1.0019444444444445}]),
        ("Skipped", [{"percent": 100 / 3}]),
        ("Likes, less unlikes", [{"likes": 1}]),
        ("Sources", [{"source": "search", "plays": 2}]),
        ("Most shared apps", [{"app": "chess", "shares": 1, "people": 1}]),
        ("Devices", [{"device": "unknown", "plays": 2}]),
    ],
)
def test_numbers_are_those_of_the_range(url: str, title: str, rows: list[dict[str, Any]]) -> None:
    [target] = PANELS[title]["targets"]
    sql = f"{written_out(target['rawSql'])} settings output_format_json_quote_64bit_integers = 0"
    found = json.loads(asked(url, sql, "JSON"))["data"]
    assert found == [{name: pytest.approx(value) for name, value in row.items()} for row in rows]


def test_titles_stand_in_the_list_of_what_was_played(url: str) -> None:
    [target] = PANELS["Most played"]["targets"]
    found = json.loads(asked(url, written_out(target["rawSql"]), "JSON"))["data"]
    assert [row["title"] for row in found][:2] == ["A Song", "chess"]


def test_the_board_asks_the_source_that_is_provisioned_over_http_as_the_analyst() -> None:
    assert SOURCE["jsonData"]["protocol"] == "http"
    assert SOURCE["jsonData"]["username"] == ANALYST
    wanted = {"type": SOURCE["type"], "uid": SOURCE["uid"]}
    assert all(one["datasource"] == wanted for panel in PANELS.values() for one in (panel, *panel["targets"]))
    assert [panel["id"] for panel in BOARD["panels"]] == list(range(1, len(PANELS) + 1))


def test_no_panel_lies_on_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
