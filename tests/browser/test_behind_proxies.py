"""The page in Chromium through real proxies, in front of a server that lets in no origin but the page's own."""

import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from proxies import KINDS, UNDER_A_PATH, proxied
from running_stack import RunningStack

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 30_000
A_PERSONS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
"""Headless Chromium says that it is a robot, whose plays count nowhere."""
POST = """async ([address, events]) => {
  const answer = await fetch(address, {method: 'POST', body: JSON.stringify(events)});
  return answer.status;
}"""
KEEPS_HOST = "proxy_set_header Host $http_host;"
KEEPS_UPGRADE = "proxy_set_header Upgrade $streakline_upgrade;"


@pytest.fixture(scope="module")
def restricted(
    browser: Browser, built_page: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    """A stack that lets in one foreign origin, which none of the proxies is, and trusts proxies of this machine."""
    folder = tmp_path_factory.mktemp("restricted") / "data"
    told = {"STREAKLINE_ORIGINS": "https://friend.example", "STREAKLINE_TRUSTED_PROXIES": "127.0.0.1"}
    with RunningStack(folder, environment=told) as running:
        yield running


@pytest.fixture
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """A reader who takes a certificate that nobody signed."""
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, ignore_https_errors=True, user_agent=A_PERSONS
    )
    yield made
    made.close()


def port_of(stack: RunningStack) -> int:
    return int(stack.url.rpartition(":")[2])


def plays(page: Page) -> Locator:
    return page.locator('[data-figure="totals.plays"] .figure-value')


def event() -> dict[str, object]:
    """Return a finished play that began two minutes ago."""
    return {
        "id": str(uuid.uuid4()),
        "type": "play",
        "contentId": f"track-{uuid.uuid4().hex[:8]}",
        "contentType": "track",
        "userId": "reader",
        "sessionId": "session",
        "timestamp": int((time.time() - 120) * 1000),
        "duration": 95,
        "contentDuration": 100,
    }


def follow(page: Page, stack: RunningStack, root: str, start: str = "") -> None:
    """Open the page, post a play from it, and see the number move."""
    page.goto(f"{root}{start}#token={stack.token}")
    expect(page.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)
    expect(plays(page)).to_have_text(re.compile(r"^[\d,]+$"), timeout=SOON_MS)
    before = int(plays(page).inner_text().replace(",", ""))
    assert page.evaluate(POST, [f"{root}api/stats/events", [event()]]) == 202
    expect(plays(page)).to_have_text(f"{before + 1:,}", timeout=SOON_MS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_live_through_a_proxy(
    reader: BrowserContext, restricted: RunningStack, tmp_path: Path, kind: str
) -> None:
    with proxied(kind, tmp_path / "proxy", port_of(restricted)) as proxy:
        page = reader.new_page()
        scripts = []
        page.on("response", lambda one: scripts.append(one) if one.url.endswith(".js") else None)
        follow(page, restricted, f"{proxy.url}/")
        assert [one.headers.get("content-encoding") for one in scripts] == ["gzip"]
        page.close()


def test_the_page_is_live_under_a_path(
    reader: BrowserContext, restricted: RunningStack, tmp_path: Path
) -> None:
    with proxied(UNDER_A_PATH, tmp_path / "proxy", port_of(restricted)) as proxy:
        page = reader.new_page()
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        root = f"{proxy.url}/streakline/"
        with page.expect_response(f"{root}api/live/definitions") as definitions:
            follow(page, restricted, root, "?tz=Asia/Tokyo")
        assert definitions.value.ok
        page.get_by_role("button", name="30 minutes").click()
        expect(page).to_have_url(f"{root}?tz=Asia%2FTokyo&range=30")

        page.goto(f"{root}content/track-1")
        expect(page.get_by_text("history knows no content 'track-1'")).to_be_visible()
        page.get_by_role("link", name="Back to Live").click()
        expect(page).to_have_url(root)

        page.goto(f"{root}nothing/track-1")
        expect(page.get_by_role("heading", name="There is no page here")).to_be_visible()
        page.get_by_role("link", name="Go to Live").click()
        expect(page).to_have_url(root)
        expect(page.locator(".connection-word")).to_have_text("Live", timeout=SOON_MS)

        page.goto(f"{proxy.url}/streakline")
        expect(page).to_have_url(root)
        assert [url for url in asked if not url.startswith(root) and url != f"{proxy.url}/streakline"] == []
        page.close()


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        (KEEPS_HOST, "proxy_set_header Host backend;", "does not know"),
        (KEEPS_UPGRADE, "", "drops Upgrade"),
    ],
)
def test_a_refused_socket_is_told_with_its_cause(
    reader: BrowserContext, restricted: RunningStack, tmp_path: Path, line: str, instead: str, told: str
) -> None:
    def broken(text: str) -> str:
        assert line in text
        return text.replace(line, instead)

    with proxied("deploy/proxies/nginx.conf", tmp_path / "proxy", port_of(restricted), broken) as proxy:
        page = reader.new_page()
        page.goto(f"{proxy.url}/#token={restricted.token}")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Live numbers do not come through.", timeout=SOON_MS)
        expect(alert).to_contain_text(told)
        expect(alert).to_contain_text("docs/proxies.md")
        page.close()
