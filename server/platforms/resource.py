"""All of it, for as long as the application runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from server.metrics import METRICS
from server.platforms.authorizing import Authorizing
from server.platforms.connections import Connections, connection_file
from server.platforms.grants import Grants
from server.platforms.ledger import Ledger
from server.platforms.outbox import Outbox
from server.platforms.sealing import NoKey, Sealer
from server.platforms.syncing import Syncs
from server.platforms.talking import Talker
from server.platforms.transport import Transport
from server.resources.clock import CLOCK
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.revocable.keepers import followed
from streakline.platforms.connectors.oauth import ClientApp
from streakline.platforms.connectors.registry import BadApps, apps_of
from streakline.settings import VARIABLES, BadSetting, Settings

APPS: Final = web.AppKey("platform_apps", dict[str, ClientApp])


class Platforms:
    """Accounts at other platforms, as a process deals with them."""

    def __init__(
        self, apps: Mapping[str, ClientApp], connections: Connections, authorizing: Authorizing, syncs: Syncs
    ) -> None:
        self.apps, self.connections, self.authorizing, self.syncs = apps, connections, authorizing, syncs


PLATFORMS: Final = web.AppKey("platforms", Platforms)
_log = structlog.get_logger()


def read_apps(settings: Settings) -> dict[str, ClientApp]:
    """Return the applications that this installation is to platforms, by their names.

    Raises:
        BadSetting: if the file cannot be used, or there is no key to seal tokens with.
    """
    file = settings.platforms
    if not file:
        return {}
    variable, takes = VARIABLES["platforms"]
    try:
        apps = apps_of(Path(file).read_bytes())
        Sealer(settings.platform_keys)
    except (BadApps, NoKey, OSError) as error:
        msg = f"{variable} is {file!r}: {error}; it takes {takes}"
        raise BadSetting(msg) from None
    return apps


async def platforms_resource(app: web.Application) -> AsyncIterator[None]:
    """Know the connections, and be ready to look at their accounts; without an application there are none."""
    settings, apps, now_ms = app[SETTINGS], app[APPS], app[CLOCK].now_ms
    if not apps:
        yield
        return
    redis, sealer = app[OWN_REDIS], Sealer(settings.platform_keys)
    connections = Connections(redis, connection_file(Path(settings.data)))
    transport = Transport(apps, app[METRICS], now_ms)
    ledger = Ledger(redis, now_ms)
    talker = Talker(transport, ledger, apps, now_ms)
    grants = Grants(redis, connections, sealer, talker, now_ms)
    syncs = Syncs(redis, connections, grants, talker, ledger, Outbox(app, redis), app[METRICS], now_ms)
    authorizing = Authorizing(redis, connections, grants, sealer, talker, now_ms)
    async with followed(connections):
        app[PLATFORMS] = Platforms(apps, connections, authorizing, syncs)
        _log.info("platforms_known", platforms=sorted(apps))
        yield
    await syncs.close()
    await transport.close()
