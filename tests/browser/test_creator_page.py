"""The page of a creator: its numbers are the API's, nobody who listened is named, and it asks whose they should be."""

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
STATS, DAYS = "/api/dashboard/stats", "/api/analytics/dashboard"
LISTENER = "listener-who-is-nobodys-business"


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with plays of two creators over 120 days."""
    now = int(datetime.fromisoformat(got(stack, STATS, stack.token, artist="x")["asOf"]).timestamp() * 1000)
    sources, countries = ["search", "playlist", None], ["DE", "IN", "US", None]
    events: list[dict[str, Any]] = [
        {
            "id": f"p{number}", "type": "play", "contentId": f"song-{number % 7}", "contentType": "track",
            "creatorId": "duo" if number % 7 == 6 else "band", "userId": LISTENER if number % 2 else f"u{number}",
            "sessionId": f"s{number % 11}", "source": sources[number % 3], "country": countries[number % 4],
            "duration": 30 + number % 100, "contentDuration": 180, "timestamp": now - number * DAY_MS // 2,
        }
        for number in range(240)
    ]  # fmt: skip
    events += [
        {
            "id": f"l{n}",
            "type": "like",
            "contentId": f"song-{n % 3}",
            "sessionId": "s",
            "timestamp": now - n * DAY_MS,
        }
        for n in range(20)
    ]
    events += [
        {
            "id": f"f{n}",
            "type": "follow",
            "creatorId": "band",
            "userId": f"fan-{n}",
            "timestamp": now - n * DAY_MS,
        }
        for n in range(5)
    ]
    events += [
        {"id": "c1", "type": "creator", "creatorId": "band", "name": "The Band", "sessionId": "s", "timestamp": now},
        {"id": "c2", "type": "content", "contentId": "song-0", "title": "A Song", "sessionId": "s", "timestamp": now},
        {
            "id": "c3", "type": "content", "contentId": "sub", "contentType": "submission", "creatorId": "band",
            "properties": {"status": "pending"}, "sessionId": "s", "timestamp": now,
        },
    ]  # fmt: skip
    receipt = stack.post(
        [{name: value for name, value in event.items() if value is not None} for event in events]
    )
    assert receipt["accepted"] == len(events), receipt
    assert got(stack, "/api/v1/settled", stack.token, position=receipt["position"], wait="60")["settled"]
    return stack


def own(stack: RunningStack, *creators: str) -> str:
    secret = Credentials.load(Path(stack.folder) / "secrets.json").secret
    return mint(secret, "read:self read:public", sub="manager", creators=creators)


@pytest.mark.parametrize("name", ["30d", "1y", "all"])
def test_every_number_is_that_of_the_api(context: BrowserContext, filled: RunningStack, name: str) -> None:
    page, token = context.new_page(), own(filled, "band")
    page.goto(f"{filled.url}/creator#token={token}")
    shows_what_the_api_answers(page, filled, token, "30d")
    page.get_by_role("button", name=name, exact=True).click()
    shows_what_the_api_answers(page, filled, token, name)
    page.reload()
    shows_what_the_api_answers(page, filled, token, name)
    page.get_by_role("region", name="Top tracks").get_by_role("link", name="A Song").click()
    expect(page.get_by_role("heading", level=1, name="A Song")).to_be_visible(timeout=SOON_MS)


def test_what_is_played_now_is_shown_as_it_happens(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/creator#token={own(filled, 'duo')}")
    hour = page.locator('[data-figure="creator.hour"] .figure-value')
    ever = page.locator('[data-figure="creator.ever"] .figure-value')
    expect(ever).to_have_text("34", timeout=SOON_MS)
    before = int(hour.inner_text())
    now = int(datetime.fromisoformat(got(filled, STATS, filled.token, artist="x")["asOf"]).timestamp() * 1000)
    some = {"type": "play", "contentId": "song-6", "sessionId": "s", "duration": 60, "timestamp": now}
    assert filled.post([{"id": f"now{n}", **some} for n in range(3)])["accepted"] == 3
    expect(hour).to_have_text(str(before + 3), timeout=SOON_MS)
    expect(ever).to_have_text("37", timeout=SOON_MS)
    top = page.get_by_role("region", name="Most played, last hour").get_by_role("listitem")
    expect(top.first).to_contain_text("song-6")


@pytest.mark.parametrize("width", [375, 1280, 2560])
def test_no_width_cuts_anything_off(context: BrowserContext, filled: RunningStack, width: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{filled.url}/creator#token={own(filled, 'band')}")
    expect(page.get_by_role("heading", level=1, name="The Band")).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_role("heading", level=2, name="Days", exact=True)).to_be_visible(timeout=SOON_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nobody_who_listened_is_named(context: BrowserContext, filled: RunningStack) -> None:
    page, bodies = context.new_page(), list[str]()
    page.on("response", lambda answer: bodies.append(answer.text()) if "/api/" in answer.url else None)
    page.goto(f"{filled.url}/creator#token={own(filled, 'band')}")
    expect(page.get_by_role("region", name="Last plays").get_by_role("listitem")).to_have_count(
        10, timeout=SOON_MS
    )
    assert len(bodies) >= 2
    assert LISTENER not in "".join([page.content(), *bodies])


def test_a_link_for_several_creators_asks_which(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/creator#token={own(filled, 'band', 'duo')}")
    expect(page.get_by_text("This link is not for one creator alone.")).to_be_visible(timeout=SOON_MS)
    page.get_by_label("Id of the creator").fill("duo")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1, name="duo")).to_be_visible(timeout=SOON_MS)
    assert urllib.parse.urlsplit(page.url).query == "artist=duo"


def test_another_creators_numbers_are_refused_in_words(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/creator?artist=duo#token={own(filled, 'band')}")
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("This link may not see these numbers.", timeout=SOON_MS)
    expect(alert).to_contain_text("'duo' is not yours")


def test_axe_finds_nothing_grave(context: BrowserContext, filled: RunningStack) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = context.new_page()
    page.goto(f"{filled.url}/creator#token={own(filled, 'band')}")
    expect(page.get_by_role("region", name="Last plays").get_by_role("listitem")).to_have_count(
        10, timeout=SOON_MS
    )
    assert findings_everywhere(page) == {}


def shows_what_the_api_answers(page: Page, stack: RunningStack, token: str, name: str) -> None:
    """Compare the numbers on the page with the answers of the API."""
    stats = got(stack, STATS, token, timeRange=name)
    days = got(stack, DAYS, token, timeRange=name)["trends"]
    overview = stats["overview"]
    expect(figure(page, "plays")).to_have_text(str(overview["totalPlays"]), timeout=SOON_MS)
    for shown, value in (
        ("listeners", overview["uniqueListeners"]), ("likes", overview["totalLikes"]),
        ("tracks", overview["totalTracks"]), ("followers", stats["artistProfile"]["followers"]),
    ):  # fmt: skip
        expect(figure(page, shown)).to_have_text(str(value))
    rates = page.locator('[data-figure="creator.likeRate"] .parts-percent')
    expect(rates).to_have_text(f"{stats['engagementMetrics']['likeRate']:g}%")
    tracks = page.get_by_role("region", name="Top tracks").get_by_role("listitem")
    assert [text.split("\n")[0] for text in tracks.all_inner_texts()] == [
        track["title"] for track in stats["topTracks"]
    ]
    plays, likes = (sum(day[kind] for day in days[f"{kind}OverTime"]) for kind in ("plays", "likes"))
    expect(page.locator('[data-figure="creator.days"]')).to_have_text(f"{plays} plays · {likes} likes")
    expect(page.get_by_role("region", name="Last plays").get_by_role("listitem")).to_have_count(10)


def figure(page: Page, name: str) -> Any:
    return page.locator(f'[data-figure="creator.{name}"] .figure-value')


def got(stack: RunningStack, path: str, token: str, **query: str) -> dict[str, Any]:
    """Return what the server answers to a GET."""
    request = urllib.request.Request(
        f"{stack.url}{path}?{urllib.parse.urlencode(query)}", headers={"authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        body: dict[str, Any] = json.load(answer)
    return body
