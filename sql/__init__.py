"""ClickHouse text: migrations, named queries and the little that runs them.

Everything is a file: a migration is one statement in `migrations/NNNN_verb_noun.sql`, a query one statement
in `queries/FOLDER/NAME.sql`, by who asks it, with native `{name:Type}` parameters. Nothing is interpolated. The one
statement that is put together is that of a question, in `composed.py`, of fragments of ours.
"""

from functools import cache
from pathlib import Path

_QUERIES = Path(__file__).parent / "queries"


@cache
def query(name: str) -> str:
    """Return the text of the query `FOLDER/NAME`.

    Raises:
        KeyError: if there is none of that name; the message lists those there are.
    """
    path = _QUERIES / f"{name}.sql"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        msg = f"no query {name!r} in {_QUERIES}; there are {', '.join(names())}"
        raise KeyError(msg) from None


def names() -> list[str]:
    """Return the names of all queries, sorted."""
    return sorted(path.relative_to(_QUERIES).with_suffix("").as_posix() for path in _QUERIES.rglob("*.sql"))
