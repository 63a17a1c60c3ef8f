"""What history knows already of the rows of an import: asked of ClickHouse, where the command reaches it."""

from array import array
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.external import ExternalData
from xxhash import xxh3_64_intdigest

from sql import query
from sql.connection import connect
from streakline import kinds
from streakline.times import EARLIEST_MS, parse_when

MOVED_MS: Final = 8 * 86_400_000
"""How far from its place now an older release may have put a row: 52 hours were seen."""
ASKED_SECONDS: Final = 120
"""How long the answer may take."""
_LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01: no event is as late, and ClickHouse has no times of any size."""
_MIX: Final = np.uint64(0x9E37_79B9_7F4A_7C15)

Words = npt.NDArray[np.uint64]


@dataclass
class Identities:
    """The identities of rows: a hash of the id, and when each begins (epoch ms)."""

    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    starts: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, event: dict[str, Any]) -> None:
        """Add the identity of an event; one that no server takes has none of its own."""
        key, start = identity(event)
        self.keys.append(key)
        self.starts.append(start)

    def add_former(self, said: str, start: int) -> None:
        """Add an id and the start of its play, in epoch ms."""
        self.keys.append(xxh3_64_intdigest(said.encode()))
        self.starts.append(start)

    def without(self, places: Collection[int]) -> "Identities":
        """Return these without those at some places."""
        keep = [place for place in range(len(self.keys)) if place not in places] if places else None
        if keep is None:
            return self
        return Identities(
            array("Q", (self.keys[place] for place in keep)),
            array("q", (self.starts[place] for place in keep)),
        )

    def hashed(self) -> Words:
        """Return the hashes of the ids."""
        return np.array(self.keys, "<u8")

    def whole(self) -> Words:
        """Return one number an identity, of id and start."""
        whole: Words = self.hashed() * _MIX + np.array(self.starts, "<i8").view("<u8")
        return whole


def identity(event: dict[str, Any]) -> tuple[int, int]:
    """Return (hash of the id, start in epoch ms) of an event; of a play it is the play's."""
    code = kinds.KINDS.get(str(event.get("type")), 0)
    of_play = code in kinds.PLAYS
    own_id = event.get("playId") or event.get("id") if of_play else event.get("id")
    at = (event.get("startedAt") if of_play else None) or event.get("timestamp")
    try:
        start = at if isinstance(at, int) else parse_when(at or "")[0]
    except (TypeError, ValueError, OverflowError):
        start = 0
    return xxh3_64_intdigest(str(own_id).encode()), start if -(2**62) < start < 2**62 else 0


class Known:
    """Identities that history has, or that this command has sent."""

    def __init__(self, url: str) -> None:
        """Ask the ClickHouse at `url`; where that is empty, nobody is asked."""
        self._url = url
        self.why = (
            "" if url else "this command does not reach the server's ClickHouse (CLICKHOUSE_URL names it)"
        )
        """Why history is not asked; empty where it is."""
        self._keys: Words = np.empty(0, "<u8")
        self._whole: Words = np.empty(0, "<u8")
        self._counted: Words = np.empty(0, "<u8")

    def ask(self, rows: Identities) -> bool:
        """Add what history knows of rows; tell whether it answered, and where not, say so in `why`."""
        if self.why or not rows.keys:
            return not self.why
        given = ExternalData(
            file_name="given", data=rows.hashed().tobytes(), fmt="RowBinary", structure=["key UInt64"]
        )
        bounds = {
            "first": max(EARLIEST_MS, min(rows.starts) - MOVED_MS),
            "last": min(_LATEST_MS, max(rows.starts) + MOVED_MS),
        }
        try:
            with connect(self._url, seconds=ASKED_SECONDS) as client:
                answer = client.query(
                    query("imports/known_events"),
                    parameters=bounds,
                    external_data=given,
                    column_oriented=True,
                )
                columns = answer.result_columns
        except (ClickHouseError, OSError, ValueError) as error:
            first = next(iter(str(error).splitlines()), type(error).__name__)
            self.why = f"ClickHouse did not answer: {first}"
            return False
        if columns:
            found = Identities(array("Q", columns[0]), array("q", columns[1]))
            counted = np.array(columns[2], bool)
            self.add(found)
            self._counted = np.union1d(self._counted, found.whole()[counted])
        return True

    def add(self, rows: Identities) -> None:
        """Add rows that were sent."""
        self._keys = np.union1d(self._keys, rows.hashed())
        self._whole = np.union1d(self._whole, rows.whole())

    def has(self, rows: Identities) -> npt.NDArray[np.bool_]:
        """Tell of each row whether it is known as it is."""
        return np.isin(rows.whole(), self._whole)

    def moved(self, rows: Identities) -> frozenset[int]:
        """Return the keys of rows that are known, but with another start."""
        keys = rows.hashed()
        return frozenset(map(int, keys[np.isin(keys, self._keys) & ~self.has(rows)]))

    def counted(self, rows: Words) -> int:
        """Return how many of the identities count as plays."""
        return int(np.isin(rows, self._counted).sum())
