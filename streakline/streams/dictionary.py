"""Codes of dimension values: append-only, bounded.

Code 0 means "not given", 1 means `other`; values get 2, 3, ... in order of first sight, up to `CAP` of
them. What comes later counts as `other`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from streakline.streams.records import DIMENSIONS

NOT_GIVEN: Final = 0
OTHER: Final = 1
FIRST: Final = 2
CAP: Final = 4_000
OTHER_NAME: Final = "other"
_DIGITS: Final = len(str(FIRST + CAP))


def read_codes(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, int]:
    """Return value -> code out of what Redis holds of a dimension; what no ingest writes is left out."""
    codes = {}
    for value, text in pairs:
        if text.isdigit() and len(text) <= _DIGITS and FIRST <= int(text) < FIRST + CAP:
            try:
                codes[value.decode()] = int(text)
            except UnicodeDecodeError:
                continue  # nobody can send such a value
    return codes


class Dictionary:
    """What this process knows of the codes; whoever has IO fills it from Redis."""

    def __init__(self) -> None:
        self._codes, self._values = _nothing_known()

    def forget(self) -> None:
        """Forget every code that was learnt."""
        self._codes, self._values = _nothing_known()

    def learn(self, dimension: str, pairs: Mapping[str, int]) -> None:
        """Take over value -> code pairs as Redis assigned them."""
        self._codes[dimension].update(pairs)
        values = self._values[dimension]
        for value, code in pairs.items():
            values.setdefault(code, value)

    def code(self, dimension: str, value: str) -> int | None:
        """Return the code of a value, or None if it has none yet and may get one."""
        codes = self._codes[dimension]
        code = codes.get(value)
        if code is None and len(codes) >= CAP + FIRST:
            return OTHER
        return code

    def value(self, dimension: str, code: int) -> str | None:
        """Return the value of a code, or None if this process has not learnt it yet."""
        return self._values[dimension].get(code)


def _nothing_known() -> tuple[dict[str, dict[str, int]], dict[str, dict[int, str]]]:
    codes = {d: {"": NOT_GIVEN, OTHER_NAME: OTHER} for d in DIMENSIONS}
    return codes, {d: {NOT_GIVEN: "", OTHER: OTHER_NAME} for d in DIMENSIONS}
