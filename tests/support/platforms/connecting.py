"""A person who connects accounts, as his browser does."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from platform_server import PlatformServer

CONNECTIONS = "/api/v1/analytics/connections"


async def connect(
    session: aiohttp.ClientSession,
    url: str,
    token: str,
    server: PlatformServer,
    platform: str,
    user: str,
    account: str,
) -> aiohttp.ClientResponse:
    """Ask, say yes at the platform, and come back; return the page that is shown, read."""
    asked = f"{url}{CONNECTIONS}/{platform}/authorize"
    async with session.post(asked, params={"user": user}, headers=bearer(token)) as answer:
        assert answer.status == 201, await answer.text()
        where = (await answer.json())["url"]
    back = server.consent(dict(parse_qsl(urlsplit(where).query)), account)
    async with session.get(back) as page:
        await page.read()
        return page


async def sync(session: aiohttp.ClientSession, url: str, token: str, **asked: str) -> tuple[int, Any]:
    """Ask for a sync; return status and answer."""
    address = f"{url}/api/v1/analytics/sync"
    async with session.post(address, params=asked, headers=bearer(token)) as answer:
        return answer.status, await answer.json(content_type=None)


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


def cookies() -> aiohttp.CookieJar:
    """Return a jar that keeps cookies of addresses without a name, too."""
    return aiohttp.CookieJar(unsafe=True)
