"""The address under which the world reaches an installation."""

from __future__ import annotations

import pytest

from streakline.door.public_url import public_url


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://example.org", "https://example.org"),
        ("http://example.org:8080/", "http://example.org:8080"),
        ("https://music.example.org/a/streak-line//", "https://music.example.org/a/streak-line"),
        ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://localhost/%C3%BC", "https://localhost/%C3%BC"),
        ("https://example.org/.well-known", "https://example.org/.well-known"),
    ],
)
def test_an_address_is_read_without_the_slash_at_its_end(text: str, read: str):
    assert public_url(text) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "neither https:// nor http://"),
        ("example.org", "neither https:// nor http://"),
        ("ftp://example.org", "neither https:// nor http://"),
        ("https://", "neither https:// nor http://"),
        ("https:///x", "is no host"),
        ("https://exa mple.org", "is no host"),
        ("https://bücher.example", "is no host"),
        ("https://example.org:0", "is no host"),
        ("https://example.org:http", "Port"),
        ("https://example.org:99999", "Port"),
        ("https://[::1", "Invalid"),
        ("https://ann:secret@example.org", "a name or a password"),
        ("https://example.org/?tz=UTC", "a query"),
        ("https://example.org/#x", "a fragment"),
        ("https://example.org/a//b", "is no path"),
        ("https://example.org/../b", "is no path"),
        ("https://example.org/a b", "is no path"),
        ("https://example.org/ü", "is no path"),
        ('https://example.org/"><script>', "is no path"),
    ],
)
def test_what_is_none_is_refused_with_the_reason(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        public_url(text)
