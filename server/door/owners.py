"""Owners: the creator or person whose numbers a request asks for, if its bearer may read them."""

from __future__ import annotations

from aiohttp import web

from server.door.access import grant_of, require
from server.door.parameters import Parameters, identity
from server.door.tokens import LONGEST_SUB, Grant
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


def person_of(request: web.Request, asked: Parameters, *, in_path: bool = True) -> str:
    """Return the person of the parameter `user`, or of the path, else the one that the bearer is.

    Args:
        request: of the bearer.
        asked: its parameters.
        in_path: whether an id in the path is a person's.

    Raises:
        Problem: 401 without a token, 403 `scope-missing` without `read:self`, 403 `owner` for another's plays, 400
            `user` where it has to be given or can be no id.
    """
    grant = require(request, "read:self")
    there = request.match_info.get("id") if in_path else None
    try:
        named = identity(there, "person") if there else asked.identity("user", "person", code="user")
    except ValueError as error:
        raise Problem(400, "user", f"user {error}") from error
    try:
        return ownership.person_of(named, sub=grant.sub, reads_all=grant.may("read:admin"))
    except ownership.NotYou as error:
        raise Problem(403, "owner", str(error)) from error
    except ownership.WhichPerson as error:
        raise Problem(400, "user", f"user {error}; name the person") from error


def person_written_for(request: web.Request) -> tuple[str, Grant]:
    """Return the person of the path and the grant of who may write for him: himself, or who may for everybody.

    Raises:
        Problem: 401 without a token, 403 `scope-missing` without `write:self` or `write`, 403 `owner` for another, 400
            `user` for what can be no id of a person.
    """
    grant = grant_of(request)
    if not grant.may("write"):
        require(request, "write:self")
    person = request.match_info["id"]
    if len(person) > LONGEST_SUB:
        detail = f"user {person[:40]!r} is no id of a person: it has 1 to {LONGEST_SUB} characters"
        raise Problem(400, "user", detail)
    if person != grant.sub and not grant.may("write"):
        detail = f"the token speaks for {grant.sub!r}, not for {person!r}; to write another's needs the scope write"
        raise Problem(403, "owner", detail)
    return person, grant
