"""Positions: how far a server has acknowledged, merged from the answers of several processes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"(\d+):(\d+)-(\d+)", re.ASCII)


def merged(positions: Iterable[str]) -> str:
    """Return the position that covers all of some: of each shard the greatest entry id.

    What has another form is kept as it is: the server says what is wrong with it.
    """
    greatest: dict[int, tuple[int, int]] = {}
    others: dict[str, None] = {}
    for part in ",".join(positions).split(","):
        match = _PART.fullmatch(part)
        if match is not None:
            shard, ms, seq = (int(number) for number in match.groups())
            greatest[shard] = max(greatest.get(shard, (0, 0)), (ms, seq))
        elif part:
            others[part] = None
    return ",".join([*(f"{shard}:{ms}-{seq}" for shard, (ms, seq) in sorted(greatest.items())), *others])
