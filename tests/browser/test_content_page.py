"""The page of one content, as a reader sees it who comes from the Live page."""

import json
import re
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
ZONE = "Asia/Kolkata"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader whose screen is as wide as a laptop's, in UTC."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC")
    yield made
    made.close()


def test_a_click_on_a_title_leads_to_the_numbers_that_the_api_answers(
    context: BrowserContext, stack: RunningStack
) -> None:
    content = f"a/b 100% Mr. {uuid.uuid4().hex[:8]}"
    title = f"Brightside {content[-8:]}"
    sent = [play(content, title, user) for user in ("ann", "ben", "ann")] + [like(content, "ben")]
    receipt = stack.post(sent)
    assert receipt["accepted"] == len(sent), receipt
    assert got(stack, "/api/v1/settled", position=receipt["position"], wait="60")["settled"]
    page = context.new_page()
    page.goto(f"{stack.url}/?tz={ZONE}#{stack.link.partition('#')[2]}")

    page.get_by_role("region", name="Most played, last hour").get_by_role("link", name=title).click()

    address = f"{stack.url}/content/{urllib.parse.quote(content, safe='')}?tz={ZONE}"
    expect(page.get_by_role("heading", level=1, name=title)).to_be_focused(timeout=SOON_MS)
    assert page.url.replace("%2F", "/") == address.replace("%2F", "/")
    shows_what_the_api_answers(page, stack, content)
    # The address alone gives the same page, though its id has a dot, a slash and a per cent sign.
    page.reload()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=SOON_MS)
    shows_what_the_api_answers(page, stack, content)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="Back to Live").click()
    expect(page.get_by_role("region", name="Plays a minute")).to_be_visible()
    assert urllib.parse.urlsplit(page.url).path == "/"


def test_a_content_that_history_does_not_know_is_named_with_a_way_back(
    context: BrowserContext, stack: RunningStack
) -> None:
    page = context.new_page()
    page.goto(f"{stack.url}/content/never-played#{stack.link.partition('#')[2]}")

    expect(page.get_by_text("history knows no content 'never-played'")).to_be_visible(timeout=SOON_MS)
    page.get_by_role("link", name="Back to Live").click()
    expect(page.get_by_role("region", name="Plays a minute")).to_be_visible()


def test_a_reader_without_access_to_a_content_is_told_once_what_helps(
    context: BrowserContext, private_stack: RunningStack
) -> None:
    page = context.new_page()
    page.goto(f"{private_stack.url}/content/song")

    expect(page.get_by_role("alert")).to_contain_text(
        "These numbers need a link with a token.", timeout=SOON_MS
    )
    expect(page.locator(".connection-word")).to_have_text("No access", timeout=SOON_MS)
    expect(page.get_by_role("alert")).to_have_count(1)


def shows_what_the_api_answers(page: Page, stack: RunningStack, content: str) -> None:
    """Compare every number on the page with the answer of the API in the page's zone."""
    answer = got(stack, f"/api/analytics/mashups/{urllib.parse.quote(content, safe='')}", tz=ZONE)
    assert answer["lifetime"]["plays"] == 3
    assert answer["lifetime"]["likes"] == 1
    for name, value in answer["lifetime"].items():
        expect(page.locator(f'[data-figure="content.{name}"] .figure-value')).to_have_text(str(value))
    watched = answer["retention"]["avgWatchTime"]
    expect(page.locator('[data-figure="content.avgWatchTime"] .figure-value')).to_have_text(
        f"{watched // 60}:{watched % 60:02}"
    )
    expect(page.locator('[data-figure="content.completionRate"] .figure-value')).to_have_text(
        f"{answer['retention']['completionRate']}%"
    )
    days = [[str(day["plays"]), str(day["likes"])] for day in answer["daily"]]
    assert table(page, re.compile(r"Last \d+ days")) == days
    plays = {hour["hour"]: hour["plays"] for hour in answer["peakTimes"]}
    assert table(page, "Hours of the day") == [[str(plays.get(hour, 0))] for hour in range(24)]
    stops = answer["retention"]["dropOffPoints"]
    assert table(page, "Drop-off") == [[f"{stop['percentage']}%"] for stop in stops]


def table(page: Page, name: str | re.Pattern[str]) -> list[list[str]]:
    """Return the cells of the table under a chart, without its headings."""
    rows = page.get_by_role("region", name=name).locator("tbody tr")
    return [row.locator("td").all_text_contents() for row in rows.all()]


def got(stack: RunningStack, path: str, **query: str) -> dict[str, Any]:
    """Return what the server answers to a GET."""
    request = urllib.request.Request(
        f"{stack.url}{path}?{urllib.parse.urlencode(query)}",
        headers={"authorization": f"Bearer {stack.token}"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        body: dict[str, Any] = json.load(answer)
    return body


def play(content: str, title: str, user: str) -> dict[str, object]:
    """Return a finished play of a titled content that began two minutes ago."""
    times = {"duration": 95, "contentDuration": 180}
    return {**event("play", content, user, seconds_ago=120), **times, "title": title}


def like(content: str, user: str) -> dict[str, object]:
    """Return a like of this moment."""
    return {**event("like", content, user), "action": "like"}


def event(kind: str, content: str, user: str, seconds_ago: float = 0) -> dict[str, object]:
    """Return what all events have."""
    return {
        "id": str(uuid.uuid4()),
        "type": kind,
        "contentId": content,
        "contentType": "track",
        "userId": user,
        "sessionId": str(uuid.uuid4()),
        "timestamp": int((time.time() - seconds_ago) * 1000),
        "source": "browser-test",
    }
