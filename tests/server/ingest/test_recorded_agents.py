"""Robots and browsers of recorded user agents: how many crawlers are known, how many browsers are taken for one.

The list that is shipped drifts from the recorded one, so what it gives is printed and held within bounds; what the
recorded one gives is exact.
"""

from __future__ import annotations

import json
import re

import pytest
import yaml
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from real_data import recorded
from server.ingest.agents import agent_of, crawlers_of

BROWSERS = frozenset({
    "Android", "Brave", "Chrome", "Chrome Mobile", "Chrome Mobile WebView", "Chrome Mobile iOS", "Chromium",
    "DuckDuckGo Mobile", "Edge", "Edge Mobile", "Firefox", "Firefox Mobile", "Firefox iOS", "IE", "IE Mobile",
    "Mobile Safari", "Mobile Safari UI/WKWebView", "Opera", "Opera Mini", "Opera Mobile", "Safari",
    "Samsung Internet", "UC Browser", "Vivaldi", "Yandex Browser",
})  # fmt: skip
"""Families of user agents that people look at pages with."""
LINE = re.compile(r'(\S+) .*? "((?:[^"\\]|\\.)*)"$')
LEAST_RECALL, MOST_FALSE = 0.99, 0.02


@pytest.fixture(scope="module")
def entries() -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(recorded("user_agents/crawler-user-agents.json").read_text())
    return listed


@pytest.fixture(scope="module")
def requests() -> list[tuple[str, str]]:
    """Client and user agent of every line of a web server's log."""
    with recorded("weblogs/access.log").open(encoding="utf-8", errors="replace") as lines:
        found = [LINE.match(line.rstrip("\n")) for line in lines]
    assert None not in found
    return [(match[1], match[2]) for match in found if match is not None]


def test_a_web_log_has_the_robots_of_the_recorded_list_and_they_are_known(
    requests: list[tuple[str, str]], entries: list[dict[str, object]]
) -> None:
    listed = crawlers_of(entries)
    declared = [agent for _, agent in requests if listed.extract(agent) is not None]
    clients = {client for client, agent in requests if listed.extract(agent) is None}
    assert (len(requests), len({client for client, _ in requests})) == (6_209, 1_050)
    assert (len(declared), len(clients)) == (1_320, 885)

    ours = {agent for _, agent in requests if agent_of(agent).bot_reason}
    known = sum(agent in ours for agent in declared)
    print(  # noqa: T201 - drifts with the list that is shipped
        f"web log: {sum(agent in ours for _, agent in requests)} requests of robots by what is shipped "
        f"({len(CRAWLER_USER_AGENTS_DATA)} entries), {len(declared)} by the recorded list ({len(entries)}), "
        f"of which {known} are known; clients without: "
        f"{len({client for client, agent in requests if agent not in ours})} and {len(clients)}"
    )
    assert known >= LEAST_RECALL * len(declared)


def test_crawlers_are_known_and_browsers_are_not_taken_for_them(entries: list[dict[str, object]]) -> None:
    crawlers = [str(text) for entry in entries for text in entry.get("instances", [])]  # type: ignore[attr-defined]
    known = sum(bool(agent_of(text).bot_reason) for text in crawlers)
    cases = yaml.safe_load(recorded("user_agents/uap_test_ua.yaml").read_text())["test_cases"]
    browsers = [case["user_agent_string"] for case in cases if case["family"] in BROWSERS]
    taken = {text: reason for text in browsers if (reason := agent_of(text).bot_reason)}
    print(  # noqa: T201 - drifts with the list that is shipped
        f"recall {known} of {len(crawlers)} crawlers; taken for robots {len(taken)} of {len(browsers)}: {taken}"
    )
    assert len(crawlers) == 2_118
    assert len(browsers) == 141
    assert known >= LEAST_RECALL * len(crawlers)
    assert len(taken) <= MOST_FALSE * len(browsers)
