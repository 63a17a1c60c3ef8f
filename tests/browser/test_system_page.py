"""The page of the system: its numbers are the API's, letters are replayed on it, and who may not is told."""

import json
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis
from playwright.sync_api import Browser, BrowserContext, Page, expect

from axe import SCRIPT, findings_everywhere
from running_stack import RunningStack
from server.door.tokens import mint
from streakline.ingest.senders import SentBy
from streakline.streams import keys
from streakline.streams.dead_letters import control_entry, dead_letter, sent_event
from wire import play

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.timeout(240)]

SOON_MS = 15_000


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader whose screen is as wide as a laptop's, in UTC."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC", locale="en-GB")
    yield made
    made.close()


@pytest.fixture(scope="module")
def stack(
    browser: Browser, built_page: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    """A stack without any event, which posts webhooks to this machine too."""
    folder = tmp_path_factory.mktemp("system") / "data"
    with RunningStack(folder, environment={"STREAKLINE_PRIVATE_WEBHOOKS": "1"}) as running:
        yield running


@pytest.fixture(scope="module")
def filled(stack: RunningStack) -> RunningStack:
    """The stack with events taken, repeated and refused."""
    events = [play(number) for number in range(20)]
    receipt = stack.post([*events, events[0], play(30, type="dance")])
    assert (receipt["accepted"], receipt["duplicates"], len(receipt["rejected"])) == (20, 1, 1)
    assert got(stack, f"/api/v1/settled?wait=60&position={receipt['position']}")["settled"]
    return stack


@pytest.fixture(autouse=True)
def _three_letters(filled: RunningStack) -> None:
    """Keep a letter that can be replayed, one that is refused again, and one of a control entry."""
    events = [sent_event(json.dumps(event).encode()) for event in (play(99), play(98, type="dance"))]
    letters = [
        *(
            dead_letter("ingest", "it came too early", "e", body, msgspec.json.encode(SentBy()))
            for body in events
        ),
        dead_letter(
            "archive", "control entry is none that archive knows", "1-1", control_entry({"kind": "dance"})
        ),
    ]
    with redis.Redis.from_url(run_of(filled)["redis_url"], protocol=2) as store:
        store.delete(keys.DEAD)
        for letter in letters:
            store.execute_command(*letter)


def test_every_number_is_that_of_the_api(context: BrowserContext, filled: RunningStack) -> None:
    page = opened(context, filled)
    system = got(filled, "/api/v1/system")
    assert (system["ingest"]["accepted"] >= 20, system["dead"]["count"]) == (True, 3)
    assert (system["storage"]["unknown"], system["ready"]) == (None, True)
    expect(figure(page, "accepted")).to_have_text(str(system["ingest"]["accepted"]), timeout=SOON_MS)
    expect(figure(page, "rejected")).to_have_text(str(sum(system["ingest"]["rejected"].values())))
    expect(figure(page, "dead")).to_have_text("3")
    expect(figure(page, "slow")).to_have_text("0")
    late = sum(flow["values"].get("late", 0) for flow in system["flows"] if flow["flow"] == "content")
    expect(figure(page, "late")).to_have_text(str(int(late)))
    expect(figure(page, "lag")).to_have_text(re.compile(r"^\d[\d.]* (ms|s)$"), timeout=SOON_MS)
    expect(figure(page, "watermark")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    tables = {table["name"] for table in system["storage"]["tables"]}
    assert {"events", "rollup"} <= tables
    shown = page.locator("[data-table]")
    assert {row.get_attribute("data-table") for row in shown.all()} == tables
    rows = page.get_by_role("region", name="Lag by shard").locator("tbody tr")
    expect(rows).to_have_count(len(system["shards"]))
    jobs = page.get_by_role("region", name="Jobs").get_by_role("listitem")
    expect(jobs.locator(".parts-name")).to_have_text([job["name"] for job in system["jobs"]])
    expect(page.get_by_text("3 dead letters wait for somebody to look.")).to_be_visible()


def test_it_is_asked_again_by_itself_and_says_how_old_it_is(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = opened(context, filled)
    expect(figure(page, "accepted")).to_have_text(re.compile(r"\d+"), timeout=SOON_MS)
    before = got(filled, "/api/v1/system")["ingest"]["accepted"]
    filled.post([play(1_000 + before)])
    expect(figure(page, "accepted")).to_have_text(str(before + 1), timeout=SOON_MS)
    page.route("**/api/v1/system", lambda route: route.abort())
    expect(page.get_by_text("The server does not answer now.")).to_be_visible(timeout=SOON_MS)
    expect(page.locator('[data-figure="system.age"]')).to_contain_text(re.compile(r", \d[\d.]* (ms|s) ago"))
    expect(figure(page, "accepted")).to_have_text(str(before + 1))
    page.unroute("**/api/v1/system")
    expect(page.get_by_text("The server does not answer now.")).to_be_hidden(timeout=SOON_MS)


def test_letters_are_replayed_and_discarded_on_it(context: BrowserContext, filled: RunningStack) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/system#token={filled.token}")
    letters = page.get_by_role("region", name="Dead letters")
    expect(letters.get_by_role("listitem")).to_have_count(3, timeout=SOON_MS)
    expect(letters).to_contain_text("it is a control entry, which holds no events")
    letters.get_by_role("button", name="Replay all 3").click()
    expect(letters).to_contain_text("1 replayed, 2 could not be and are kept.", timeout=SOON_MS)
    expect(letters.get_by_role("listitem")).to_have_count(2, timeout=SOON_MS)
    letters.get_by_role("button", name=re.compile("^Replay [0-9]")).click()
    expect(letters).to_contain_text("Still refused: type 'dance' is not known", timeout=SOON_MS)
    for left in (1, 0):
        letters.get_by_role("button", name=re.compile("^Discard")).first.click()
        expect(letters.get_by_role("listitem")).to_have_count(left, timeout=SOON_MS)
    expect(letters).to_contain_text("None: everything that came was taken")
    assert got(filled, "/api/v1/dead-letters")["count"] == 0


def test_who_may_not_see_it_is_told_and_signs_in_with_a_token_or_a_key(
    context: BrowserContext, filled: RunningStack
) -> None:
    page = context.new_page()
    page.goto(f"{filled.url}/system")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("These numbers need a link with a token.", timeout=SOON_MS)
    secret = json.loads((filled.folder / "secrets.json").read_text())["secret"]
    reader = mint(secret, "read:admin", sub="ann")
    alert.get_by_label("Token or API key").fill(reader)
    alert.get_by_role("button", name="Sign in").click()
    expect(figure(page, "accepted")).to_have_text(re.compile(r"\d+"), timeout=SOON_MS)
    footer = page.get_by_role("contentinfo")
    expect(footer).to_contain_text(re.compile(r"Signed in with a token of ann \(read:admin\), until \d"))
    expect(page.get_by_role("region", name="Dead letters")).to_contain_text("takes the scope admin")
    footer.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("alert")).to_contain_text("These numbers need", timeout=SOON_MS)
    page.get_by_role("link", name="Live").click()
    footer.get_by_label("Token or API key").fill(key_of(filled))
    footer.get_by_role("button", name="Sign in").click()
    expect(footer).to_contain_text(re.compile("Signed in with the API key [a-z2-7]{10} \\(admin"))
    page.reload()
    page.get_by_role("link", name="System").click()
    expect(figure(page, "accepted")).to_have_text(re.compile(r"\d+"), timeout=SOON_MS)


class Receiver(BaseHTTPRequestHandler):
    """Takes what is delivered."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[str]:
    """Run a receiver and give its host."""
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_admins_see_webhooks_by_their_host_with_what_came_back_last(
    context: BrowserContext, filled: RunningStack
) -> None:
    hooks = "/api/v1/webhooks"
    with receiver() as host:
        made = got(filled, hooks, {"url": f"http://{host}/s3cret", "description": "celebrations"})["shown"]
        got(filled, f"{hooks}/{made['id']}/test", {})
        deliveries = f"{hooks}/{made['id']}/deliveries?state=delivered"
        deadline = time.monotonic() + SOON_MS / 1000
        while not got(filled, deliveries)["deliveries"] and time.monotonic() < deadline:
            time.sleep(0.1)
    page = context.new_page()
    page.goto(f"{filled.url}/system#token={filled.token}")
    shown = page.get_by_role("region", name="Webhooks")
    row = shown.locator('[data-webhook="{}"]'.format(made["id"]))
    for words in (
        host,
        "active, 0 pending, 0 dead",
        f"{made['id']} · celebrations",
        "Last: answered 204, in ",
    ):
        expect(row).to_contain_text(words, timeout=SOON_MS)
    expect(shown).not_to_contain_text("s3cret")
    reader = opened(context, filled)
    expect(figure(reader, "accepted")).to_have_text(re.compile(r"\d+"), timeout=SOON_MS)
    expect(reader.get_by_role("region", name="Dead letters")).to_be_visible()
    expect(reader.get_by_role("region", name="Webhooks")).to_have_count(0)


def test_axe_finds_nothing_grave(context: BrowserContext, filled: RunningStack) -> None:
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is not there: make front-end")
    page = context.new_page()
    page.goto(f"{filled.url}/system#token={filled.token}")
    expect(figure(page, "accepted")).to_have_text(re.compile(r"\d+"), timeout=SOON_MS)
    expect(page.get_by_role("region", name="Webhooks")).to_be_visible(timeout=SOON_MS)
    assert findings_everywhere(page) == {}


def opened(context: BrowserContext, stack: RunningStack) -> Page:
    page = context.new_page()
    page.goto(stack.link)
    page.get_by_role("navigation").get_by_role("link", name="System").click()
    expect(page.get_by_role("heading", level=1, name="System")).to_be_visible(timeout=SOON_MS)
    return page


def figure(page: Page, name: str) -> Any:
    return page.locator(f'[data-figure="system.{name}"] .figure-value')


def run_of(stack: RunningStack) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(Path(stack.folder / "run.json").read_text())
    return run


def key_of(stack: RunningStack) -> str:
    """Return an API key that may read everything."""
    return str(got(stack, "/api/v1/keys", {"scopes": ["admin"]})["key"])


def got(stack: RunningStack, path: str, body: object = None) -> dict[str, Any]:
    """Return what the server answers to a GET, or to a POST of a body."""
    request = urllib.request.Request(
        f"{stack.url}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"authorization": f"Bearer {stack.token}"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
