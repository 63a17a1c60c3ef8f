"""The connectors by their names, and the applications that an installation is to them."""

from __future__ import annotations

from typing import Final

import msgspec

from streakline.platforms.connectors.connector import Connector
from streakline.platforms.connectors.instagram.connector import Instagram
from streakline.platforms.connectors.oauth import ClientApp
from streakline.platforms.connectors.tiktok.business import TikTokBusiness
from streakline.platforms.connectors.tiktok.display import TikTok
from streakline.platforms.connectors.twitter.connector import Twitter
from streakline.platforms.connectors.youtube.connector import YouTube

CONNECTORS: Final[dict[str, Connector]] = {
    connector.name: connector for connector in (YouTube(), Instagram(), TikTok(), TikTokBusiness(), Twitter())
}
"""Name -> connector; of a platform there may be several."""
COST: Final = frozenset({"twitter"})
"""Of which reading costs money."""
_DECODER: Final = msgspec.json.Decoder(dict[str, ClientApp])


class BadApps(ValueError):
    """A file of applications that cannot be used; the message names what is wrong and never a secret."""


def apps_of(data: bytes) -> dict[str, ClientApp]:
    """Return the applications of a file: name of a connector -> what this installation is to it.

    Raises:
        BadApps: naming the platform and the member.
    """
    try:
        apps = _DECODER.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadApps(str(error)) from None
    for platform, app in apps.items():
        connector = CONNECTORS.get(platform)
        if connector is None:
            msg = f"{platform[:40]!r} is no platform; there are {', '.join(CONNECTORS)}"
            raise BadApps(msg)
        if not app.client_id or not app.client_secret:
            msg = f"clientId or clientSecret of {platform} is empty"
            raise BadApps(msg)
        if platform in COST and app.budget <= 0:
            msg = f"budget of {platform} is {app.budget:g}; it takes US dollars a month: each post that is read costs"
            raise BadApps(msg)
        for name, address in app.addresses.items():
            if name not in connector.addresses:
                there = ", ".join(connector.addresses)
                msg = f"addresses of {platform} names {name[:40]!r}; there are {there}"
                raise BadApps(msg)
            if not address.startswith(("https://", "http://")):
                msg = f"addresses of {platform} has {address[:80]!r} for {name}; it takes an http address"
                raise BadApps(msg)
    return apps


def address_of(connector: Connector, app: ClientApp, base: str) -> str:
    """Return a base address: that of the file, else the platform's own."""
    return app.addresses.get(base) or connector.addresses[base]
