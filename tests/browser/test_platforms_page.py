"""The page of the platforms: its numbers are the API's, for all platforms, one, and side by side."""

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
from server.door.tokens import mint
from stack.credentials import Credentials
from streakline.platforms.observations import Observation, Post, event_of, post_event_of

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
DAY_MS = 86_400_000
API = "/api/v1/analytics"
OWNER = "ann"


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with a channel of two videos and a tweet: a gap of three days, and views that were taken back."""
    at = got(stack, f"{API}/dashboard", user=OWNER)["asOf"]
    now = int(datetime.fromisoformat(at).timestamp() * 1000)

    def told(name: str, post: str, *values: float, platform: str = "youtube") -> list[dict[str, Any]]:
        account, surface = ("77", "tweets") if platform == "twitter" else ("UC1", "videos.list")
        return [
            event_of(
                Observation(
                    OWNER, platform, account, post, name, value, now - day * DAY_MS, now, surface, "v3"
                )
            )
            for day, value in zip(range(len(values) - 1, -1, -1), values, strict=True)
            if value >= 0
        ]

    events = [
        *told("followers", "", *range(100, 112)),
        *told("views", "v1", *range(1000, 1800, 100), -1, -1, -1, 2600),
        *told("likes", "v1", *range(10, 90, 10), -1, -1, -1, 130),
        *told("views", "v2", *range(500, 540, 10), 520, 600),
        *told("views", "t1", 50, 70, 75, platform="twitter"),
        *told("retweets", "t1", 5, 7, 7, platform="twitter"),
        post_event_of(Post(OWNER, "youtube", "UC1", "v1", "video", "One", now - 20 * DAY_MS, now)),
    ]
    receipt = stack.post(events)
    assert receipt["accepted"] == len(events), receipt
    assert got(stack, "/api/v1/settled", position=receipt["position"], wait="60")["settled"]
    return stack


def opened(context: BrowserContext, stack: RunningStack, query: str = "") -> Page:
    secret = Credentials.load(Path(stack.folder) / "secrets.json").secret
    page = context.new_page()
    page.goto(f"{stack.url}/platforms?{query}#token={mint(secret, 'read:self read:public', sub=OWNER)}")
    return page


def test_every_number_is_that_of_the_api_in_each_range(context: BrowserContext, filled: RunningStack) -> None:
    page = opened(context, filled)
    shows_what_the_api_answers(page, got(filled, f"{API}/dashboard", user=OWNER))
    totals = got(filled, f"{API}/dashboard", user=OWNER)["totals"]
    assert (totals["viewsCorrected"], totals["gaps"]) == (-10, 1)
    expect(page.get_by_text("Taken back by a platform: 10 views.")).to_be_visible()
    page.get_by_role("button", name="7d", exact=True).click()
    shows_what_the_api_answers(page, got(filled, f"{API}/dashboard", user=OWNER, timeRange="7d"))
    assert urllib.parse.urlsplit(page.url).query == "timeRange=7d"
    page.reload()
    shows_what_the_api_answers(page, got(filled, f"{API}/dashboard", user=OWNER, timeRange="7d"))


def test_one_platform_is_reached_and_left(context: BrowserContext, filled: RunningStack) -> None:
    page = opened(context, filled)
    page.get_by_role("region", name="Platforms").get_by_role("link", name="YouTube").click()
    expect(page.get_by_role("heading", level=1, name="YouTube")).to_be_visible(timeout=SOON_MS)
    shows_what_the_api_answers(page, got(filled, f"{API}/platform/youtube", user=OWNER))
    expect(page.get_by_role("region", name="UC1")).to_contain_text("followers")
    page.get_by_role("link", name="All platforms").click()
    expect(page.get_by_role("heading", level=1, name="Platforms")).to_be_visible(timeout=SOON_MS)


def test_platforms_stand_side_by_side_with_the_numbers_of_the_api(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = opened(context, filled)
    page.get_by_role("button", name="Compare").click()
    body = got(filled, f"{API}/compare", user=OWNER)
    for one, name in zip(body["platforms"], ("YouTube", "Twitter"), strict=True):
        region = page.get_by_role("region", name=name)
        expect(region).to_contain_text(one["viewIs"], timeout=SOON_MS)
        totals = one["numbers"]["totals"]
        shown = dict(
            zip(
                region.locator(".parts-name").all_inner_texts(),
                region.locator(".parts-value").all_inner_texts(),
                strict=True,
            )
        )
        assert {label: shown[label] for label in ("Views", "Engagement", "Followers", "Views a post")} == {
            "Views": number(totals["views"]),
            "Engagement": number(totals["engagement"]),
            "Followers": number(totals["followers"]),
            "Views a post": f"{one['viewsPerPost']:,g}",
        }
        days = region.locator("tbody td").all_text_contents()
        assert days == [number(day["engagement"]) for day in one["trend"]]


def test_a_server_that_is_no_application_says_so(context: BrowserContext, filled: RunningStack) -> None:
    page = opened(context, filled, "show=connections")
    connections = page.get_by_role("region", name="Connections")
    expect(connections).to_contain_text("No account is connected.", timeout=SOON_MS)
    expect(connections).to_contain_text("STREAKLINE_PLATFORMS")


def test_a_reader_without_access_is_told_what_helps(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/platforms")
    expect(page.get_by_role("alert")).to_contain_text(
        "These numbers need a link with a token.", timeout=SOON_MS
    )


@pytest.mark.parametrize("query", ["", "platform=youtube", "show=compare", "show=connections"])
def test_axe_finds_nothing_grave(context: BrowserContext, filled: RunningStack, query: str) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = opened(context, filled, query)
    expect(page.locator(".platforms section").first).to_be_visible(timeout=SOON_MS)
    assert findings_everywhere(page) == {}


def shows_what_the_api_answers(page: Page, body: dict[str, Any]) -> None:
    """Compare every number on the page with an answer of the API."""
    totals = body["totals"]
    days = page.get_by_role("region", name="Engagement by day").locator("tbody td")
    expect(days).to_have_count(len(body["trend"]), timeout=SOON_MS)
    figures = {
        "views": number(totals["views"]),
        "engagement": number(totals["engagement"]),
        "engagementRate": f"{totals['engagementRate']:g}%",
        "followers": number(totals["followers"]),
        "growthRate": f"+{totals['growthRate']:g}%",
        "performanceScore": number(totals["performanceScore"]),
    }
    for name, text in figures.items():
        expect(page.locator(f'[data-figure="platforms.{name}"] .figure-value')).to_have_text(text)
    assert days.all_text_contents() == [number(day["engagement"]) for day in body["trend"]]
    audience = page.get_by_role("region", name="Audience").locator("tbody td")
    assert audience.all_text_contents() == [number(day["followers"]) for day in body["trend"]]
    top = page.get_by_role("region", name="Top content").get_by_role("listitem")
    assert top.locator(".parts-name").all_inner_texts() == [post["title"] for post in body["topContent"]]
    assert top.locator(".parts-value").all_inner_texts() == [
        number(post["views"]) for post in body["topContent"]
    ]


def number(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:,}"


def got(stack: RunningStack, path: str, **query: str) -> dict[str, Any]:
    """Return what the server answers to a GET."""
    request = urllib.request.Request(
        f"{stack.url}{path}?{urllib.parse.urlencode(query)}",
        headers={"authorization": f"Bearer {stack.token}"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        body: dict[str, Any] = json.load(answer)
    return body
