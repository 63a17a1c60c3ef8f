"""The record of a person: what was played most, over all time."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from streakline.people.breakdowns import by_content
from streakline.people.play_rows import Content, PlayRows


class Played(NamedTuple):
    """How often something was played, and how long, ms."""

    plays: int
    ms: int


def top_contents(rows: PlayRows, number: int) -> list[tuple[Content, Played]]:
    """Return the contents with the most counted plays, so many at most; equal ones by id."""
    plays, lasted = by_content(rows, rows.plays).tolist(), by_content(rows, rows.lasted).tolist()
    found = [
        (content, Played(*counts))
        for content, *counts in zip(rows.contents, plays, lasted, strict=True)
        if counts[0]
    ]
    return sorted(found, key=lambda one: (-one[1].plays, one[0].id))[:number]


def top_creators(rows: PlayRows, number: int) -> list[tuple[str, Played]]:
    """Return the creators with the most counted plays, so many at most; equal ones by id."""
    plays, lasted = Counter[str](), Counter[str]()
    for content, counted, ms in zip(
        rows.contents,
        by_content(rows, rows.plays).tolist(),
        by_content(rows, rows.lasted).tolist(),
        strict=True,
    ):
        plays[content.creator] += counted
        lasted[content.creator] += ms
    ranked = sorted((-count, creator) for creator, count in plays.items() if creator and count)
    return [(creator, Played(-count, lasted[creator])) for count, creator in ranked[:number]]
