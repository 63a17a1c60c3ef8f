"""Links to a shared year: made, listed and revoked by the person whose year it is, or by an admin."""

from __future__ import annotations

import base64
import secrets
import unicodedata
from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import Person
from server.api.people.year_in_review import kept_year, year_asked
from server.door.access import address_of, require
from server.door.answers import Answer, answer, nothing
from server.door.bodies import read_body
from server.door.owners import person_of
from server.door.parameters import Parameters
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.redis_client import SETTINGS
from server.resources.revocable.year_links import YEAR_LINKS
from streakline.people.yearly.links import MOST, MOST_OF_ALL, YearLink, token_of
from streakline.times import iso

LINK: Final = ("tz",)
"""What making one takes."""
LONGEST_NAME: Final = 60
LONGEST_SECONDS: Final = 36_525 * 86_400
"""A hundred years."""


class NewLink(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of a request for a link.

    Attributes:
        name: whom the page and its card name; nobody where it is empty.
        lasts: for how many seconds it opens the year; null for ever.
    """

    name: str = ""
    lasts: float | None = None


class ShownLink(Answer):
    """A link: its address, and moments in RFC 3339, null where there is none."""

    id: str
    url: str
    year: int
    tz: str
    name: str
    created_at: str
    expires_at: str | None


class Links(Answer):
    """The links of a year that open it now, the newest first."""

    links: list[ShownLink]


_DECODER: Final = msgspec.json.Decoder(NewLink)


async def post_link(request: web.Request) -> web.Response:
    """`POST /api/v1/people/{id}/years/{year}/links`: make a link of a `NewLink`, or of nothing.

    Parameter: `tz`. Answer: 201 golden `year_link`; 400 `link`, 404 `no-plays`, 409 `too-many-links` and `no-secret`.
    """
    asked = Parameters(request, *LINK)
    user, year, zone = _owner(request, asked), year_asked(request), asked.named_zone()
    wanted = await _wanted(request)
    secret = _secret(request)
    links, now = request.app[YEAR_LINKS], request.app[CLOCK].now_ms()
    if len(links.of(user)) >= MOST or len(links.known.kept) >= MOST_OF_ALL:
        detail = f"there are {MOST} links of one person at most, revoked ones among them; use one that stands"
        raise Problem(409, "too-many-links", detail)
    found = await kept_year(Person(request.app, user, zone, now, is_now=True), year)
    link = YearLink(
        id=base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10],
        user=user,
        year=year,
        tz=found.tz,
        name=wanted.name,
        created=now,
        expires=None if wanted.lasts is None else now + int(wanted.lasts * 1000),
    )
    try:
        await links.add(link)
    except OSError as error:
        raise _not_kept(error) from error
    return answer(_shown(request, link, secret), status=201)


async def get_links(request: web.Request) -> web.Response:
    """`GET /api/v1/people/{id}/years/{year}/links`: the links that open a year. Answer: golden `year_links`."""
    user, year = _owner(request, Parameters(request)), year_asked(request)
    secret, links, now = _secret(request), request.app[YEAR_LINKS], request.app[CLOCK].now_ms()
    found = [link for link in links.of(user) if link.year == year and links.holds(link, now)]
    found.sort(key=lambda link: (-link.created, link.id))
    return answer(Links(links=[_shown(request, link, secret) for link in found]))


async def delete_link(request: web.Request) -> web.Response:
    """`DELETE /api/v1/people/{id}/years/{year}/links/{link}`: revoke a link, for ever. Answer: 204; 404 `link-unknown`.

    Revoked once more it stays as it was.
    """
    user, year = _owner(request, Parameters(request)), year_asked(request)
    links, now, id_ = request.app[YEAR_LINKS], request.app[CLOCK].now_ms(), request.match_info["link"]
    link = links.known.kept.get(id_)
    if link is None or (link.user, link.year) != (user, year):
        raise Problem(
            404, "link-unknown", f"no link to this year has the id {id_[:40]!r}; GET …/links names them"
        )
    try:
        await links.revoke(id_, links.known.revoked.get(id_, now))
    except OSError as error:
        raise _not_kept(error) from error
    return nothing()


def _owner(request: web.Request, asked: Parameters) -> str:
    """Return the person of the path, if the bearer speaks for him or is an admin.

    Raises:
        Problem: as `person_of` does; 403 `owner` also for who may only read all.
    """
    user = person_of(request, asked)
    grant = require(request, "read:self")
    if grant.sub != user and not grant.may("admin"):
        detail = f"to share what {user[:200]!r} played takes his own token, or the scope admin"
        raise Problem(403, "owner", detail)
    return user


async def _wanted(request: web.Request) -> NewLink:
    """Return what kind of link is wanted.

    Raises:
        Problem: 400 `link`, with the member that cannot be used; what `read_body` raises.
    """
    body = await read_body(request)
    try:
        wanted = _DECODER.decode(body) if body.strip() else NewLink()
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Problem(400, "link", f"the body cannot be used: {str(error)[:300]}") from error
    wanted.name = " ".join(unicodedata.normalize("NFC", wanted.name).split())
    if len(wanted.name) > LONGEST_NAME:
        raise Problem(400, "link", f"name has {len(wanted.name)} characters; {LONGEST_NAME} are the most")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in wanted.name):
        raise Problem(400, "link", "name holds characters that nobody sees; send letters")
    if wanted.lasts is not None and not 0 < wanted.lasts <= LONGEST_SECONDS:
        detail = f"lasts is {wanted.lasts:g}; it takes seconds, at most {LONGEST_SECONDS}, or null for ever"
        raise Problem(400, "link", detail)
    return wanted


def _secret(request: web.Request) -> str:
    secret = request.app[SETTINGS].secret
    if not secret:
        detail = "links are signed and there is no secret to sign with; set STREAKLINE_SECRET"
        raise Problem(409, "no-secret", detail)
    return secret


def _shown(request: web.Request, link: YearLink, secret: str) -> ShownLink:
    return ShownLink(
        id=link.id,
        url=f"{address_of(request)}/shared/year/{token_of(link.id, secret)}",
        year=link.year,
        tz=link.tz,
        name=link.name,
        created_at=iso(link.created),
        expires_at=None if link.expires is None else iso(link.expires),
    )


def _not_kept(error: OSError) -> Problem:
    detail = f"the file of the links cannot be written, so nothing was changed for good: {error}; ask again"
    return Problem(503, "store-pressed", detail, retry_after=10)
