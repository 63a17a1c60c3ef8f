"""The rules of a streak on the page of a person: stated there, they hold in the API and on the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from listener import DAY_MS, got, token_of
from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 30_000
PEOPLE = ("ann", "bea", "cleo", "dora", "eve", "fay", "gil")
STREAK = "/api/analytics/streak"
OWN = "read:self write:self"


@pytest.fixture(scope="module")
def now(stack: RunningStack) -> int:
    """The moment (ms) of the newest plays: each person played today, yesterday, and from three to five days ago."""
    at = got(stack, STREAK, stack.token, user="ann")["asOf"]
    now = int(datetime.fromisoformat(at).timestamp() * 1000)
    events = [
        {
            "id": f"{person} {ago}", "type": "play", "contentId": "song", "contentType": "track", "userId": person,
            "duration": 60, "timestamp": now - ago * DAY_MS,
        }
        for person in PEOPLE
        for ago in (0, 1, 3, 4, 5)
    ]  # fmt: skip
    receipt = stack.post(events)
    assert receipt["accepted"] == len(events), receipt
    assert got(stack, "/api/v1/settled", stack.token, position=receipt["position"], wait="60")["settled"]
    return now


def day(now: int, ago: int = 0) -> str:
    """Return the UTC date of so many days ago."""
    return (datetime.fromtimestamp(now / 1000, UTC) - timedelta(days=ago)).date().isoformat()


def shown(date: str) -> str:
    """Return a date as the page has it."""
    return datetime.fromisoformat(date).strftime("%b %-d, %Y")


def opened(
    context: BrowserContext, stack: RunningStack, person: str, query: str = "", scope: str = OWN
) -> Page:
    """Open the page of a person by his own token, and wait for the rules."""
    page = context.new_page()
    page.goto(f"{stack.url}/person{query}#token={token_of(stack, person, scope)}")
    expect(rules(page)).to_be_visible(timeout=SOON_MS)
    return page


def rules(page: Page) -> Locator:
    return page.get_by_role("region", name="Streak rules", exact=True)


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def done(page: Page, words: str) -> None:
    """Wait until what was stated shows everywhere."""
    expect(rules(page).get_by_role("status")).to_have_text(words, timeout=SOON_MS)


def stated(stack: RunningStack, person: str) -> dict[str, Any]:
    return got(stack, f"/api/v1/people/{person}", token_of(stack, person, OWN))


def test_a_freeze_is_added_and_given_back(context: BrowserContext, stack: RunningStack, now: int) -> None:
    page = opened(context, stack, "ann")
    freezes = part(page, "Freezes")
    expect(freezes).to_contain_text("0 of at most 2 held")
    behind = {"settled": False, "waitingFor": [{"part": "raw", "shard": 0, "at": "1-0", "wanted": "2-0"}]}
    page.route("**/settled?*", lambda route: route.fulfill(json=behind))
    freezes.get_by_role("button", name="Add a freeze").click()
    # Nothing more is stated of it before the numbers show it, and that is told.
    done(page, "Taken, and not lost. Still waiting for history.")
    expect(freezes.get_by_role("button", name="Add a freeze")).to_be_disabled()
    page.unroute("**/settled?*")
    done(page, "A freeze is added.")
    expect(freezes).to_contain_text("1 of at most 2 held", timeout=SOON_MS)
    expect(freezes.get_by_role("listitem")).to_contain_text(f"Held, got on {shown(day(now))}")
    expect(page.locator('[data-figure="person.freezes"] .figure-value')).to_have_text("1", timeout=SOON_MS)
    held = stated(stack, "ann")["freezes"]
    assert (held["balance"], [one["state"] for one in held["got"]]) == (1, ["held"])
    freezes.get_by_role("button", name="Add a freeze").click()
    expect(freezes).to_contain_text("One more would be lost: 2 are the most.", timeout=SOON_MS)
    expect(freezes.get_by_role("button", name="Add a freeze")).to_be_disabled()
    give = freezes.get_by_role("button", name="Give back")
    expect(give).to_have_count(2)
    give.first.press("Enter")
    done(page, "The freeze is given back.")
    expect(give).to_have_count(1, timeout=SOON_MS)
    # The row is gone with its button: who has no mouse goes on where it was.
    expect(rules(page).get_by_role("heading", name="Streak rules")).to_be_focused()
    assert stated(stack, "ann")["freezes"]["balance"] == 1


def test_a_pause_is_added_ended_now_and_removed(
    context: BrowserContext, stack: RunningStack, now: int
) -> None:
    page = opened(context, stack, "bea")
    pauses = part(page, "Pauses")
    pauses.get_by_label("From").fill(day(now, 2))
    pauses.get_by_label("To").fill(day(now, 3))
    pauses.get_by_role("button", name="Add a pause").click()
    expect(pauses.get_by_role("alert")).to_contain_text(
        f"The last day, {shown(day(now, 3))}, is before the first"
    )
    expect(pauses.get_by_label("To")).to_have_attribute("aria-invalid", "true")
    pauses.get_by_label("To").fill(day(now, -3))
    pauses.get_by_role("button", name="Add a pause").click()
    done(page, "The pause is added.")
    expect(pauses.get_by_role("listitem")).to_contain_text(", now", timeout=SOON_MS)
    [pause] = stated(stack, "bea")["pauses"]
    assert (pause["from"], pause["to"]) == (day(now, 2), day(now, -3))
    expect(page.locator('[data-figure="person.current"] .figure-value')).to_have_text("5", timeout=SOON_MS)
    calendar = part(page, "A year of days")
    expect(calendar.locator(".calendar-day[data-held=paused]")).to_have_count(1)
    expect(calendar.get_by_role("listitem").filter(has_text="paused")).to_be_visible()
    pauses.get_by_role("button", name="End now").click()
    done(page, "The pause is over: today needs a play again.")
    expect(pauses.get_by_role("listitem")).to_contain_text(", over", timeout=SOON_MS)
    [pause] = stated(stack, "bea")["pauses"]
    assert (pause["from"], pause["to"]) == (day(now, 2), day(now, 1))
    pauses.get_by_role("button", name="Remove").click()
    done(page, "The pause is removed.")
    expect(pauses).to_contain_text("There is no pause.", timeout=SOON_MS)
    assert stated(stack, "bea")["pauses"] == []


def test_zone_mode_and_weekends_are_saved_and_the_page_is_in_that_zone(
    context: BrowserContext, stack: RunningStack, now: int
) -> None:
    page = opened(context, stack, "cleo")
    line = page.locator('[data-figure="person.zone"]')
    expect(line).to_have_text("Days and times in UTC, the zone of this device: cleo has stated none.")
    settings = part(page, "How days count")
    save = settings.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    settings.get_by_label("Zone", exact=True).select_option("Asia/Tokyo")
    settings.get_by_label("By 24 hours").check()
    settings.get_by_label("Weekends off").check()
    save.click()
    done(page, "The settings are saved.")
    expect(line).to_have_text("Days and times in Asia/Tokyo, the zone of cleo.", timeout=SOON_MS)
    expect(save).to_be_disabled()
    found = stated(stack, "cleo")
    assert (found["zone"], found["mode"], found["weekendsOff"]) == ("Asia/Tokyo", "rolling-24h", True)
    assert got(stack, STREAK, token_of(stack, "cleo"))["tz"] == "Asia/Tokyo"
    # Another visit is in her zone from the beginning, and the address says nothing of it.
    again = opened(context, stack, "cleo")
    expect(again.locator('[data-figure="person.zone"]')).to_contain_text("the zone of cleo")
    expect(part(again, "How days count").get_by_label("By 24 hours")).to_be_checked()
    again.get_by_label("Times in", exact=True).select_option("UTC")
    words = "Days and times in UTC, as this address asks: the zone of cleo is Asia/Tokyo."
    expect(again.locator('[data-figure="person.zone"]')).to_contain_text(words)
    assert again.url.endswith("/person?tz=UTC")
    again.get_by_role("link", name="Year in review").click()
    expect(again.locator('[data-figure="person.zone"]')).to_contain_text(words, timeout=SOON_MS)
    again.get_by_role("button", name="Show the zone of cleo").click()
    expect(again.locator('[data-figure="person.zone"]')).to_have_text(
        "Days and times in Asia/Tokyo, the zone of cleo.", timeout=SOON_MS
    )
    assert again.url.endswith("/year")


def test_a_missed_day_is_repaired_and_joins_the_streak(
    context: BrowserContext, stack: RunningStack, now: int
) -> None:
    page = opened(context, stack, "dora")
    repairs = part(page, "Repairs")
    current = page.locator('[data-figure="person.current"] .figure-value')
    expect(current).to_have_text("2", timeout=SOON_MS)
    expect(repairs).to_contain_text(f"{shown(day(now, 2))}, makes a streak of 5 days")
    repairs.get_by_role("button", name=f"Repair {shown(day(now, 2))}").click()
    done(page, "The day is repaired.")
    expect(current).to_have_text("5", timeout=SOON_MS)
    expect(repairs).to_contain_text(f"The next can be repaired from {shown(day(now, -7))} on.")
    expect(repairs.get_by_role("button")).to_have_text([f"Take back the repair of {shown(day(now, 2))}"])
    expect(part(page, "A year of days").locator(".calendar-day[data-held=repaired]")).to_have_count(1)
    assert got(stack, STREAK, token_of(stack, "dora"))["currentStreak"] == 5
    assert [(one["day"], one["holds"]) for one in stated(stack, "dora")["repairs"]] == [(day(now, 2), True)]


def test_who_may_only_look_sees_what_is_stated_and_no_controls(
    context: BrowserContext, stack: RunningStack, now: int
) -> None:
    page = opened(context, stack, "eve", scope="read:self")
    expect(rules(page)).to_contain_text("own token with the scope write:self", timeout=SOON_MS)
    expect(rules(page)).to_contain_text("By calendar day")
    expect(rules(page).get_by_role("button")).to_have_count(0)
    expect(rules(page).locator("input, select")).to_have_count(0)
    # An admin changes them for her.
    admin = context.new_page()
    admin.goto(f"{stack.url}/person?user=eve#token={stack.token}")
    expect(part(admin, "Freezes").get_by_role("button", name="Add a freeze")).to_be_visible(timeout=SOON_MS)


def test_a_statement_of_which_nothing_is_heard_is_sent_again_and_counts_once(
    context: BrowserContext, stack: RunningStack, now: int
) -> None:
    page, sent = opened(context, stack, "fay"), list[str]()

    def lost(route: Route) -> None:
        sent.append(str(route.request.post_data))
        route.fetch()
        route.abort()

    page.route("**/freezes", lost)
    part(page, "Freezes").get_by_role("button", name="Add a freeze").click()
    expect(rules(page).get_by_role("status")).to_contain_text(
        "nobody knows whether this was taken", timeout=SOON_MS
    )
    page.unroute("**/freezes")
    with page.expect_request("**/freezes") as again:
        rules(page).get_by_role("button", name="Try again").click()
    done(page, "A freeze is added.")
    assert [again.value.post_data] == sent
    expect(part(page, "Freezes")).to_contain_text("1 of at most 2 held", timeout=SOON_MS)
    assert stated(stack, "fay")["freezes"]["balance"] == 1


def test_a_refusal_of_the_api_says_what_it_means(
    context: BrowserContext, stack: RunningStack, now: int
) -> None:
    page = opened(context, stack, "gil")
    status = rules(page).get_by_role("status")
    # The server refuses what the page would not send: a pause that its own check lets pass is made too long.
    body = f'{{"id": "x", "from": "{day(now)}", "to": "{day(now, -200)}"}}'
    page.route("**/pauses", lambda route: route.continue_(post_data=body))
    part(page, "Pauses").get_by_label("To").fill(day(now))
    part(page, "Pauses").get_by_role("button", name="Add a pause").click()
    expect(status).to_contain_text("Nothing was changed: from ", timeout=SOON_MS)
    expect(status).to_contain_text("a pause has at most 90, so send several.")
    page.route(
        "**/freezes", lambda route: route.continue_(headers={**route.request.headers, "authorization": "x"})
    )
    part(page, "Freezes").get_by_role("button", name="Add a freeze").click()
    expect(status).to_contain_text("This link may look at these rules and not change them", timeout=SOON_MS)


def test_the_smallest_phone_shows_it_whole(context: BrowserContext, stack: RunningStack, now: int) -> None:
    page = opened(context, stack, "dora")
    expect(part(page, "Freezes").get_by_role("button", name="Add a freeze")).to_be_visible(timeout=SOON_MS)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
