"""The catalogue as it is stated: JSON of a content or a creator becomes the event that states its facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from streakline.ingest.events import MAX_EVENTS, Event, Scalar, mended
from streakline.times import parse_when

MOST_FREE: Final = 50
"""Free facts of one statement."""
LONGEST: Final = 500
"""Characters of a fact."""
SESSION: Final = "catalogue"
"""The session of events that no listener sent."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_HASHTAG: Final = re.compile(r"\w+")
CONTENT: Final = {
    "title": "title", "type": "contentType", "creator": "creatorId", "parent": "parentId", "genre": "genre",
    "duration": "contentDuration", "createdAt": "createdAt",
}  # fmt: skip
"""Fact of a content, as it is sent -> the member of an event that states it."""
_CREATOR: Final = {"name": "name"}
_OTHERWISE: Final = {
    "contentType": "type",
    "creatorId": "creator",
    "parentId": "parent",
    "contentDuration": "duration",
}
_TEXTS: Final = frozenset({"title", "type", "creator", "parent", "genre", "name"})


class BadFacts(ValueError):
    """A statement that cannot be taken; the message names the fact, its value and what is taken."""


def content_event(content: str, facts: Mapping[str, Any], *, at_ms: int, new_id: str) -> Event:
    """Return the event that states facts of a content.

    Args:
        content: its id.
        facts: name -> value; null empties a fact, and what is not named stays as it is.
        at_ms: when they are stated.
        new_id: of the event.

    Raises:
        BadFacts: if one cannot be taken, or there is none.
    """
    own = {_OTHERWISE.get(name, name): value for name, value in facts.items()}
    return _event({"type": "content", "contentId": content}, own, CONTENT, at_ms, new_id)


def creator_event(creator: str, facts: Mapping[str, Any], *, at_ms: int, new_id: str) -> Event:
    """Return the event that states facts of a creator, as `content_event` does of a content."""
    return _event({"type": "creator", "creatorId": creator}, facts, _CREATOR, at_ms, new_id)


State = Callable[..., Event]
"""`content_event` or `creator_event`."""


def facts_of(body: bytes) -> dict[str, Any]:
    """Return the facts that a body states.

    Raises:
        BadFacts: if it is no JSON object.
    """
    found = _decoded(body)
    if not isinstance(found, dict):
        msg = 'the body is no JSON object; send the facts by their names, like {"title": "A Song"}'
        raise BadFacts(msg)
    return found


def listed_facts(body: bytes) -> list[Any]:
    """Return the objects of a body that states facts of many.

    Raises:
        BadFacts: if it is no list of at most `MAX_EVENTS`.
    """
    found = _decoded(body)
    if not isinstance(found, list):
        msg = 'the body is no JSON list; send objects with an id and facts, like [{"id": "1", "title": "A Song"}]'
        raise BadFacts(msg)
    if len(found) > MAX_EVENTS:
        msg = f"the body lists {len(found):,}; send at most {MAX_EVENTS:,} at once"
        raise BadFacts(msg)
    return found


def listed_event(item: object, state: State, *, at_ms: int, new_id: str) -> Event:
    """Return the event of one object of a list: its `id` says of what it states the other members.

    Raises:
        BadFacts: if it is none.
    """
    if not isinstance(item, dict):
        msg = f"{str(item)[:40]!r} is no JSON object"
        raise BadFacts(msg)
    facts = dict(item)
    what = facts.pop("id", None)
    if not isinstance(what, str):
        msg = f"id {str(what)[:40]!r} is no text; it says what the facts are of"
        raise BadFacts(msg)
    return state(what, facts, at_ms=at_ms, new_id=new_id)


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(mended(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        msg = f"the body is no JSON: {str(error)[:200]}"
        raise BadFacts(msg) from error


def _event(
    base: dict[str, Any], facts: Mapping[str, Any], named: Mapping[str, str], at_ms: int, new_id: str
) -> Event:
    if not facts:
        msg = 'no fact is given; send at least one, like {"title": "A Song"}'
        raise BadFacts(msg)
    event = {**base, "id": new_id, "timestamp": at_ms, "sessionId": SESSION}
    free: dict[str, Scalar] = {}
    for name, value in facts.items():
        if value is None or name not in named:
            free[_name(name)] = _free(name, value)
            continue
        if name in _TEXTS and not (isinstance(value, str) and 1 <= len(value) <= LONGEST):
            msg = f"{name} {str(value)[:40]!r} is no text of 1 to {LONGEST} characters; null empties it"
            raise BadFacts(msg)
        if name == "createdAt":
            _check_moment(value)
        event[named[name]] = value
    if len(free) > MOST_FREE:
        msg = f"{len(free)} free facts are given; a statement has at most {MOST_FREE}"
        raise BadFacts(msg)
    if free:
        event["properties"] = free
    try:
        return msgspec.convert(event, Event)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        msg = f"{where.rstrip('`') or 'the statement'}: {what.replace('`', '')}"
        raise BadFacts(msg) from error


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        msg = f"{name[:40]!r} is no name of a fact: a letter, then letters, digits and _, at most 40"
        raise BadFacts(msg)
    return name


def _free(name: str, value: object) -> Scalar:
    if name == "hashtags":
        return _hashtags(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and len(value) <= LONGEST:
        return value
    msg = (
        f"{name} {str(value)[:40]!r} is no number, true, false, null or text of at most {LONGEST} characters"
    )
    raise BadFacts(msg)


def _hashtags(value: object) -> str | None:
    """Return hashtags as one text, separated by blanks and without their #."""
    if value is None:
        return None
    tags = value.split() if isinstance(value, str) else value
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        msg = f"hashtags {str(value)[:40]!r} is no list of texts"
        raise BadFacts(msg)
    bare = list(dict.fromkeys(tag.removeprefix("#") for tag in tags))
    for tag in bare:
        if not _HASHTAG.fullmatch(tag):
            msg = f"hashtag {tag[:40]!r} holds other than letters, digits and _"
            raise BadFacts(msg)
    text = " ".join(bare)
    if len(text) > LONGEST:
        msg = f"hashtags have {len(text)} characters; they have at most {LONGEST}"
        raise BadFacts(msg)
    return text


def _check_moment(value: object) -> None:
    shown = f"createdAt {str(value)[:40]!r}"
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        msg = f"{shown} is neither ISO 8601 nor epoch milliseconds"
        raise BadFacts(msg)
    try:
        parse_when(value)
    except ValueError as error:
        msg = f"{shown}: {str(error).removeprefix('timestamp ')}"
        raise BadFacts(msg) from error
