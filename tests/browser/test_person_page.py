"""The page of a person: its numbers are the API's, own ones by a token of the person and another's by an admin's."""

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

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
DAY_MS = 86_400_000
STREAK, MILESTONES, VIEWING = (f"/api/analytics/{name}" for name in ("streak", "milestones", "viewing-time"))
RECORD = "/api/v1/people/ann/record"


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with what ann played on 40 of the last 150 days, 15 of them in a row up to now."""
    at = got(stack, STREAK, token_of(stack, "ann"))["asOf"]
    now = int(datetime.fromisoformat(at).timestamp() * 1000)
    genres, platforms = ["Rock; Pop", "Drama", None], ["tv", "web", None]
    events: list[dict[str, Any]] = [
        {
            "id": f"p{number}", "type": "play", "contentId": f"song-{number % 30}", "contentType": "track",
            "creatorId": "band", "userId": "ann", "platform": platforms[number % 3], "genre": genres[number % 30 % 3],
            "duration": 1000 + number, "contentDuration": 1200, "sessionId": "s",
            "timestamp": now - DAY_MS * (number if number < 15 else number * 4 - 30),
        }
        for number in range(45)
    ]  # fmt: skip
    events += [
        {
            "id": "film", "type": "play", "contentId": "film", "contentType": "movie", "userId": "ann",
            "duration": 5400, "contentDuration": 5400, "sessionId": "s", "timestamp": now,
        },
        {"id": "bea", "type": "play", "contentId": "song-1", "userId": "bea", "duration": 60, "timestamp": now},
        {"id": "t", "type": "content", "contentId": "song-0", "title": "A Song", "sessionId": "s", "timestamp": now},
        {"id": "c", "type": "creator", "creatorId": "band", "name": "The Band", "sessionId": "s", "timestamp": now},
    ]  # fmt: skip
    receipt = stack.post(
        [{name: value for name, value in event.items() if value is not None} for event in events]
    )
    assert receipt["accepted"] == len(events), receipt
    assert got(stack, "/api/v1/settled", stack.token, position=receipt["position"], wait="60")["settled"]
    return stack


@pytest.mark.parametrize("period", ["week", "month", "all"])
def test_every_number_is_that_of_the_api(context: BrowserContext, filled: RunningStack, period: str) -> None:
    page, token = opened(context, filled), token_of(filled, "ann")
    streak, record = got(filled, STREAK, token), got(filled, RECORD, token)
    assert (streak["currentStreak"], streak["longestStreak"], streak["status"]) == (15, 15, "active")
    expect(figure(page, "current")).to_have_text(str(streak["currentStreak"]), timeout=SOON_MS)
    expect(figure(page, "longest")).to_have_text(str(streak["longestStreak"]))
    expect(figure(page, "watched")).to_have_text(str(streak["daysWatched"]))
    expect(page.locator('[data-figure="person.status"]')).to_contain_text("Played today.")
    for one in got(filled, MILESTONES, token)["progress"]:
        words = f"{one['finished']} of {one['next']}, {one['remaining']} more to {one['celebrationTier']}"
        expect(page.locator(f'[data-figure="person.{one["milestoneType"]}"]')).to_contain_text(words)
    plays = sum(day["plays"] for day in record["days"])
    words = f"{plays} plays on {len(record['days'])} days"
    expect(page.locator('[data-figure="person.days"]')).to_have_text(words, timeout=SOON_MS)
    page.get_by_role("button", name=period, exact=True).click()
    viewing = got(filled, VIEWING, token, period=period)
    expect(figure(page, "hours")).to_have_text(f"{viewing['totalHours']:g}", timeout=SOON_MS)
    expect(figure(page, "plays")).to_have_text(str(viewing["plays"]))
    expect(figure(page, "movies")).to_have_text(str(viewing["totalMovies"]))
    for title, member in (
        ("Types", "contentBreakdown"), ("Genres", "genreDistribution"), ("Platforms", "platformDistribution"),
    ):  # fmt: skip
        rows = page.get_by_role("region", name=title, exact=True).get_by_role("listitem")
        shown = [row.locator(".parts-name").inner_text() for row in rows.all()]
        assert shown == list(viewing[member])
    most = page.get_by_role("region", name="Played most", exact=True).get_by_role("listitem")
    assert [row.locator(".parts-name").inner_text() for row in most.all()] == [
        one["title"] for one in record["topContents"]
    ]


def test_the_days_are_a_table_too(context: BrowserContext, filled: RunningStack) -> None:
    page = opened(context, filled)
    days = got(filled, RECORD, token_of(filled, "ann"))["days"]
    year = page.get_by_role("region", name="A year of days")
    year.get_by_text("As a table").click(timeout=SOON_MS)
    cells = year.locator("tbody td")
    expect(cells).to_have_text([str(day["plays"]) for day in days], timeout=SOON_MS)
    expect(year.locator(".calendar-day:not([data-level='0'])")).to_have_count(len(days))
    expect(year.locator(".calendar-day[data-today]")).to_have_attribute("data-level", "4")


def test_the_zone_of_the_address_is_that_of_the_numbers(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = opened(context, filled, query="?tz=Pacific/Kiritimati")
    streak = got(filled, STREAK, token_of(filled, "ann"), tz="Pacific/Kiritimati")
    since = datetime.fromisoformat(streak["streakStartDate"]).strftime("since %b %-d, %Y")
    expect(page.locator('[data-figure="person.current"] .figure-before')).to_have_text(since, timeout=SOON_MS)


def test_an_admin_names_the_person_and_is_asked_to(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/person#token={filled.token}")
    expect(page.get_by_text("This link is nobody")).to_be_visible(timeout=SOON_MS)
    page.get_by_label("Id of the person").fill("bea")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="bea")).to_be_visible(timeout=SOON_MS)
    expect(figure(page, "watched")).to_have_text("1")
    assert urllib.parse.urlsplit(page.url).query == "user=bea"


def test_a_page_that_waits_for_a_name_is_not_busy(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/person#token={filled.token}")
    expect(page.get_by_text("This link is nobody")).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".person")).to_have_attribute("aria-busy", "false", timeout=SOON_MS)


def test_nobody_is_shown_the_hours_of_another(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/person?user=ann#token={filled.token}")
    expect(figure(page, "hours")).to_be_visible(timeout=SOON_MS)
    page.route("**/viewing-time?*user=bea*", lambda _: None)  # never answered
    page.get_by_label("Id of the person").fill("bea")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="bea")).to_be_visible(timeout=SOON_MS)
    expect(figure(page, "watched")).to_have_text("1", timeout=SOON_MS)
    expect(figure(page, "hours")).to_have_count(0)


def test_hours_stand_under_the_period_that_they_are_of(context: BrowserContext, filled: RunningStack) -> None:
    page = opened(context, filled)
    expect(figure(page, "hours")).to_be_visible(timeout=SOON_MS)
    page.route("**/viewing-time?*period=year*", lambda _: None)  # never answered
    page.get_by_role("button", name="year", exact=True).click()
    expect(page.get_by_role("button", name="year", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Viewing time: this week")).to_be_visible()


def test_the_navigation_marks_the_page_whose_address_asks_for_something(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = opened(context, filled, query="?tz=UTC&period=year")
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.locator("[aria-current=page]")).to_have_text(["Person"], timeout=SOON_MS)
    page.get_by_role("button", name="month", exact=True).click(timeout=SOON_MS)
    expect(pages.locator("[aria-current=page].is-here")).to_have_text(["Person"])
    page.get_by_role("link", name="Live", exact=True).click()
    expect(pages.locator("[aria-current=page]")).to_have_text(["Live"])


def test_a_part_of_the_page_that_does_not_load_can_be_tried_again(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = context.new_page()
    page.route("**/Person-*.js", lambda route: route.fulfill(status=404))
    page.goto(f"{filled.url}/person#token={token_of(filled, 'ann')}")
    expect(page.get_by_role("heading", name="This page could not be loaded")).to_be_visible(timeout=SOON_MS)
    page.unroute("**/Person-*.js")
    page.get_by_role("button", name="Try again").click()
    expect(figure(page, "watched")).to_be_visible(timeout=SOON_MS)


def test_who_has_no_token_or_asks_for_another_is_told(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/person")
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("These numbers need a link with a token.", timeout=SOON_MS)
    page = opened(context, filled, query="?user=bea")
    expect(page.get_by_role("alert").first).to_contain_text(
        "This link may not see these numbers.", timeout=SOON_MS
    )


def test_axe_finds_nothing_grave(context: BrowserContext, filled: RunningStack) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = opened(context, filled)
    for region in ("A year of days", "Milestones", "Types", "Last plays"):
        expect(page.get_by_role("region", name=region, exact=True)).to_be_visible(timeout=SOON_MS)
    assert findings_everywhere(page) == {}


def opened(context: BrowserContext, stack: RunningStack, query: str = "") -> Page:
    """Open the page with a token of ann."""
    page = context.new_page()
    page.goto(f"{stack.url}/person{query}#token={token_of(stack, 'ann')}")
    return page


def token_of(stack: RunningStack, person: str) -> str:
    secret = Credentials.load(Path(stack.folder) / "secrets.json").secret
    return mint(secret, "read:self read:public", sub=person)


def figure(page: Page, name: str) -> Any:
    return page.locator(f'[data-figure="person.{name}"] .figure-value')


def got(stack: RunningStack, path: str, token: str, **query: str) -> dict[str, Any]:
    """Return what the server answers to a GET."""
    request = urllib.request.Request(
        f"{stack.url}{path}?{urllib.parse.urlencode(query)}", headers={"authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        body: dict[str, Any] = json.load(answer)
    return body
