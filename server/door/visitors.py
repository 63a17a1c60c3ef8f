"""Whom a request comes from, and whether what its headers say of him was said by a trusted proxy."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.door.access import header_text
from server.resources.redis_client import SETTINGS
from streakline.door.visitors import Proxies, allowance_of

PROXIES: Final = web.AppKey("proxies", Proxies)


def allowance_name(request: web.Request) -> str:
    """Return under which name the allowance of a request's visitor is kept: of his address, which is stored nowhere."""
    peer, header = request.remote or "", request.app[SETTINGS].visitor_header
    # A list may come in several lines; joined they are one, in their order.
    forwarded = ",".join(request.headers.getall(header, ()))
    return allowance_of(request.app[PROXIES].visitor(peer, forwarded, header))


def country_of(request: web.Request) -> str:
    """Return the country that a trusted proxy says the visitor is in: two letters, or none."""
    header = request.app[SETTINGS].country_header
    if not header or not request.app[PROXIES].trusts(request.remote or ""):
        return ""
    return header_text(request, header)[:2].upper()
