"""The card of a year: the picture of a person's year in review, as SVG and as PNG."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import hdrs, web

from server.api.people.rows import Person
from server.api.people.year_in_review import kept_year, year_asked
from server.door.answers import tag_of, unchanged, with_tag
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.sharing.pictures import PICTURES, PicturesBusy
from server.resources.sharing.typefaces import typefaces
from streakline.people.yearly.answers import YearInReview
from streakline.people.yearly.card import SIZES, card

CARD: Final = ("size", "tz", "asOf")
"""What a card of one's own takes."""
LANDSCAPE: Final = "landscape"
SVG, PNG = "image/svg+xml", "image/png"
CACHE: Final = "private, no-cache"
_BUSY_SECONDS: Final = 2.0
_HEADERS: Final = {
    # Opened by itself an SVG is a page: nothing in it may run or be fetched.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def card_svg(request: web.Request) -> web.Response:
    """`GET /api/v1/people/{id}/years/{year}/card.svg`: the card of a person's year.

    Parameters: `size` (landscape, 1200 x 630, or portrait, 1080 x 1920), `tz`, `asOf`. Needs `read:self`. 400 `year`
    and `size`, 404 `no-plays`, 403 `owner` for another's.
    """
    return await _own_card(request, SVG)


async def card_png(request: web.Request) -> web.Response:
    """`GET /api/v1/people/{id}/years/{year}/card.png`: the same as a picture of so many pixels; 503 `pictures-busy`."""
    return await _own_card(request, PNG)


async def _own_card(request: web.Request, media: str) -> web.Response:
    asked = Parameters(request, *CARD)
    person, year, size = Person.asked(request, asked), year_asked(request), size_asked(asked)
    return await card_of(request, await kept_year(person, year), size, media)


def size_asked(asked: Parameters) -> str:
    """Return the size of the card that is wanted.

    Raises:
        Problem: 400 `size` for another than there are.
    """
    return asked.choice("size", tuple(SIZES), LANDSCAPE)


async def card_of(
    request: web.Request, year: YearInReview, size: str, media: str, name: str = "", cache: str = CACHE
) -> web.Response:
    """Return the card of a year as an answer, or 304 to who has it.

    Args:
        request: with the tag of what its sender has.
        year: what stands on it.
        size: one of `SIZES`.
        media: `SVG` or `PNG`.
        name: whose it is, where that is to be seen.
        cache: the value of `Cache-Control`.

    Raises:
        Problem: 503 `pictures-busy` if too many are drawn.
    """
    faces = typefaces()
    drawn = await asyncio.to_thread(card, year, SIZES[size], faces, name)
    tag = tag_of(f"{media}\n{drawn.svg}".encode())
    response = unchanged(request, tag, cache=cache)
    if response is not None:
        return response
    body = drawn.svg.encode()
    if media == PNG:
        fonts = [str(face.path) for face in faces if face.family in drawn.families]
        try:
            body = await request.app[PICTURES].png(drawn.svg, fonts)
        except PicturesBusy as error:
            detail = f"{error}; ask again"
            raise Problem(503, "pictures-busy", detail, retry_after=_BUSY_SECONDS) from error
    response = with_tag(body, tag, cache=cache, media=media)
    ending = "png" if media == PNG else "svg"
    response.headers[hdrs.CONTENT_DISPOSITION] = f'inline; filename="year-{year.year}-{size}.{ending}"'
    response.headers.update(_HEADERS)
    return response
