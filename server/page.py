"""The page: the built files, cached for ever where their names carry a hash, and one index for all paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from server.problems import Problem
from server.resources.redis_client import SETTINGS

_IN_WHEEL: Final = Path(__file__).with_name("built_page")
_IN_CHECKOUT: Final = Path(__file__).parents[1] / "clients" / "dashboard" / "dist"
BUILT: Final = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT
"""Where a wheel carries it, else where `make page` builds it; STREAKLINE_PAGE names another folder."""
INDEX: Final = "index.html"
HASHED: Final = "assets/"
"""Vite puts the files with hashed names here."""
CONTENTS: Final = "content/"
"""The page's own addresses of contents; their ids may have a dot, as the names of files do."""
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def page(request: web.Request) -> web.StreamResponse:
    """Answer a file of the page, or its index for every path that the page routes itself."""
    folder = Path(request.app[SETTINGS].page or BUILT)
    tail = request.match_info["tail"]
    _refuse_conditions(request)
    found = _file(folder, tail)
    if found is None:
        if Path(tail).suffix and not tail.startswith(CONTENTS):
            raise web.HTTPNotFound
        found = _file(folder, INDEX)
    if found is None:
        raise Problem(404, "page-missing", "the page is not built; run `make page` or set STREAKLINE_PAGE")
    caching = "public, max-age=31536000, immutable" if tail.startswith(HASHED) else "no-cache"
    headers = {**_HEADERS, "Cache-Control": caching}
    depth = request.rel_url.raw_path.count("/") - 1
    if depth > 0 and found.name == INDEX:
        return _based(found, depth, headers)
    if found.with_name(f"{found.name}.gz").is_file():
        headers["Vary"] = hdrs.ACCEPT_ENCODING  # aiohttp sends that file to who takes gzip, with its own ETag
    return web.FileResponse(found, headers=headers)


def _based(index: Path, depth: int, headers: dict[str, str]) -> web.Response:
    """Answer the index to an address so many folders below the page's root, and name the root there.

    All addresses in the page are relative, for it does not know which path a proxy has put before it.
    """
    text = index.read_text().replace("<head>", f'<head><base href="{"../" * depth}">', 1)
    return web.Response(text=text, content_type="text/html", headers=headers)


def _file(folder: Path, tail: str) -> Path | None:
    """Return a file inside the folder, never one that `..` or a link leads out to."""
    if not tail or "\0" in tail:
        return None
    try:
        path = (folder / tail).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except OSError:
        return None  # a name that no file of this system can have


def _refuse_conditions(request: web.Request) -> None:
    """Refuse what aiohttp would refuse without a word: parts of a file, and conditions that writers send."""
    for name in (hdrs.RANGE, hdrs.IF_MATCH, hdrs.IF_UNMODIFIED_SINCE):
        if name in request.headers:
            status, code = (416, "range") if name == hdrs.RANGE else (412, "precondition")
            raise Problem(status, code, f"{name} is not served here; ask for the whole without it")
