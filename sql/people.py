"""The statements about one person: what he played and what is known of it, then the question itself."""

from __future__ import annotations

from functools import cache
from typing import Final

import sql

SETTINGS: Final = "settings optimize_move_to_prewhere_if_final = 1"


@cache
def statement(name: str) -> str:
    """Return the statement of the question `people/NAME`.

    Its parameters are those of `people/rows`, `user`, `closed_end`, `end`, `changes` and `offsets`, and its own.

    Raises:
        KeyError: if there is none of that name.
    """
    mine, known = sql.query("people/rows"), sql.query("people/known")
    return f"with\nmine as\n(\n{mine})\n,\nknown as\n(\n{known})\n{sql.query(f'people/{name}')}{SETTINGS}\n"
