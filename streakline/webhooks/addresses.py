"""Where a webhook may point: which addresses are public, and which URLs can be used at all."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2_000
"""Characters of a URL."""
ALLOW: Final = "STREAKLINE_PRIVATE_WEBHOOKS=1 allows it"
_NUMBER: Final = re.compile("[0-9]+|0x[0-9a-f]*")
"""A host that ends so is an address to some libraries, and to others a name."""
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet; what is written inside of it must be one too.

    Raises:
        ValueError: if it is no address.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and (inner := _inside(found)) is not None:
        return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if it stands for one."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def check_url(url: str, *, private: bool) -> None:
    """Refuse a URL that no webhook can have. What its name resolves to is checked whenever it is sent to.

    Args:
        url: it.
        private: whether addresses that are not public, and http, are allowed.

    Raises:
        ValueError: with what is wrong, and what to do.
    """
    if len(url) > LONGEST:
        msg = f"url has {len(url)} characters; {LONGEST} are the most"
        raise ValueError(msg)
    if not url.isascii() or not url.isprintable() or " " in url:
        msg = f"url {url[:100]!r} has characters that no URL has; write them as %XX, the host as xn--…"
        raise ValueError(msg)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        msg = f"url {url[:100]!r} is none: {error}"
        raise ValueError(msg) from error
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not host or port == 0:
        way = "" if private else f" ({ALLOW} to be http)"
        msg = f"url {url[:100]!r} is no {' or '.join(schemes)} address{way}; it is like https://example.org/hook"
        raise ValueError(msg)
    if parts.username is not None or parts.fragment:
        msg = "url has a user, a password or a fragment; put what tells the receiver who sends into path or query"
        raise ValueError(msg)
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) and not _is_address(host):
        msg = f"url names {host[:100]!r}, which is no address that has one meaning; write it as four numbers"
        raise ValueError(msg)
    if not private and not _may_be_public(host):
        msg = f"url names {host[:100]!r}, which is no public address; {ALLOW}"
        raise ValueError(msg)


def _may_be_public(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return False
    return not _is_address(host) or is_public(host)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
