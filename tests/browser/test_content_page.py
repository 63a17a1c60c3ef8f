"""The page of one content, as a reader sees it who comes from the Live page."""

import csv
import json
import time
import urllib.parse
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from axe import SCRIPT, findings_everywhere
from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
ZONE = "Asia/Kolkata"


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

    address = f"{stack.url}{address_of(content)}?tz={ZONE}"
    expect(page.get_by_role("heading", level=1, name=title)).to_be_focused(timeout=SOON_MS)
    assert page.url.replace("%2F", "/") == address.replace("%2F", "/")
    shows_what_the_api_answers(page, stack, content)
    # The address alone gives the same page, though its id has a dot, a slash and a per cent sign.
    page.reload()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=SOON_MS)
    shows_what_the_api_answers(page, stack, content)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.set_viewport_size({"width": 2560, "height": 1300})
    assert page.evaluate("document.documentElement.scrollWidth") <= 2560
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.get_by_role("link", name="Back to Live").click()
    expect(page.get_by_role("region", name="Plays a minute")).to_be_visible()
    assert urllib.parse.urlsplit(page.url).path == "/"


def test_any_range_bucket_and_comparison_is_that_of_the_api_and_in_the_address(
    context: BrowserContext, stack: RunningStack, tmp_path: Path
) -> None:
    content = f"range {uuid.uuid4().hex[:8]}"
    days = [1, 1, 2, 5, 9, 13, 33, 40, 61]
    times = [{"timestamp": int((time.time() - day * 86_400) * 1000), "source": f"s{day % 3}"} for day in days]
    receipt = stack.post([{**play(content, content, f"u{number}"), **at} for number, at in enumerate(times)])
    assert receipt["accepted"] == len(days), receipt
    assert got(stack, "/api/v1/settled", position=receipt["position"], wait="60")["settled"]
    page = context.new_page()
    page.goto(f"{stack.url}{address_of(content)}?tz={ZONE}#{stack.link.partition('#')[2]}")
    shows_the_range(page, stack, content, {"timeRange": "30d", "compare": "previous"}, "day")
    assert sum(int(plays) for plays, _ in table(page, "Last 30 days")) == 6
    assert sum(int(before) for _, before in table(page, "Last 30 days")) == 2

    page.get_by_role("button", name="7d").click()
    page.get_by_role("button", name="Hours", exact=True).last.click()
    page.get_by_role("combobox", name="Compare with").select_option("weekdays")
    shows_the_range(page, stack, content, {"timeRange": "7d", "compare": "weekdays"}, "hour")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    assert asked == {"tz": ZONE, "timeRange": "7d", "bucket": "hour", "compare": "weekdays"}

    page.get_by_role("button", name="90d").click()
    page.get_by_role("button", name="Weeks").click()
    page.get_by_role("button", name="Hours", exact=True).first.click()
    shows_the_range(page, stack, content, {"timeRange": "90d", "compare": "weekdays"}, "week", "hours")
    page.reload()
    shows_the_range(page, stack, content, {"timeRange": "90d", "compare": "weekdays"}, "week", "hours")

    page.get_by_role("button", name="all").click()
    shows_the_range(page, stack, content, {"timeRange": "all"}, "month", "hours")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "content.csv")
    with (tmp_path / "content.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["value"]) for row in rows if (row["part"], row["measure"]) == ("month", "plays")) == 9
    assert sum(int(row["value"]) for row in rows if row["part"] == "source") == 9


def test_axe_finds_nothing_grave_on_the_page_of_a_content(
    context: BrowserContext, stack: RunningStack
) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    receipt = stack.post([play("seen", "Seen", "ann")])
    assert got(stack, "/api/v1/settled", position=receipt["position"], wait="60")["settled"]
    page = context.new_page()
    page.goto(f"{stack.url}/content/seen#{stack.link.partition('#')[2]}")
    expect(page.get_by_role("region", name="Sources").get_by_role("listitem")).to_have_count(
        1, timeout=SOON_MS
    )
    assert findings_everywhere(page) == {}


def test_a_reader_without_a_token_sees_the_last_30_days_of_a_content(
    context: BrowserContext, stack: RunningStack
) -> None:
    receipt = stack.post([play("public", "Public", "ann"), like("public", "ann")])
    assert got(stack, "/api/v1/settled", position=receipt["position"], wait="60")["settled"]
    page = context.new_page()
    page.goto(f"{stack.url}/content/public?tz={ZONE}")
    expect(page.get_by_text("opens with a link that has the scope read:admin")).to_be_visible(timeout=SOON_MS)
    daily = got(stack, "/api/analytics/mashups/public", tz=ZONE)["daily"]
    assert table(page, "Last 30 days") == [[str(day["plays"]), str(day["likes"])] for day in daily]


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
    shows_the_range(page, stack, content, {"timeRange": "30d", "compare": "previous"}, "day")
    plays = {hour["hour"]: hour["plays"] for hour in answer["peakTimes"]}
    assert table(page, "Hours of the day") == [[str(plays.get(hour, 0))] for hour in range(24)]
    stops = answer["retention"]["dropOffPoints"]
    assert table(page, "Drop-off") == [[f"{stop['percentage']}%"] for stop in stops]


def shows_the_range(
    page: Page, stack: RunningStack, content: str, of: dict[str, str], bucket: str, measure: str = "plays"
) -> None:
    """Compare the numbers of a range, its chart and its lists with what the API answers to the same questions."""
    names = {"30d": "Last 30 days", "7d": "Last 7 days", "90d": "Last 90 days", "all": "All time"}
    region = page.get_by_role("region", name=names[of["timeRange"]])
    heading = {"day": "Day", "hour": "Hour", "week": "Week", "month": "Month"}[bucket]
    expect(region.locator("thead th").first).to_have_text(heading, timeout=SOON_MS)
    question = {
        **of,
        "tz": ZONE,
        "filters": [{"dimension": "content", "operator": "is", "values": [content]}],
    }
    [total] = queried(stack, {**question, "metrics": ["plays", "hours", "listeners"]})
    for metric in ("plays", "hours", "listeners"):
        figure = region.locator(f'[data-figure="range.{metric}"]')
        expect(figure.locator(".figure-value")).to_have_text(shown(total[metric]), timeout=SOON_MS)
        if "compared" in total:
            expect(figure.locator(".figure-before")).to_contain_text(
                f"before {shown(total['compared'][metric])}"
            )
    rows = queried(stack, {**question, "metrics": [measure], "dimensions": [bucket]})
    cells = [[row[measure], *([row["compared"][measure]] if "compared" in row else [])] for row in rows]
    expect(region.locator("tbody tr")).to_have_count(len(rows))
    assert table(page, names[of["timeRange"]]) == [[shown(cell) for cell in row] for row in cells]
    sources = queried(stack, {**question, "metrics": ["plays"], "dimensions": ["source"], "limit": 8})
    listed = page.get_by_role("region", name="Sources").get_by_role("listitem").all()
    assert [
        (row.locator(".parts-name").inner_text(), row.locator(".parts-value").inner_text().split()[0])
        for row in listed
    ] == [(row["source"], shown(row["plays"])) for row in sources]


def shown(value: float) -> str:
    """Return a number as the page has it: two decimals at most."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"


def queried(stack: RunningStack, question: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that the server answers to a query."""
    request = urllib.request.Request(
        f"{stack.url}/api/v1/query",
        data=json.dumps(question).encode(),
        headers={"authorization": f"Bearer {stack.token}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["rows"]
    return rows


def address_of(content: str) -> str:
    """Return the path of a content's page."""
    return f"/content/{urllib.parse.quote(content, safe='')}"


def table(page: Page, name: str) -> list[list[str]]:
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
