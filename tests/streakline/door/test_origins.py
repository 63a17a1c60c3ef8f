"""Origins are compared by what they mean, not by their letters."""

import pytest

from streakline.door.origins import is_same_host, plain_origin


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://example.org", "example.org"),
        ("https://example.org", "example.org"),
        ("https://example.org", "example.org:443"),
        ("https://example.org", "example.org:80"),
        ("http://example.org", "example.org:80"),
        ("https://example.org", "EXAMPLE.org"),
        ("https://example.org:443", "example.org"),
        ("http://h:8080", "h:8080"),
        ("https://[2001:db8::1]", "[2001:db8::1]:443"),
        ("https://[2001:db8::443]:8443", "[2001:DB8::443]:8443"),
    ],
)
def test_one_host_in_two_spellings_is_one(origin: str, host: str) -> None:
    assert is_same_host(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://h:8080", "h"),
        ("http://h", "h:8080"),
        ("http://evil.example", "example.org"),
        ("http://example.org.evil.example", "example.org"),
        ("http://example.org@evil.example", "example.org"),
        ("https://[2001:db8::443]", "[2001:db8:]"),
        ("null", "null"),
        ("null", ""),
        ("https://", ""),
        ("", ""),
    ],
)
def test_another_host_or_port_is_another(origin: str, host: str) -> None:
    assert not is_same_host(origin, host)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://Example.org/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("null", "null"),
        ("*", "*"),
    ],
)
def test_an_origin_of_the_setting_is_read_as_browsers_send_it(written: str, sent: str) -> None:
    assert plain_origin(written) == sent
