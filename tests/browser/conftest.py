"""A real Chromium in front of a real stack."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from running_stack import ROOT, RunningStack

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium with an own, empty profile.

    Of one module: Playwright runs an event loop in this thread for as long as it is open, in which no asynchronous
    test of another module could run.
    """
    executable = os.environ.get("STREAKLINE_CHROMIUM") or shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on PATH: `apt-get install chromium`, or name one in STREAKLINE_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def built_page() -> Path:
    """The folder of the built page."""
    folder = ROOT / "clients" / "dashboard" / "dist"
    if not (folder / "index.html").is_file():
        pytest.fail(f"the page is not built in {folder}; run `make page`")
    return folder


@pytest.fixture(scope="module")
def stack(
    browser: Browser, built_page: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    """A stack without any event; the tests of a file share it."""
    with RunningStack(tmp_path_factory.mktemp("browser") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def private_stack(
    browser: Browser, built_page: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningStack]:
    """A stack that shows nothing without a token."""
    folder = tmp_path_factory.mktemp("private") / "data"
    with RunningStack(folder, environment={"STREAKLINE_PUBLIC_READS": "0"}) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader whose screen is as wide as a laptop's, in UTC."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC")
    yield made
    made.close()
