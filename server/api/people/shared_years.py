"""Shared years: the public page and card behind a link. Tokens that open nothing are all answered alike."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from server.api.people.cards import PNG, SVG, card_of, size_asked
from server.api.people.rows import Person
from server.api.people.year_in_review import PersonYear, kept_year
from server.door.access import address_of
from server.door.answers import page_of, tag_of, unchanged
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.redis_client import SETTINGS
from server.resources.revocable.year_links import YEAR_LINKS
from streakline import zones
from streakline.people.yearly.links import YearLink, id_of
from streakline.people.yearly.shared_page import POLICY, no_page, shared_page

SHARED: Final = ("size",)
"""What the card of a shared year takes."""
# A revoked link must not be opened from a cache.
_CACHE: Final = "private, no-cache"
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # The address is the secret: it goes to nobody else, and into no index.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


async def shared_year(request: web.Request) -> web.Response:
    """`GET /shared/year/{token}`: the page of a shared year, for everybody who has the link.

    Parameters are left alone: those who pass links on add their own. 404 for a token that opens nothing, to browsers as
    a page.
    """
    opened = await _opened(request)
    if opened is None:
        # People are shown a page, programs the refusal that they know.
        if "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
            raise _nothing()
        response = page_of(no_page(), status=404)
    else:
        link, year = opened
        page = shared_page(year, link.name, f"{address_of(request)}{request.rel_url.raw_path}")
        tag = tag_of(page.encode())
        response = unchanged(request, tag, cache=_CACHE) or page_of(page, cache=_CACHE)
        response.etag = tag
    response.headers.update(_HEADERS)
    return response


async def shared_png(request: web.Request) -> web.Response:
    """`GET /shared/year/{token}/card.png`: the card of a shared year. Parameter: `size`. 404 as of the page."""
    return await _card(request, PNG)


async def shared_svg(request: web.Request) -> web.Response:
    """`GET /shared/year/{token}/card.svg`: the same as SVG."""
    return await _card(request, SVG)


async def _card(request: web.Request, media: str) -> web.Response:
    size = size_asked(Parameters(request, *SHARED))
    opened = await _opened(request)
    if opened is None:
        raise _nothing()
    link, year = opened
    response = await card_of(request, year, size, media, link.name, _CACHE)
    response.headers["X-Robots-Tag"] = _HEADERS["X-Robots-Tag"]
    return response


def _nothing() -> Problem:
    return Problem(404, "not-found", "nothing is here, or not any more")


async def _opened(request: web.Request) -> tuple[YearLink, PersonYear] | None:
    """Return what the token of a request opens; None if that is nothing."""
    app = request.app
    settings, links, now = app[SETTINGS], app[YEAR_LINKS], app[CLOCK].now_ms()
    id_ = id_of(request.match_info["token"], (settings.secret, *settings.older_secrets))
    link = None if id_ is None else links.known.kept.get(id_)
    if link is None or not links.holds(link, now):
        return None
    person = Person(app, link.user, zones.zone(link.tz), now, is_now=True)
    try:
        return link, await kept_year(person, link.year)
    except Problem as problem:
        if problem.code != "no-plays":
            raise
        return None
