"""Owners: the creator or person whose numbers a request asks for, if its bearer may read them."""

from __future__ import annotations

from aiohttp import web

from server.door.access import require
from server.door.parameters import Parameters, identity
from server.problems import Problem
from streakline.creators.ownership import NotYours, WhichCreator, creator_of
from streakline.people import ownership


def owner_of(request: web.Request, asked: Parameters) -> str:
    """Return the creator of the parameter `artist`, else the only one that the bearer speaks for.

    Raises:
        Problem: 401 without a token, 403 `scope-missing` without `read:self`, 403 `owner` for another's numbers, 400
            `artist` where it has to be given or can be no id.
    """
    grant = require(request, "read:self")
    named = asked.identity("artist", "creator", code="artist")
    try:
        return creator_of(named, creators=grant.creators, sub=grant.sub, reads_all=grant.may("read:admin"))
    except NotYours as error:
        raise Problem(403, "owner", str(error)) from error
    except WhichCreator as error:
        raise Problem(400, "artist", f"artist {error}; name the creator") from error


def person_of(request: web.Request, asked: Parameters) -> str:
    """Return the person of the parameter `user`, or of the path, else the one that the bearer is.

    Raises:
        Problem: 401 without a token, 403 `scope-missing` without `read:self`, 403 `owner` for another's plays, 400
            `user` where it has to be given or can be no id.
    """
    grant = require(request, "read:self")
    in_path = request.match_info.get("id")
    try:
        named = identity(in_path, "person") if in_path else asked.identity("user", "person", code="user")
    except ValueError as error:
        raise Problem(400, "user", f"user {error}") from error
    try:
        return ownership.person_of(named, sub=grant.sub, reads_all=grant.may("read:admin"))
    except ownership.NotYou as error:
        raise Problem(403, "owner", str(error)) from error
    except ownership.WhichPerson as error:
        raise Problem(400, "user", f"user {error}; name the person") from error
