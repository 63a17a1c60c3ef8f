"""The page to try the API on: what it sends is real, and the line that it shows does the same in a shell."""

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from axe import SCRIPT, findings_everywhere
from running_stack import RunningStack
from server.openapi.described import DESCRIBED

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000
A_PERSONS = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EVENTS, COUNTERS = "post_api_stats_events", "get_api_v1_counters"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader whose screen is as wide as a laptop's, in UTC, and who is no robot: what one sends does not count."""
    made = browser.new_context(
        viewport={"width": 1280, "height": 900}, timezone_id="UTC", user_agent=A_PERSONS
    )
    yield made
    made.close()


def opened(context: BrowserContext, stack: RunningStack, operation: str, token: str | None = None) -> Page:
    """Return the page with an operation opened by its address."""
    page = context.new_page()
    fragment = f"#token={token}" if token else ""
    page.goto(f"{stack.url}/docs?operation={operation}{fragment}")
    expect(page.get_by_role("button", name="Send")).to_be_visible(timeout=SOON_MS)
    return page


def sent(page: Page) -> tuple[str, Any]:
    """Send the form that is open; return the status in words and the answer's JSON."""
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer", exact=True)
    expect(answer).not_to_contain_text("more is coming", timeout=SOON_MS)
    body = answer.get_by_label("Body of the answer").inner_text()
    return answer.locator('[data-figure="docs.status"]').inner_text(), json.loads(body)


def rows(page: Page) -> Locator:
    return page.locator("details.operation")


def test_every_operation_of_the_document_is_there_and_nothing_comes_from_elsewhere(
    context: BrowserContext, stack: RunningStack
) -> None:
    page, hosts = context.new_page(), set[str]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(stack.url)
    page.get_by_role("link", name="Try the API").click()
    expect(rows(page)).to_have_count(len(DESCRIBED), timeout=SOON_MS)
    shown = [" ".join(text.split()[:2]) for text in rows(page).locator("summary").all_inner_texts()]
    assert sorted(shown) == sorted(DESCRIBED)
    assert hosts == {urlsplit(stack.url).netloc}


def test_an_event_that_is_sent_counts(context: BrowserContext, stack: RunningStack) -> None:
    page = opened(context, stack, EVENTS, stack.token)
    event = json.loads(page.get_by_label("Body", exact=True).input_value())[0]
    event |= {"contentId": "tried", "id": "tried-1", "timestamp": int(time.time() * 1000)}
    page.get_by_label("Body", exact=True).fill(json.dumps([event]))
    status, receipt = sent(page)
    assert status == "202 Accepted"
    assert (receipt["accepted"], receipt["rejected"]) == (1, [])

    question = f"position={quote(receipt['position'])}&wait=60"
    headers = {"authorization": f"Bearer {stack.token}"}
    request = urllib.request.Request(f"{stack.url}/api/v1/settled?{question}", headers=headers)
    with urllib.request.urlopen(request, timeout=90) as answer:
        assert json.load(answer)["settled"]

    page = opened(context, stack, COUNTERS, stack.token)
    page.get_by_role("textbox", name="content", exact=True).fill("tried")
    assert sent(page) == ("200 OK", {"contents": [
        {"contentId": "tried", "playCount": 1, "likeCount": 0, "shareCount": 0, "downloadCount": 0}
    ]})  # fmt: skip
    page.get_by_text("Headers", exact=True).click()
    expect(page.get_by_text("application/json", exact=True)).to_be_visible()


def test_the_line_does_the_same_in_a_shell(context: BrowserContext, stack: RunningStack) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on PATH")
    page = opened(context, stack, "put_api_v1_content_id", stack.token)
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.get_by_label("id").fill("it's a/song")
    page.get_by_label("Body", exact=True).fill('{"title": "It\'s $HOME `id`"}')
    line = page.get_by_label("The same with curl").inner_text()
    assert stack.token not in line
    environment = {**os.environ, "STREAKLINE_TOKEN": stack.token}
    told = subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert told.startswith("HTTP/1.1 202")
    page.get_by_label("with my token").check()
    assert f"Bearer {stack.token}" in page.get_by_label("The same with curl").inner_text()


def test_a_refusal_is_shown_as_it_came(context: BrowserContext, stack: RunningStack) -> None:
    page = opened(context, stack, "get_api_v1_system")
    status, problem = sent(page)
    assert status == "401 Unauthorized"
    assert problem["type"] == "urn:streakline:problem:token-missing"
    expect(page.get_by_label("The same with curl")).not_to_contain_text("authorization")


def test_a_stream_is_shown_as_it_comes_until_it_is_stopped(
    context: BrowserContext, stack: RunningStack
) -> None:
    page = opened(context, stack, "get_api_live_events", stack.token)
    page.get_by_label("topics").fill("top:plays")
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer", exact=True)
    expect(answer).to_contain_text("event: snapshot", timeout=SOON_MS)
    page.get_by_role("button", name="Stop").click()
    expect(answer).to_contain_text("stopped")


@pytest.mark.parametrize("operation", [EVENTS, COUNTERS])
def test_axe_finds_nothing_grave(context: BrowserContext, stack: RunningStack, operation: str) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = opened(context, stack, operation, stack.token)
    page.get_by_role("button", name="Send").click()
    expect(page.locator('[data-figure="docs.status"]')).to_be_visible(timeout=SOON_MS)
    page.get_by_text("Headers", exact=True).click()
    assert findings_everywhere(page) == {}
