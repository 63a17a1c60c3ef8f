"""Origins: whether a browser's page comes from where it speaks to, whatever a proxy did to the spelling.

An origin is `scheme://host[:port]` (RFC 6454), a host is what the header `Host` says: `host[:port]`. Proxies add a
port that everybody leaves out, or keep the letters' case; the scheme of the two differs wherever a proxy ends TLS.
"""

from __future__ import annotations

from typing import Final

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


def plain_origin(origin: str) -> str:
    """Return an origin as browsers spell it: in small letters, without its scheme's own port, no slash behind."""
    scheme, colons, host = origin.strip().rstrip("/").lower().partition("://")
    if not colons:
        return scheme  # `null`, or `*`
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS.get(scheme, ''))}"


def is_same_host(origin: str, host: str) -> bool:
    """Tell whether an origin's host and port are those of a `Host`; the ports of http and https are none."""
    _, colons, own = plain_origin(origin).partition("://")
    return bool(colons and own) and _without_default_port(own) == _without_default_port(host.strip().lower())


def _without_default_port(host: str) -> str:
    for port in _DEFAULT_PORTS.values():
        if host.endswith(port):
            return host.removesuffix(port)
    return host
