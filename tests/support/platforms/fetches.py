"""Fetches of few numbers at few moments, some accepted twice, in any order; what stands of them, by a plain walk."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

from clickhouse_connect.driver.client import Client

from streakline.times import DAY_MS, HOUR_MS

START = 1_790_000_000_000 // DAY_MS * DAY_MS
STARTS = [START + day * DAY_MS for day in range(4)]
WHOLE = 2**64 - 1
COLUMNS = (
    "owner", "platform", "account", "post", "name", "currency", "observedAt", "contentId", "id", "value", "fetchedAt",
    "earliness",
)  # fmt: skip


class Row(NamedTuple):
    owner: str
    platform: str
    account: str
    post: str
    name: str
    at: int
    id: str
    value: float
    fetched: int
    entry: int


def when(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def drawn(
    chosen: random.Random,
    names: tuple[str, ...] = ("views", "likes"),
    posts: tuple[str, ...] = ("", "p1", "p2"),
    fetches: int = 400,
) -> list[Row]:
    """Return fetches of an owner and another."""
    rows = []
    for number in range(fetches):
        post = chosen.choice(posts)
        at = START - DAY_MS + chosen.randrange(0, 5 * 24, 4) * HOUR_MS
        rows.append(
            Row(
                chosen.choice(["ann", "ann", "bob"]), chosen.choice(["youtube", "tiktok"]), "a", post,
                chosen.choice(names), at, f"id{number}", float(chosen.randrange(100)),
                at + chosen.randrange(5), chosen.randrange(1, 60) << 22,
            )
        )  # fmt: skip
    again = [row._replace(entry=row.entry + (chosen.randrange(60) << 22)) for row in rows[:60]]
    rows += again
    chosen.shuffle(rows)
    return rows


def insert(client: Client, rows: list[Row]) -> None:
    data = [
        [
            row.owner, row.platform, row.account, row.post, row.name, "", when(row.at),
            f"{row.platform}:{row.post}" if row.post else "", row.id, row.value, when(row.fetched), WHOLE - row.entry,
        ]
        for row in rows
    ]  # fmt: skip
    for begin in range(0, len(data), 150):
        client.insert("observations", data[begin : begin + 150], column_names=COLUMNS)


def standing(rows: list[Row]) -> dict[tuple[str, str, str], dict[int, float]]:
    """Return (platform, post, name) -> moment -> what stands, each fetch by its first acceptance."""
    first: dict[Any, Row] = {}
    for row in rows:
        key = (*row[:5], row.at, row.id)
        if key not in first or row.entry < first[key].entry:
            first[key] = row
    found: defaultdict[Any, dict[int, float]] = defaultdict(dict)
    for row in sorted(first.values(), key=lambda row: (row.entry, row.fetched, row.id)):
        found[row.platform, row.post, row.name][row.at] = row.value
    return found
