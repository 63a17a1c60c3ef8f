"""What a title of YouTube's history is without the verb around it: `How to knot angesehen` is `How to knot`.

The verb is of the account's language. A video that is gone has its address for a title, so such a row shows the verb
whatever the language; else it is a known one that most titles have, or what nearly all titles have in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

_SAMPLE: Final = 2_000
"""Titles that are looked at."""
_ENOUGH: Final = 20
"""Different titles that must share their beginning or end before it is taken for a verb."""
_LONGEST: Final = 60
_SHORTEST: Final = 3
_NEARLY_ALL: Final = 0.95


class Verb(NamedTuple):
    """What stands before and after each title."""

    before: str = ""
    after: str = ""

    def fits(self, title: str) -> bool:
        """Tell whether a title has it."""
        return title.startswith(self.before) and title.endswith(self.after)

    def without(self, title: str) -> str:
        """Return a title without it."""
        if not self.fits(title) or len(title) < len(self.before) + len(self.after):
            return title
        return title[len(self.before) : len(title) - len(self.after)].strip()

    def is_in(self, text: str) -> bool:
        """Tell whether a text says it in other words: `Ein Video angesehen, das entfernt wurde`."""
        words = f"{self.before} {self.after}".split()
        return bool(words) and max(words, key=len).strip(".,:\"'") in text


KNOWN: Final = (
    Verb("Watched "), Verb(after=" angesehen"), Verb(after=" 을(를) 시청했습니다."), Verb("Vous avez regardé "),
    Verb("Has visto "), Verb("Hai guardato "), Verb(after=" bekeken"),
)  # fmt: skip


def verb_of(titles: Sequence[tuple[str, str]]) -> Verb | None:
    """Return the verb of (title, address) pairs of one file; None where none is known."""
    shown = Counter(
        Verb(*title.split(address, 1)) for title, address in titles if address and address in title
    )
    shown.pop(Verb(), None)
    if shown:
        return shown.most_common(1)[0][0]
    sample = [title for title, _ in titles[:_SAMPLE] if title]
    best = max(KNOWN, key=lambda verb: sum(map(verb.fits, sample)))
    if sample and 2 * sum(map(best.fits, sample)) >= len(sample):
        return best
    different = sorted(set(sample))
    if len(different) < _ENOUGH:
        return None
    before = _shared(different)
    after = _shared([title[::-1] for title in different])[::-1]
    return Verb(before, after) if before or after else None


def _shared(titles: Sequence[str]) -> str:
    """Return the longest beginning that nearly all texts have, empty where that is no word."""
    shared = ""
    for length in range(1, _LONGEST):
        beginning, number = Counter(title[:length] for title in titles).most_common(1)[0]
        if number < _NEARLY_ALL * len(titles) or len(beginning) < length:
            break
        shared = beginning
    return shared if len(shared) >= _SHORTEST else ""
