"""The search box, as a reader uses it who knows a piece of a title and has no mouse."""

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from axe import SCRIPT, grave_findings
from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
HOSTILE = '<img src=x onerror="window.hacked=1"> Ünïcode \'; drop table facts; --'
CONTENTS = {"glass-1": ("Glass Animals", 3), "glass-2": ("Gläss Half Full", 1), "hostile/1": (HOSTILE, 2)}


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with three contents that were played."""
    events = [
        {
            "id": f"{content}-{number}", "type": "play", "contentId": content, "contentType": "track",
            "title": title, "userId": f"u{number}", "sessionId": "s", "timestamp": "2026-03-01T12:00:00Z",
            "duration": 60,
        }
        for content, (title, plays) in CONTENTS.items()
        for number in range(plays)
    ]  # fmt: skip
    receipt = stack.post(events)
    assert receipt["accepted"] == len(events), receipt
    query = urllib.parse.urlencode({"position": receipt["position"], "wait": "60"})
    with urllib.request.urlopen(f"{stack.url}/api/v1/settled?{query}", timeout=90) as answer:
        assert json.load(answer)["settled"]
    return stack


@pytest.fixture(params=[375, 1280])
def page(browser: Browser, filled: RunningStack, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The Live page on a screen of some width."""
    context: BrowserContext = browser.new_context(viewport={"width": request.param, "height": 800})
    opened = context.new_page()
    opened.goto(f"{filled.url}/?tz=Asia/Tokyo#{filled.link.partition('#')[2]}")
    expect(opened.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)
    yield opened
    context.close()


def test_the_keyboard_alone_leads_from_a_piece_of_a_title_to_its_page(page: Page) -> None:
    box = page.get_by_role("combobox", name="Search contents")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("GLASS")
    options = page.get_by_role("search").get_by_role("option")
    expect(options).to_have_count(2, timeout=SOON_MS)
    assert [text.split("\n")[0] for text in options.all_inner_texts()] == ["Glass Animals", "Gläss Half Full"]
    expect(options.nth(0)).to_contain_text("3 plays")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(2)

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="Gläss Half Full")).to_be_visible(timeout=SOON_MS)
    assert urllib.parse.urlsplit(page.url)[2:4] == ("/content/glass-2", "tz=Asia/Tokyo")


def test_a_hostile_title_is_text(page: Page) -> None:
    page.get_by_role("combobox", name="Search contents").fill("unicode drop")
    option = page.get_by_role("search").get_by_role("option")
    expect(option).to_contain_text(HOSTILE, timeout=SOON_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")

    option.click()

    expect(page.get_by_role("heading", level=1, name=HOSTILE)).to_be_visible(timeout=SOON_MS)
    assert page.evaluate("window.hacked") is None


def test_nothing_found_and_no_answer_are_told_apart(page: Page) -> None:
    box = page.get_by_role("combobox", name="Search contents")
    box.fill("no such title")
    told = page.locator(".search").get_by_role("status")
    expect(told).to_have_text("No content has “no such title” in its title or id.", timeout=SOON_MS)
    page.route("**/api/v1/search*", lambda route: route.abort())
    box.fill("another")
    expect(told).to_have_text("History does not answer now. The server does not answer.", timeout=SOON_MS)


def test_axe_finds_nothing_grave_in_the_open_box(page: Page) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page.get_by_role("combobox", name="Search contents").fill("glass")
    expect(page.get_by_role("search").get_by_role("option")).to_have_count(2, timeout=SOON_MS)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert grave_findings(page) == [], theme
