"""Visitors: whom a request comes from when proxies stand between, told from what they say.

Anybody can write the headers in which proxies say whom they serve. They are believed as far as trusted proxies wrote
them: each adds the address it was asked by at the end, so the list is read from there, and the first address that is
no trusted proxy's own is the visitor's.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

FORWARDED_FOR: Final = "X-Forwarded-For"
"""What nearly all proxies write."""
FORWARDED: Final = "Forwarded"
"""The one header with names of its own inside (RFC 7239); all others are lists of addresses."""
_VISITOR_BITS: Final = 64
"""A household or a server has so many bits of an IPv6 address to itself: all of them are one visitor."""


class Proxies:
    """The networks of proxies whose word is taken."""

    def __init__(self, networks: Iterable[str]) -> None:
        """Take addresses and networks, like `10.0.0.7` and `fd00::/8`.

        Raises:
            ValueError: for one that is neither, naming it.
        """
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(network) for network in networks]

    def trusts(self, peer: str) -> bool:
        """Tell whether a connection's other end, given as an address, is such a proxy."""
        address = address_of(peer) if self._networks else None
        return address is not None and self._has(address)

    def visitor(self, peer: str, forwarded: str, header: str) -> str:
        """Return the address a request comes from.

        Args:
            peer: the address at the other end of the connection.
            forwarded: the whole value of the header in which proxies say whom they serve.
            header: its name; `Forwarded` is read by RFC 7239, any other as addresses with commas.

        Returns:
            The peer, if that is no trusted proxy; else the last address that is none; if all are, the first. Where the
            list stops being addresses, it is whoever said so.
        """
        visitor = peer
        if not forwarded or not self.trusts(peer):
            return visitor
        for name in reversed(_named(forwarded, header)):
            address = address_of(name)
            if address is None:
                return visitor
            visitor = str(address)
            if not self._has(address):
                return visitor
        return visitor

    def _has(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def address_of(text: str) -> Address | None:
    """Return the address that a text is, also with a port or in brackets; None if it is none.

    An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is the IPv4 address.
    """
    name = text.strip().strip('"')
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    try:
        address = ip_address(name)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def allowance_of(visitor: str) -> str:
    """Return under which name a visitor's allowance is kept: the address, of IPv6 its first 64 bits."""
    address = address_of(visitor) if ":" in visitor else None
    if isinstance(address, IPv6Address):
        return f"{ip_address(int(address) >> _VISITOR_BITS << _VISITOR_BITS)}/{_VISITOR_BITS}"
    return visitor if address is None else str(address)


def _named(forwarded: str, header: str) -> list[str]:
    parts = forwarded.split(",")
    return [_for(part) for part in parts] if header.lower() == FORWARDED.lower() else parts


def _for(element: str) -> str:
    """Return whom an element of `Forwarded` names, like `for="[2001:db8::1]:4711";proto=https`."""
    for pair in element.split(";"):
        name, _, value = pair.partition("=")
        if name.strip().lower() == "for":
            return value
    return ""
