"""Links to shared years as a process knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from server.resources.joined_file import JoinedFile
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.revocable.keepers import followed
from server.resources.revocable.store import Places, Revocables, revocable_file
from streakline.door.revocable import Known
from streakline.people.yearly.links import YearLink
from streakline.streams import keys

FILE: Final = "year-links.json"
"""In the data folder of every process that shows years."""
_DECODER: Final = msgspec.json.Decoder(YearLink)
_PLACES: Final = Places(keys.YEAR_LINKS, keys.YEAR_LINKS_REVOKED, keys.YEAR_LINKS_CHANGE, "year_links")


def link_file(folder: Path) -> JoinedFile[Known[YearLink]]:
    """Return the file of links and revocations in a data folder."""
    return revocable_file(folder / FILE, "links", YearLink)


class YearLinks(Revocables[YearLink]):
    """The links of an installation."""

    def of(self, user: str) -> list[YearLink]:
        """Return every link that a person ever made."""
        return [link for link in self.known.kept.values() if link.user == user]

    def holds(self, link: YearLink, now: int) -> bool:
        """Tell whether a link opens its year at a moment, in ms."""
        return not self.is_revoked(link.id) and (link.expires is None or now < link.expires)


YEAR_LINKS: Final = web.AppKey("year_links", YearLinks)


async def year_links_resource(app: web.Application) -> AsyncIterator[None]:
    """Know the links for as long as the application runs."""
    ours = YearLinks(app[OWN_REDIS], link_file(Path(app[SETTINGS].data)), _PLACES, _DECODER)
    async with followed(ours):
        app[YEAR_LINKS] = ours
        yield
