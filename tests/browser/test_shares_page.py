"""The page of shares: its numbers are the API's, in every range, and it says what lacks."""

import csv
import json
import urllib.parse
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from axe import SCRIPT, findings_everywhere
from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
DAY_MS = 86_400_000
STATS = "/api/admin/shares/stats"


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with shares of two apps over 80 days."""
    now = int(datetime.fromisoformat(got(stack, STATS)["asOf"]).timestamp() * 1000)
    platforms = ["mail", "whatsapp", "mail"]
    events = [
        {
            "id": f"s{number}", "type": "share", "contentId": "chess" if number % 4 else "a/b",
            "contentType": "app", "sessionId": "s", "platform": platforms[number % 3],
            "timestamp": now - number * 2 * DAY_MS,
        }
        for number in range(40)
    ]  # fmt: skip
    events[1]["title"] = "Chess Club"
    receipt = stack.post(events)
    assert receipt["accepted"] == len(events), receipt
    assert got(stack, "/api/v1/settled", position=receipt["position"], wait="60")["settled"]
    return stack


def test_every_number_is_that_of_the_api_in_each_range(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(filled.link)
    page.get_by_role("navigation").get_by_role("link", name="Shares").click()
    shows_what_the_api_answers(page, filled, 30)
    page.get_by_role("button", name="90 days").click()
    shows_what_the_api_answers(page, filled, 90)
    assert urllib.parse.urlsplit(page.url).query == "days=90"
    page.reload()
    shows_what_the_api_answers(page, filled, 90)
    for width in (375, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="7 days").click()
    shows_what_the_api_answers(page, filled, 7)
    page.get_by_role("region", name="Most shared apps").get_by_role("link", name="a/b").click()
    expect(page.get_by_role("heading", level=1, name="a/b")).to_be_visible(timeout=SOON_MS)


def test_the_csv_is_what_is_shown(context: BrowserContext, filled: RunningStack, tmp_path: Path) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/shares?days=90#{filled.link.partition('#')[2]}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "shares.csv")
    with (tmp_path / "shares.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    stats = got(filled, STATS, days="90")
    assert [(row["id"], int(row["shares"])) for row in rows if row["part"] == "day"] == [
        (day["date"], day["count"]) for day in stats["dailyShares"]
    ]
    assert {row["id"]: int(row["shares"]) for row in rows if row["part"] == "platform"} == stats[
        "platformStats"
    ]


def test_a_reader_without_access_is_told_what_helps(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/shares")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("These numbers need a link with a token.", timeout=SOON_MS)
    expect(alert).to_contain_text("read:admin")


def test_history_that_is_away_is_named_and_comes_back(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    away = {"type": "urn:streakline:problem:history-away", "detail": "history does not answer"}
    page.route(
        f"**{STATS}*",
        lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}, body=json.dumps(away)),
    )
    page.goto(f"{filled.url}/shares#{filled.link.partition('#')[2]}")
    expect(page.get_by_text("History does not answer now.")).to_be_visible(timeout=SOON_MS)
    page.unroute(f"**{STATS}*")
    shows_what_the_api_answers(page, filled, 30)


def test_axe_finds_nothing_grave(context: BrowserContext, filled: RunningStack) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = context.new_page()
    page.goto(f"{filled.url}/shares#{filled.link.partition('#')[2]}")
    shows_what_the_api_answers(page, filled, 30)
    assert findings_everywhere(page) == {}


def shows_what_the_api_answers(page: Page, stack: RunningStack, days: int) -> None:
    """Compare every number on the page with the answer of the API."""
    stats = got(stack, STATS, days=str(days))
    total = stats["totalShares"]
    expect(page.get_by_role("heading", level=2, name=f"Last {days} days")).to_be_visible(timeout=SOON_MS)
    expect(page.locator('[data-figure="shares.total"] .figure-value')).to_have_text(str(total))
    rows = page.get_by_role("region", name=f"Last {days} days").locator("tbody td")
    assert rows.all_text_contents() == [str(day["count"]) for day in stats["dailyShares"]]
    assert len(stats["dailyShares"]) in {days, days + 1}
    platforms = [(name, count) for name, count in stats["platformStats"].items()]
    assert listed(page, "Where to") == [
        (name, str(count), percent(count, total)) for name, count in platforms
    ]
    apps = [(app["appName"], app["shareCount"]) for app in stats["mostSharedApps"]]
    assert {name for name, _ in apps} <= {"Chess Club", "a/b"}
    assert listed(page, "Most shared apps") == [
        (name, str(count), percent(count, total)) for name, count in apps
    ]


def listed(page: Page, name: str) -> list[tuple[str, str, str]]:
    """Return name, count and per cent of each row of a list."""
    rows = page.get_by_role("region", name=name).get_by_role("listitem").all()
    return [
        (
            row.locator(".parts-name").inner_text(),
            row.locator(".parts-value").inner_text().split()[0],
            row.locator(".parts-percent").inner_text(),
        )
        for row in rows
    ]


def percent(count: int, total: int) -> str:
    return f"{(200 * count + total) // (2 * total)}%"


def got(stack: RunningStack, path: str, **query: str) -> dict[str, Any]:
    """Return what the server answers to a GET."""
    request = urllib.request.Request(
        f"{stack.url}{path}?{urllib.parse.urlencode(query)}",
        headers={"authorization": f"Bearer {stack.token}"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        body: dict[str, Any] = json.load(answer)
    return body
