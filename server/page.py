"""The page: the built files, cached for ever where their names carry a hash, and one index for all paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

from server.problems import Problem
from server.store import SETTINGS

BUILT: Final = Path(__file__).parents[1] / "clients" / "dashboard" / "dist"
"""Where `make` builds it; STREAKLINE_PAGE names another folder."""
HASHED: Final = "assets/"
"""Vite puts the files with hashed names here."""
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def page(request: web.Request) -> web.StreamResponse:
    """Answer a file of the page, or its index for every path that the page routes itself."""
    folder = Path(request.app[SETTINGS].page or BUILT)
    tail = request.match_info["tail"]
    found = _file(folder, tail)
    if found is None:
        if Path(tail).suffix:
            raise web.HTTPNotFound
        found = _file(folder, "index.html")
    if found is None:
        raise Problem(404, "page-missing", "the page is not built; run `make page` or set STREAKLINE_PAGE")
    caching = "public, max-age=31536000, immutable" if tail.startswith(HASHED) else "no-cache"
    return web.FileResponse(found, headers={**_HEADERS, "Cache-Control": caching})


def _file(folder: Path, tail: str) -> Path | None:
    """Return a file inside the folder, never one that `..` or a link leads out to."""
    if not tail or "\0" in tail:
        return None
    path = (folder / tail).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
