"""Operations: of every route who may ask it. Tests hold the table to `server.routes` and to what a server answers."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from aiohttp import web

from server.door.tokens import Grant

NOBODY_ASKED: Final = ""
OWNED: Final = "read:self"


class Operation(NamedTuple):
    """A route.

    Attributes:
        scope: that its bearer needs; "" where nobody is asked.
        owned: whether it answers for one creator or person, and whoever may not read all must speak for that one.
        trusted: whether it takes another's word, so that `write:self` does not open it, nor `read:admin` what is owned.
    """

    scope: str = NOBODY_ASKED
    owned: bool = False
    trusted: bool = False

    def lets_in(self, scope: str) -> bool:
        """Tell whether a scope opens it, of a creator's own numbers where it is `owned`."""
        grant = Grant(frozenset({scope}))
        if self is SPEAKS and scope == "read:admin":
            return False
        if self is RENEWABLE:
            return False
        if not self.scope or self is ANY_BEARER or grant.may(self.scope):
            return True
        # Who may write his own events may write.
        return self.scope == "write" and not self.trusted and grant.may("write:self")


PUBLIC: Final = Operation("read:public")
ADMIN: Final = Operation("admin")
READ_ALL: Final = Operation("read:admin")
WRITE: Final = Operation("write")
FACTS: Final = Operation("write", trusted=True)
OWN: Final = Operation(OWNED, owned=True)
ANY_BEARER: Final = Operation("bearer")
"""Opened by every token and key that holds."""
OWN_WRITE: Final = Operation("write", owned=True)
"""Opened by `write`, and by `write:self` of the person."""
SPEAKS: Final = Operation(OWNED, owned=True, trusted=True)
"""Of one's own, or an admin's: to read everybody's numbers is not to speak for them."""
RENEWABLE: Final = Operation("renewable")
"""Opened by no scope: the token itself says that it may be renewed."""
OPERATIONS: Final[dict[str, Operation]] = {
    "GET /health": Operation(),
    "GET /ready": Operation(),
    "GET /metrics": Operation(),
    "POST /api/stats/events": WRITE,
    "GET /api/live": Operation(),
    "GET /api/live/events": PUBLIC,
    "GET /api/live/definitions": PUBLIC,
    "GET /api/analytics/realtime": PUBLIC,
    "POST /api/v1/analytics/sync": SPEAKS,
    "GET /api/v1/analytics/connections": SPEAKS,
    "POST /api/v1/analytics/connections/{platform}/authorize": SPEAKS,
    "GET /api/v1/analytics/connections/{platform}/callback": Operation(),
    "DELETE /api/v1/analytics/connections/{connection}": SPEAKS,
    "GET /api/v1/analytics/pushes/{platform}": Operation(),
    "POST /api/v1/analytics/pushes/{platform}": Operation(),
    "GET /api/v1/counters": PUBLIC,
    "GET /api/v1/settled": Operation(),
    "GET /api/v1/system": READ_ALL,
    "GET /api/v1/dead-letters": ADMIN,
    "POST /api/v1/dead-letters/replay": ADMIN,
    "DELETE /api/v1/dead-letters/{id}": ADMIN,
    "GET /api/v1/keys": ADMIN,
    "POST /api/v1/keys": ADMIN,
    "GET /api/v1/me": ANY_BEARER,
    "POST /api/v1/token": RENEWABLE,
    "DELETE /api/v1/keys/{id}": ADMIN,
    "GET /api/v1/webhooks": ADMIN,
    "POST /api/v1/webhooks": ADMIN,
    "DELETE /api/v1/webhooks/{id}": ADMIN,
    "GET /api/v1/webhooks/{id}/deliveries": ADMIN,
    "POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry": ADMIN,
    "POST /api/v1/webhooks/{id}/test": ADMIN,
    "POST /api/v1/robots/rules": ADMIN,
    "POST /api/shares": WRITE,
    "PUT /api/v1/content": FACTS,
    "PUT /api/v1/content/{id}": FACTS,
    "PUT /api/v1/creators": FACTS,
    "PUT /api/v1/creators/{id}": FACTS,
    "PUT /api/v1/people/{id}": OWN_WRITE,
    "POST /api/v1/people/{id}/freezes": OWN_WRITE,
    "DELETE /api/v1/people/{id}/freezes/{which}": OWN_WRITE,
    "POST /api/v1/people/{id}/pauses": OWN_WRITE,
    "DELETE /api/v1/people/{id}/pauses/{which}": OWN_WRITE,
    "POST /api/v1/people/{id}/repairs": OWN_WRITE,
    "DELETE /api/v1/people/{id}/repairs/{which}": OWN_WRITE,
    "POST /api/analytics/calculate": OWN,
    "POST /api/v1/query": READ_ALL,
    "GET /api/v1/query/definitions": PUBLIC,
    "POST /api/v1/people/{id}/years/{year}/links": SPEAKS,
    "GET /api/v1/people/{id}/years/{year}/links": SPEAKS,
    "DELETE /api/v1/people/{id}/years/{year}/links/{link}": SPEAKS,
    "GET /api/admin/shares/stats": READ_ALL,
    "GET /api/analytics/dashboard": OWN,
    "GET /api/analytics/mashups/{id}": PUBLIC,
    "GET /api/analytics/milestones": OWN,
    "GET /api/analytics/streak": OWN,
    "GET /api/analytics/viewing-time": OWN,
    "GET /api/analytics/year-in-review": OWN,
    "GET /api/analytics/year-in-review/{year}": OWN,
    "GET /api/apps/{id}/share-count": PUBLIC,
    "GET /api/dashboard/stats": OWN,
    "GET /api/stats/analytics": READ_ALL,
    "GET /api/v1/analytics/compare": OWN,
    "GET /api/v1/analytics/content/{id}": OWN,
    "GET /api/v1/analytics/dashboard": OWN,
    "GET /api/v1/analytics/growth": OWN,
    "GET /api/v1/analytics/performance": OWN,
    "GET /api/v1/analytics/platform/{platform}": OWN,
    "GET /api/v1/content/{id}": PUBLIC,
    "GET /api/v1/creators/{id}": PUBLIC,
    "GET /api/v1/robots": ADMIN,
    "GET /api/v1/people/{id}": OWN,
    "GET /api/v1/people/{id}/record": OWN,
    "GET /api/v1/people/{id}/streak": OWN,
    "GET /api/v1/people/{id}/years/{year}/card.png": OWN,
    "GET /api/v1/people/{id}/years/{year}/card.svg": OWN,
    "GET /api/v1/search": PUBLIC,
    "GET /shared/year/{token}": Operation(),
    "GET /shared/year/{token}/card.png": Operation(),
    "GET /shared/year/{token}/card.svg": Operation(),
    "GET /api/v1/export": READ_ALL,
    "GET /api/v1/people/{id}/export": OWN,
    "GET /api/openapi.json": Operation(),
    "GET /{tail}": Operation(),
}
"""Method and path, as the router writes them without its patterns -> the operation."""
TOPICS: Final[dict[str, Operation]] = {
    "overview": PUBLIC,
    "top:plays": PUBLIC,
    "content:{id}": PUBLIC,
    "creator:{id}": OWN,
    "user:{id}": OWN,
}
"""Topic of `GET /api/live` and `GET /api/live/events` -> who may follow it."""


def canonical(route: web.RouteDef) -> str:
    """Return method and path of a route without the patterns of its parts."""
    path = re.sub(r"{(\w+):[^{}]*(?:{[^{}]*}[^{}]*)*}", r"{\1}", route.path)
    return f"{route.method} {path}"
