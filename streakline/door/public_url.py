"""The address under which the world reaches an installation, as its setting gives it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_HOST: Final = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9._-]*[a-z0-9])?", re.ASCII | re.IGNORECASE)
_PATH: Final = re.compile(r"(/(?!\.{1,2}(/|$))([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*", re.ASCII)


def public_url(text: str) -> str:
    """Return an address without the slash at its end: scheme, host, port where it has one, and a path before ours.

    Raises:
        ValueError: if it is no such address; the message says why.
    """
    url = text.rstrip("/")
    scheme, _, rest = url.partition("://")
    if scheme not in {"http", "https"}:
        msg = "it begins with neither https:// nor http://"
        raise ValueError(msg)
    for sign, what in (("?", "a query"), ("#", "a fragment"), ("@", "a name or a password")):
        if sign in rest:
            msg = f"it has {what}"
            raise ValueError(msg)
    try:
        parts = urlsplit(url)
        host, port = parts.netloc, parts.port
    except ValueError as error:
        raise ValueError(str(error)) from None
    if port is not None:
        host = host.rpartition(":")[0]
    if not _HOST.fullmatch(host) or port == 0:
        msg = f"{parts.netloc!r} is no host"
        raise ValueError(msg)
    if not _PATH.fullmatch(parts.path):
        msg = f"{parts.path!r} is no path; write other letters as %XX"
        raise ValueError(msg)
    return url
