"""The pages of a person and of a year of his: own numbers by a token of the person, another's by an admin's."""

import urllib.parse
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from axe import SCRIPT, findings_everywhere
from listener import YEARS, got, played_of_ann, token_of
from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
STREAK, MILESTONES, VIEWING = (f"/api/analytics/{name}" for name in ("streak", "milestones", "viewing-time"))
RECORD = "/api/v1/people/ann/record"


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with what ann played on 45 of the last 150 days, 15 of them in a row up to now."""
    at = got(stack, STREAK, token_of(stack, "ann"))["asOf"]
    now = int(datetime.fromisoformat(at).timestamp() * 1000)
    events = played_of_ann(now)
    receipt = stack.post(events)
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
    page = context.new_page()
    page.goto(f"{filled.url}/person#token={token_of(filled, 'ann', 'read:self write:self')}")
    for region in ("A year of days", "Milestones", "Types", "Last plays", "Streak rules"):
        expect(page.get_by_role("region", name=region, exact=True)).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_role("button", name="Add a pause")).to_be_visible(timeout=SOON_MS)
    assert findings_everywhere(page) == {}


def test_every_number_of_the_newest_year_is_that_of_the_api(
    context: BrowserContext, filled: RunningStack
) -> None:
    page, token = opened(context, filled, path="year"), token_of(filled, "ann")
    year = got(filled, YEARS, token)["years"][0]["year"]
    body = got(filled, f"{YEARS}/{year}", token)
    expect(page.get_by_role("heading", level=1, name=f"{year} in review")).to_be_visible(timeout=SOON_MS)
    for name, value in (
        ("hours", body["totalHours"]), ("plays", body["plays"]), ("days", body["daysWatched"]),
        ("artists", body["artists"]), ("titles", body["titles"]), ("movies", body["totalMoviesWatched"]),
    ):  # fmt: skip
        expect(page.locator(f'[data-figure="year.{name}"] .figure-value')).to_have_text(
            f"{value:g}", timeout=SOON_MS
        )
    expect(page.locator(".moments li")).to_have_text(body["memorableMoments"])
    for title, ranking in (("Artists", "topArtists"), ("Titles", "topTitles"), ("Genres", "topGenres")):
        rows = page.get_by_role("region", name=f"{title} played most", exact=True).get_by_role("listitem")
        expect(rows.locator(".parts-name")).to_have_text([one["name"] for one in body[ranking]["first"]])
        expect(rows.locator(".rank")).to_have_text([str(one["rank"]) for one in body[ranking]["first"]])
    for title, spread in (
        ("month", "playsByMonth"),
        ("weekday", "playsByWeekday"),
        ("the clock", "playsByHour"),
    ):
        chart = page.get_by_role("region", name=f"By {title}", exact=True)
        chart.get_by_text("As a table").click()
        expect(chart.locator("tbody td")).to_have_text(
            [str(plays) for plays in body["viewingTrends"][spread]]
        )
    streak = body["longestStreak"]  # of the first days of January there may be none
    words = f"{streak['days']} days" if streak else "No two days in a row"
    expect(page.locator('[data-figure="year.streak"]')).to_contain_text(words)
    expect(page.get_by_text("So far: the year is not over")).to_be_visible()


def test_any_year_is_chosen_and_one_without_a_play_is_told_kindly(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = opened(context, filled, path="year", query="?year=2012")
    expect(page.get_by_text("Nothing was played in 2012")).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="2011", exact=True).click(timeout=SOON_MS)
    expect(page.get_by_role("heading", level=1, name="2011 in review")).to_be_visible()
    expect(page.get_by_text("Too little was played for a story: 1 play on 1 day.")).to_be_visible(
        timeout=SOON_MS
    )
    expect(page.locator(".moments")).to_have_count(0)
    expect(page.get_by_role("button", name="2011", exact=True)).to_have_attribute("aria-pressed", "true")
    assert urllib.parse.urlsplit(page.url).query == "year=2011"


def test_the_page_of_a_person_leads_to_his_year_in_his_zone(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/person?user=bea&tz=Asia/Tokyo#token={filled.token}")
    page.get_by_role("link", name="Year in review").click(timeout=SOON_MS)
    plays = page.locator('[data-figure="year.plays"] .figure-value')
    expect(plays).to_have_text("1", timeout=SOON_MS)
    assert urllib.parse.urlsplit(page.url).path.endswith("/year")
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query) == {
        "user": ["bea"],
        "tz": ["Asia/Tokyo"],
    }
    page.get_by_role("link", name="bea", exact=True).click()
    expect(figure(page, "watched")).to_have_text("1", timeout=SOON_MS)


def test_the_card_of_a_year_is_shown_and_saved_in_both_shapes(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = opened(context, filled, path="year", query="?year=2011")
    card = page.get_by_role("region", name="As a picture", exact=True)
    for shape, width, height in (("landscape", 1200, 630), ("portrait", 1080, 1920)):
        card.get_by_role("button", name=shape, exact=True).click(timeout=SOON_MS)
        picture = card.get_by_role("img", name="2011 in review: 1 play")
        expect(picture).to_have_js_property("naturalWidth", width, timeout=SOON_MS)
        expect(picture).to_have_js_property("naturalHeight", height)
        for button, start in (("Download PNG", b"\x89PNG"), ("Download SVG", b"<svg")):
            with page.expect_download(timeout=SOON_MS) as saved:
                card.get_by_role("button", name=button).click()
            assert saved.value.suggested_filename == f"year-2011-{shape}.{button[-3:].lower()}"
            assert Path(saved.value.path()).read_bytes().startswith(start)


def test_a_year_is_shared_by_a_link_that_everybody_opens_until_it_is_revoked(
    context: BrowserContext, filled: RunningStack
) -> None:
    page, reader = opened(context, filled, path="year", query="?year=2011"), context.new_page()
    share = page.get_by_role("region", name="Share", exact=True)
    share.get_by_label("Name on the page").fill("Jörg")
    share.get_by_role("button", name="Make a link").click(timeout=SOON_MS)
    expect(share.get_by_role("status")).to_contain_text("The link is made", timeout=SOON_MS)
    link = share.get_by_role("listitem").get_by_role("link")
    expect(share.get_by_role("listitem")).to_contain_text("names Jörg, never ends", timeout=SOON_MS)
    url = link.get_attribute("href")
    assert url is not None
    assert url.startswith(f"{filled.url}/shared/year/")
    reader.goto(url)
    expect(reader.get_by_text("Jörg").first).to_be_visible()
    share.get_by_role("button", name="Revoke").click()
    expect(share.get_by_role("listitem")).to_have_count(0, timeout=SOON_MS)
    answer = reader.goto(url)
    assert answer is not None
    assert answer.status == 404


def test_axe_finds_nothing_grave_on_the_page_of_a_year(context: BrowserContext, filled: RunningStack) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = opened(context, filled, path="year")
    expect(page.get_by_role("region", name="Marks of the year", exact=True)).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_role("button", name="Download PNG")).to_be_visible(timeout=SOON_MS)
    assert findings_everywhere(page) == {}


def opened(context: BrowserContext, stack: RunningStack, query: str = "", path: str = "person") -> Page:
    """Open a page with a token of ann."""
    page = context.new_page()
    page.goto(f"{stack.url}/{path}{query}#token={token_of(stack, 'ann')}")
    return page


def figure(page: Page, name: str) -> Any:
    return page.locator(f'[data-figure="person.{name}"] .figure-value')
