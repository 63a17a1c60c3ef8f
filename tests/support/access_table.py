"""docs/access.md: who may ask what, as it is and as a server answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

COLUMNS: Final = (
    "nobody", "does not hold", "another's `write:self`", "`write:self`", "`write`", "`read:public`",
    "another's `read:self`", "`read:self`", "`read:admin`", "`admin`",
)  # fmt: skip

_HEAD: Final = """# Who may ask what

Made by a test that asks every path of a running server with every kind of bearer, and holds the answers to
`server/openapi/operations.py`; `make golden` writes it. The server is one where reads and writes need a token
(`STREAKLINE_PUBLIC_READS=0`, `STREAKLINE_ANONYMOUS_WRITES=0`); where they need none, nobody has what `read:public` and
`write` have. A bearer is a token or an API key, which are the same here.

- *nobody*: no token.
- *does not hold*: expired, revoked, of an unknown key, signed by another. All four are asked and answered alike.
- *another's*: of a person or creator that is not the one asked for, or written for.

401 says that a token that holds is missing, 403 that it does not allow this. 404 of a key: the bearer may ask,
and there is no such key.

"""


_TOPICS: Final = """
## Topics of live connections

Asked by `GET /api/live/events?topics=TOPIC`; a websocket opens, and refuses in its conversation the topics that are not
for the bearer.

"""


def written(rows: Mapping[str, Sequence[int]], topics: Mapping[str, Sequence[int]]) -> str:
    """Return the page: route or topic -> the statuses of `COLUMNS`."""
    return _HEAD + _table("path", rows) + _TOPICS + _table("topic", topics)


def _table(what: str, rows: Mapping[str, Sequence[int]]) -> str:
    lines = [(what, *COLUMNS), ("---",) * (len(COLUMNS) + 1)]
    lines += [(f"`{name}`", *map(str, statuses)) for name, statuses in rows.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
