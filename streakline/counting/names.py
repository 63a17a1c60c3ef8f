"""What contents are called, and the shows of episodes: learnt from the cold parts of entries, as few as are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from streakline.hash_index import Positions, Recent
from streakline.streams.entries import Cold, Entry, Poison
from streakline.streams.hashing import hash64
from streakline.streams.records import records_of

OpenCold = Callable[[Entry], list[Cold]]
"""Gives the cold rows of an entry."""
Taken = Sequence[tuple[int, Entry]]
"""Entries with their positions."""
_BITS: Final = 16


class Opened(NamedTuple):
    """What a content is called."""

    content: str
    title: str


class Names:
    """The names of the contents of one shard, by hash."""

    def __init__(self) -> None:
        self.held: dict[int, Opened] = {}
        self.parents: dict[int, int] = {}
        """Content -> hash of what it is an episode of, 0 for nothing; not part of a snapshot."""
        self.seed = 0
        """Of the installation's hashes."""
        self._recent = Recent(_BITS)  # contents that have a name, most of those that came lately

    def learn(
        self, contents: npt.NDArray[np.uint64], which: Positions, entries: Taken, open_cold: OpenCold
    ) -> set[int]:
        """Learn the names of unknown contents; return the numbers of entries that cannot be read.

        Only an entry that is needed for a name is opened.
        """
        lost: set[int] = set()
        fresh = self._recent.misses(contents)
        contents, which = contents.take(fresh), which.take(fresh)
        while contents.size:
            distinct, first = np.unique(contents, return_index=True)
            unknown = [
                int(which[at])
                for content, at in zip(distinct.tolist(), first.tolist(), strict=True)
                if content not in self.held
            ]
            unreadable = {n for n in sorted(set(unknown)) if not self.open(entries[n][1], open_cold)}
            if not unreadable:
                break
            lost |= unreadable
            left = ~np.isin(which, list(unreadable))
            contents, which = contents[left], which[left]
        self._recent.keep(contents)
        return lost

    def open(self, entry: Entry, open_cold: OpenCold) -> bool:
        """Learn what an entry says; return False if it cannot be read."""
        try:
            rows = open_cold(entry)
        except Poison:  # archive puts it to the dead letters, with the reason
            return False
        hashes = records_of([entry.hot])["content64"].tolist()
        for content, row in zip(hashes, rows, strict=True):
            known = self.held.get(content)
            # A fact of the catalogue has the last word on what a content is called.
            if known is None or (row.title and (not known.title or row.type == "content")):
                self.held[content] = Opened(row.contentId, row.title)
            if row.parentId:
                self.parents[content] = hash64(row.parentId, self.seed)
        return True

    def parent(self, content: int, entry: Entry, open_cold: OpenCold) -> int:
        """Return the hash of what a content is an episode of, 0 for nothing; `entry` has a play of it."""
        if content not in self.parents:
            self.open(entry, open_cold)
        return self.parents.setdefault(content, 0)

    def forget_all_but(self, contents: AbstractSet[int]) -> None:
        """Forget what no longer counts."""
        self.held = {content: name for content, name in self.held.items() if content in contents}
        self.parents = {content: to for content, to in self.parents.items() if content in contents}
        self._recent = Recent(_BITS)
