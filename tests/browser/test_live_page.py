"""The Live page, as a reader sees it."""

import os
import re
import signal
import time
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
LEARN_WORDS = """() => {
  const word = document.querySelector('.connection-word');
  window.words = [word.textContent];
  new MutationObserver(() => window.words.push(word.textContent))
    .observe(word, {characterData: true, childList: true, subtree: true});
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader in Kathmandu with a wide screen."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Asia/Kathmandu")
    yield made
    made.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A reader with a phone, in the dark."""
    made = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        color_scheme="dark",
        timezone_id="Europe/Berlin",
    )
    yield made
    made.close()


def test_a_posted_play_appears_on_the_page(context: BrowserContext, stack: RunningStack) -> None:
    page = opened(context, stack)
    before = number(page, "lastHour.plays")
    lifetime = number(page, "totals.plays")
    content = f"track-{uuid.uuid4().hex[:8]}"

    receipt = stack.post([play(content), beginning(content)])

    assert receipt["accepted"] == 2, receipt
    expect(figure(page, "lastHour.plays")).to_have_text(str(before + 1), timeout=SOON_MS)
    expect(figure(page, "totals.plays")).to_have_text(str(lifetime + 1), timeout=SOON_MS)
    most = page.get_by_role("region", name="Most played, last hour")
    expect(most.get_by_text(content)).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_role("region", name="Playing now").get_by_text(content)).to_be_visible(timeout=SOON_MS)
    expect(figure(page, "activeUsers")).not_to_have_text("0", timeout=SOON_MS)


def test_the_token_leaves_the_address_and_stays_in_the_tab(
    context: BrowserContext, stack: RunningStack
) -> None:
    page = opened(context, stack)

    assert page.url == f"{stack.url}/"
    assert page.evaluate("sessionStorage.getItem('streakline.token')") == stack.link.partition("token=")[2]
    page.reload()
    expect(page.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)


def test_a_phone_in_the_dark_gets_the_whole_page(phone: BrowserContext, stack: RunningStack) -> None:
    page = phone.new_page()
    complaints = complaints_of(page)
    page.goto(stack.link)
    expect(page.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)
    expect(figure(page, "totals.plays")).to_have_text(re.compile(r"^[\d,]+$"), timeout=SOON_MS)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", ground)[:3]) < 60, ground
    assert complaints == []


def test_each_number_tells_its_definition_on_tap(phone: BrowserContext, stack: RunningStack) -> None:
    page = opened(phone, stack)
    terms = page.locator("button.term")
    assert terms.count() >= 15

    for position in range(terms.count()):
        terms.nth(position).tap()
        card = page.locator(".definition:popover-open")
        expect(card).to_have_count(1)
        expect(card).not_to_contain_text("has not given a definition")
        expect(card).to_contain_text("Current as of")
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)


def test_the_zone_of_the_times_is_the_readers_until_the_address_says_another(
    context: BrowserContext, stack: RunningStack
) -> None:
    page = opened(context, stack)
    zone = page.get_by_label("Times in")
    expect(zone).to_have_value(re.compile("Asia/Kat(h|)mandu"))

    zone.select_option("UTC")
    page.get_by_role("button", name="30 minutes").click()

    expect(page).to_have_url(f"{stack.url}/?tz=UTC&range=30")
    page.reload()
    expect(zone).to_have_value("UTC")
    expect(page.get_by_role("button", name="30 minutes")).to_have_attribute("aria-pressed", "true")


def test_the_page_comes_back_by_itself_when_the_server_died(
    context: BrowserContext, stack: RunningStack
) -> None:
    page = opened(context, stack)
    page.evaluate(LEARN_WORDS)
    before = number(page, "lastHour.likes")

    os.kill(stack.pids()["server"], signal.SIGKILL)
    page.wait_for_function("() => window.words.includes('Reconnecting')", timeout=SOON_MS)
    expect(page.locator(".connection-word")).to_have_text("Live", timeout=60_000)

    stack.post([like(f"track-{uuid.uuid4().hex[:8]}")])
    expect(figure(page, "lastHour.likes")).to_have_text(str(before + 1), timeout=SOON_MS)


@pytest.mark.parametrize(
    ("fragment", "headline"),
    [
        ("", "These numbers need a link with a token."),
        ("#token=made-up", "This link does not open this server."),
    ],
)
def test_a_reader_without_access_is_told_what_helps(
    context: BrowserContext, private_stack: RunningStack, fragment: str, headline: str
) -> None:
    page = context.new_page()
    page.goto(f"{private_stack.url}/{fragment}")

    expect(page.locator(".connection-word")).to_have_text("No access", timeout=SOON_MS)
    expect(page.get_by_role("alert")).to_contain_text(headline)
    expect(page.get_by_role("alert")).to_contain_text("streakline token")

    page.goto(private_stack.link)
    expect(page.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)
    expect(page.get_by_role("alert")).to_have_count(0)


def opened(context: BrowserContext, stack: RunningStack) -> Page:
    """Open the link that `up` printed and wait for the first numbers."""
    page = context.new_page()
    page.goto(stack.link)
    expect(page.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)
    expect(figure(page, "activeUsers")).to_have_text(re.compile(r"^[\d,]+$"), timeout=SOON_MS)
    return page


def figure(page: Page, name: str) -> Locator:
    """Return the locator of a number by its name."""
    return page.locator(f'[data-figure="{name}"] .figure-value')


def number(page: Page, name: str) -> int:
    """Return a number that the page shows now."""
    expect(figure(page, name)).to_have_text(re.compile(r"^[\d,]+$"), timeout=SOON_MS)
    return int(figure(page, name).inner_text().replace(",", ""))


def complaints_of(page: Page) -> list[str]:
    """Collect what the page writes to its console as warnings and errors, and what it throws."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def play(content: str) -> dict[str, object]:
    """Return a finished play that began two minutes ago."""
    return {**event("play", content, seconds_ago=120), "duration": 95, "contentDuration": 100}


def beginning(content: str) -> dict[str, object]:
    """Return the start of a play that goes on."""
    made = event("play_start", content)
    return {**made, "playId": str(uuid.uuid4()), "startedAt": made["timestamp"], "duration": 0, "position": 0}


def like(content: str) -> dict[str, object]:
    """Return a like of this moment."""
    return {**event("like", content), "action": "like"}


def event(kind: str, content: str, seconds_ago: float = 0) -> dict[str, object]:
    """Return what all events have."""
    return {
        "id": str(uuid.uuid4()),
        "type": kind,
        "contentId": content,
        "contentType": "track",
        "userId": "reader",
        "sessionId": "session",
        "timestamp": int((time.time() - seconds_ago) * 1000),
        "source": "browser-test",
    }
