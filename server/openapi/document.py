"""The OpenAPI 3.1 document of the HTTP interface, and `GET /api/openapi.json`."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from server.door.answers import tagged
from server.door.parameters import Parameters
from server.openapi.described import DESCRIBED, JSON, Described
from server.openapi.examples import EXAMPLES
from server.openapi.operations import ANY_BEARER, OPERATIONS, OWN_WRITE, Operation
from server.openapi.summaries import GROUPS, SUMMARIES
from server.problems import CONTENT_TYPE, ProblemBody
from streakline.platforms.names import PLATFORMS

SECONDS: Final = 300
"""For how long a cache may give the document."""
_REF: Final = "#/components/schemas/{name}"
_TEXT: Final = {"type": "string"}
PARAMETERS: Final[dict[str, tuple[str, Mapping[str, Any]]]] = {
    "artist": ("a creator, where the bearer may read several", _TEXT),
    "artistId": ("a creator whose contents are asked for", _TEXT),
    "asOf": ("the moment that is answered for: RFC 3339 or epoch ms; default: now", _TEXT),
    "connection": ("an account at another platform", _TEXT),
    "content": ("a content; several where many may be asked for", _TEXT),
    "cursor": ("nextCursor of the page before", _TEXT),
    "days": ("so many days", {"type": "string", "enum": ["7", "30", "90"]}),
    "format": ("the form of the rows", {"type": "string", "enum": ["json", "csv", "jsonl", "parquet"]}),
    "fresh": ("1: no cache on the way may answer", {"type": "string", "enum": ["1"]}),
    "from": ("the first day or moment", _TEXT),
    "interval": ("days that are told together", {"type": "string", "enum": ["day", "week", "month"]}),
    "key": ("a public write key, for who can set no header", _TEXT),
    "limit": ("how many at most", {"type": "integer", "minimum": 1}),
    "mode": ("how a streak is counted", {"type": "string", "enum": ["calendar-day", "rolling-24h"]}),
    "metric": ("one group of numbers alone", _TEXT),
    "order": (
        "what posts are ordered by, most first",
        {
            "type": "string",
            "enum": ["views", "viewsGained", "engagement", "engagementRate", "performanceScore"],
        },
    ),
    "period": ("a period to date", {"type": "string", "enum": ["week", "month", "year", "all"]}),
    "platform": ("a platform alone; may come several times", {"type": "string", "enum": list(PLATFORMS)}),
    "position": ("of a receipt; default: all that was acknowledged before", _TEXT),
    "q": ("words of a title or of an id", _TEXT),
    "size": ("of the picture", {"type": "string", "enum": ["landscape", "portrait"]}),
    "state": (
        "deliveries in it",
        {"type": "string", "enum": ["any", "pending", "delivered", "dead"]},
    ),
    "timeRange": ("a range that ends at asOf, like 7d", _TEXT),
    "to": ("the last day, or the moment after", _TEXT),
    "topics": ("topics with commas, or one a parameter", _TEXT),
    "trackId": ("a content", _TEXT),
    "type": ("of contents, like track; default: all of them", _TEXT),
    "tz": ("the IANA zone whose days count; default: UTC", _TEXT),
    "user": ("a person, where the bearer may read others", _TEXT),
    "wait": ("seconds to wait", {"type": "number", "minimum": 0, "maximum": 60}),
}
"""Parameter of a query -> what it means, and its schema."""
_BODY_REFUSALS: Final = (400, 408, 413, 415)


async def openapi(request: web.Request) -> web.Response:
    """`GET /api/openapi.json`: this document."""
    Parameters(request)
    return tagged(request, _text(), cache=f"public, max-age={SECONDS}")


@lru_cache(maxsize=1)
def _text() -> bytes:
    return msgspec.json.encode(document())


def document() -> dict[str, Any]:
    """Return the document."""
    types = _types()
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = {repr(type_): schema for type_, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route, described in DESCRIBED.items():
        method, _, path = route.partition(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(
            route, described, OPERATIONS[route], schema_of
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Streakline",
            "version": importlib.metadata.version("streakline"),
            "description": "Counts what people play, like, save, share and download, while it happens."
            " docs/wire-protocol.md says what each number means.",
        },
        "tags": [{"name": name, "description": words} for name, words in GROUPS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "a token (JWT) or an API key"}
            },
        },
    }


def _types() -> list[Any]:
    """Return every type that is taken or answered, each once."""
    found: dict[str, Any] = {repr(ProblemBody): ProblemBody}
    for described in DESCRIBED.values():
        for type_ in (described.body, *described.answers.values()):
            if type_ is not None:
                found[repr(type_)] = type_
    return list(found.values())


def _operation(
    route: str, described: Described, operation: Operation, schema_of: Mapping[str, Any]
) -> dict[str, Any]:
    group, summary = SUMMARIES[route]
    made: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", route.lower()).strip("_"),
        "summary": summary,
        "description": _allows(operation),
        "tags": [group],
        "parameters": _parameters(route, described),
        "responses": _responses(described, operation, schema_of),
    }
    # Where the settings let everybody read or write, no token is needed either.
    if operation.scope:
        made["security"] = [{"bearer": []}] if not _may_be_open(operation) else [{}, {"bearer": []}]
    if described.body is not None:
        made["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": schema_of[repr(described.body)], "example": EXAMPLES[route]}},
        }
    return made


def _may_be_open(operation: Operation) -> bool:
    return operation.scope == "read:public" or (
        operation.scope == "write" and not operation.trusted and not operation.owned
    )


def _allows(operation: Operation) -> str:
    if not operation.scope:
        return "Asks nobody for a token."
    if operation is ANY_BEARER:
        return "Needs a key or token, whatever it allows."
    if operation is OWN_WRITE:
        return "Needs the scope write:self of the person that it is for, or write."
    whose = ", of the creator or person that it is for" if operation.owned else ""
    return (
        f"Needs the scope {operation.scope}{whose}."
        if operation.scope != "renewable"
        else "Needs a renewable token."
    )


def _parameters(route: str, described: Described) -> list[dict[str, Any]]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", route)
    ]
    query = [
        {"name": name, "in": "query", "description": PARAMETERS[name][0], "schema": PARAMETERS[name][1]}
        for name in described.parameters
    ]
    return path + query


def _responses(described: Described, operation: Operation, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for status, type_ in described.answers.items():
        content: dict[str, Any] = {media: {} for media in described.media}
        if type_ is not None:
            content[JSON] = {"schema": schema_of[repr(type_)]}
        made[str(status)] = {
            "description": HTTPStatus(status).phrase,
            **({"content": content} if content else {}),
        }
    problem = {"schema": schema_of[repr(ProblemBody)]}
    for status in sorted({*_refusals(described, operation)} - described.answers.keys()):
        made[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {CONTENT_TYPE: problem},
        }
    return made


def _refusals(described: Described, operation: Operation) -> Sequence[int]:
    access = (401, 403) if operation.scope or 101 in described.answers else ()
    body = _BODY_REFUSALS if described.body is not None else (400,)
    # Every path may be asked too often, by one or by all, and no path without its store.
    return [*access, *body, *described.refusals, 429, 500, 503]
