"""User agents: devices, and robots with their reasons."""

import pytest

from server.agents import LONGEST, Agent, agent_of

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1"
)
TABLET = (
    "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/116.0.0.0 Safari/537.36"
)
PHONE = TABLET.replace("Safari", "Mobile Safari")
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36"
)
TELEVISION = (
    "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "76.0.3809.146/6.0 TV Safari/537.36"
)


@pytest.mark.parametrize(
    ("text", "device", "system"),
    [
        (IPHONE, "mobile", "iOS"),
        (PHONE, "mobile", "Android"),
        (TABLET, "tablet", "Android"),
        (WINDOWS, "desktop", "Windows"),
        (TELEVISION, "tv", "Tizen"),
        ("something else/1.0", "other", ""),
    ],
)
def test_devices(text: str, device: str, system: str) -> None:
    agent = agent_of(text)
    assert (agent.device, agent.os, agent.bot_reason) == (device, system, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "search-engine"),
        ("curl/8.5.0", "http-library"),
        (WINDOWS.replace("Chrome", "HeadlessChrome"), "browser-automation"),
    ],
)
def test_robots_are_named_by_their_trade(text: str, reason: str) -> None:
    agent = agent_of(text)
    assert agent.bot_reason == reason
    assert agent.device == ""


def test_no_user_agent_says_nothing() -> None:
    assert agent_of("") == Agent()


def test_of_a_long_text_only_what_is_looked_at_is_kept():
    long = PHONE.ljust(LONGEST)
    assert agent_of(long + "x" * 1_000_000) is agent_of(long + "y" * 1_000_000)
