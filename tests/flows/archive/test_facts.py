"""What a batch says of the catalogue: what was written is passed over in C, and nothing that is new with it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.facts import Facts, Line
from flows.archive.rows import Batch, event_columns
from streakline.kinds import KINDS
from streakline.streams.entries import Cold
from streakline.streams.records import BOT, RECORD

SAID = st.tuples(
    st.sampled_from(["play", "play", "play", "heartbeat", "like", "share", "content"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["", "one", "another"]),
    st.sampled_from(["", "artist"]),
    st.sampled_from([0, 0, 180_000]),
    st.sampled_from([0, 0, 0, BOT]),
)
"""Kind, content, title, creator, length in ms and flags of an event."""
Said = tuple[str, str, str, str, int, int]


def _batch(said: list[Said], first: int) -> Batch:
    records = np.zeros(len(said), RECORD)
    records["kind"] = [KINDS[kind] for kind, *_ in said]
    records["length"] = [length for *_, length, _ in said]
    records["flags"] = [flags for *_, flags in said]
    rows = [Cold(content, "", title=title, creatorId=creator) for _, content, title, creator, *_ in said]
    return Batch(records, rows, np.arange(first, first + len(said), dtype=np.uint64))


class PlainFacts:
    """The slow obvious way: a line of each event, each compared with all that are known of its content."""

    def __init__(self) -> None:
        self.known: list[Line] = []

    def new(self, said: list[Said], first: int) -> dict[Line, int]:
        lines: dict[Line, int] = {}
        for position, (kind, content, title, creator, length, flags) in enumerate(said, first):
            if kind == "content":
                lines[(KINDS[kind], content, title, "", creator, "", "", length, "")] = position
            elif flags & BOT or kind == "like" or (kind == "share" and not title):
                continue
            elif kind == "share":
                lines[(0, content, title, "", "", "", "", 0)] = position
            else:
                lines[(0, content, title, "", creator, "", "", length)] = position
        for line in [line for line in lines if line not in self.known]:
            self._forget(line)
        return {line: position for line, position in lines.items() if line not in self.known}

    def remember(self, lines: dict[Line, int]) -> None:
        for line in sorted((line for line in lines if not line[0]), key=lines.__getitem__):
            self._forget(line)
            self.known.append(line)

    def _forget(self, line: Line) -> None:
        if not line[0]:
            differs = [other for other in self.known if other[1] == line[1] and self._differs(line, other)]
            self.known = [other for other in self.known if other not in differs]

    def _differs(self, line: Line, other: Line) -> bool:
        return any(a and b and a != b for a, b in zip(line[2:8], other[2:8], strict=True))


@settings(deadline=None)
@given(st.lists(st.lists(SAID, min_size=1, max_size=8), max_size=6))
def test_batches_tell_what_a_plain_reading_of_each_event_tells(batches: list[list[Said]]) -> None:
    facts, plain = Facts(), PlainFacts()
    for number, said in enumerate(batches):
        batch = _batch(said, 100 * number)
        told = facts.new(batch, event_columns(batch, 0))
        assert told == plain.new(said, 100 * number)
        facts.remember(told)
        plain.remember(told)


def test_a_play_that_repeats_what_is_written_tells_it_again_when_another_contradicts_it() -> None:
    facts = Facts()
    first: list[Said] = [("play", "a", "one", "", 0, 0)]
    batch = _batch(first, 0)
    facts.remember(facts.new(batch, event_columns(batch, 0)))

    both: list[Said] = [("play", "a", "another", "", 0, 0), ("play", "a", "one", "", 0, 0)]
    batch = _batch(both, 10)
    told = facts.new(batch, event_columns(batch, 0))

    assert max(told, key=told.__getitem__)[2] == "one"
