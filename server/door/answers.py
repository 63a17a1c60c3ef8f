"""Answers: a struct becomes the JSON of an answer, with what caches may do with it.

Every answer is a struct, so that a schema can be made of what a handler returns.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import xxhash
from aiohttp import ETag, hdrs, web

from server.resources.redis_client import SETTINGS

NO_STORE: Final = "no-store"
"""For numbers that are true only now."""
JSON: Final = "application/json"
HTML: Final = "text/html"


class Answer(msgspec.Struct, rename="camel"):
    """The body of an answer; its members go out in camelCase."""


def answer(body: msgspec.Struct, *, status: int = 200, cache: str = NO_STORE) -> web.Response:
    """Return an answer of JSON.

    Args:
        body: what it says.
        status: its HTTP status.
        cache: the value of `Cache-Control`.
    """
    return web.Response(
        status=status,
        body=msgspec.json.encode(body),
        content_type=JSON,
        headers={hdrs.CACHE_CONTROL: cache},
    )


def cached_answer(request: web.Request, body: msgspec.Struct, *, seconds: int) -> web.Response:
    """Return an answer that caches may give again, or 304 to who has it already.

    Args:
        request: with the tag of what its sender has, in `If-None-Match`.
        body: what the answer says.
        seconds: for how long a cache may give it without asking. Where reads need a token only the reader's own may.
    """
    whose = "public" if request.app[SETTINGS].public_reads else "private"
    return tagged(request, msgspec.json.encode(body), cache=f"{whose}, max-age={seconds}")


def tagged(request: web.Request, text: bytes, *, cache: str) -> web.Response:
    """Return an answer with the tag of its text, or 304 to who has it already, also of a question that is posted.

    Args:
        request: with the tag of what its sender has, in `If-None-Match`.
        text: JSON.
        cache: the value of `Cache-Control`.
    """
    tag = tag_of(text)
    return unchanged(request, tag, cache=cache) or with_tag(text, tag, cache=cache)


def tag_of(content: bytes) -> ETag:
    """Return the tag of what is answered, or of all that it is made of."""
    return ETag(xxhash.xxh3_128_hexdigest(content))


def unchanged(request: web.Request, tag: ETag, *, cache: str) -> web.Response | None:
    """Return 304 to who has what the tag is of; None to who has not."""
    if not _is_known(request, tag):
        return None
    response = web.Response(status=304, headers=_headers(cache))
    response.etag = tag
    return response


def with_tag(body: bytes, tag: ETag, *, cache: str, media: str = JSON) -> web.Response:
    """Return an answer with a tag."""
    response = web.Response(body=body, content_type=media, headers=_headers(cache))
    response.etag = tag
    return response


def nothing(status: int = 204) -> web.Response:
    """Return an answer that says no more than that it was done."""
    return web.Response(status=status, headers={hdrs.CACHE_CONTROL: NO_STORE})


def text_of(text: str, media: str) -> web.Response:
    """Return a text that others prescribe, which no browser takes for anything but what it is said to be."""
    headers = {hdrs.CACHE_CONTROL: NO_STORE, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type=media, headers=headers)


def page_of(text: str, *, status: int = 200, cache: str = NO_STORE) -> web.Response:
    """Return a page."""
    return web.Response(status=status, text=text, content_type=HTML, headers={hdrs.CACHE_CONTROL: cache})


def _headers(cache: str) -> dict[str, str]:
    # An answer to a page of another origin names it, so it is not the answer to everybody.
    return {hdrs.CACHE_CONTROL: cache, hdrs.VARY: hdrs.ORIGIN}


def _is_known(request: web.Request, tag: ETag) -> bool:
    held: Any = request.if_none_match or ()
    # Compared weakly: a proxy that packs an answer makes its tag a weak one.
    return any(one.value in {tag.value, "*"} for one in held)
