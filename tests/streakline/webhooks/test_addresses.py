"""Addresses: only public ones, whichever way they are written, and URLs that a webhook can have."""

import pytest

from streakline.webhooks.addresses import ALLOW, check_url, is_public

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_none(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url", ["https://example.org/hook?a=b", "https://example.org:8443", "https://1.1.1.1/", "https://[2606:4700::1]/"]
)  # fmt: skip
def test_a_public_url_is_taken(url: str) -> None:
    check_url(url, private=False)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://example.org/hook", "no https address"),
        ("ftp://example.org/hook", "no https address"),
        ("example.org/hook", "no https address"),
        ("https://", "no https address"),
        ("https://example.org:0/", "no https address"),
        ("https://example.org:99999/", "Port"),
        ("https://[::1/", "is none"),
        ("https://127.0.0.1/", "'127.0.0.1'"),
        ("https://[::1]/", "'::1'"),
        ("https://localhost/", "'localhost'"),
        ("https://me.localhost/", "'me.localhost'"),
        ("https://0177.0.0.1/", "one meaning"),
        ("https://2130706433/", "one meaning"),
        ("https://0x7f000001/", "one meaning"),
        ("https://127.1./", "one meaning"),
        ("https://me:s3cret@example.org/", "a user, a password"),
        ("https://example.org/#part", "fragment"),
        ("https://example.org/a b", "characters that no URL has"),
        ("https://exämple.org/", "xn--"),
        ("https://example.org/\r\nHost: x", "characters that no URL has"),
        ("https://example.org/" + "x" * 2_000, "2020 characters"),
    ],
)
def test_a_url_that_cannot_be_used_says_why(url: str, named: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        check_url(url, private=False)
    assert named in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/hook", "https://localhost/", "http://hooks.internal/"]
)
def test_private_addresses_and_http_are_taken_where_a_setting_allows_them(url: str) -> None:
    check_url(url, private=True)
    with pytest.raises(ValueError, match=ALLOW.partition("=")[0]):
        check_url(url, private=False)
