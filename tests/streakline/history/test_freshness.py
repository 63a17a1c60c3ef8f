"""What an answer rests on: words of what is closed, and of what is open where it reaches into that."""

from __future__ import annotations

import pytest

from streakline.history.freshness import Shard, stamp
from streakline.times import QUARTER_MS

CLOSED = Shard(b"c", b"o", b"1-0", b"1-0", b"", 10 * QUARTER_MS)
END = 11 * QUARTER_MS


@pytest.mark.parametrize("changed", [{"open": b"x"}, {"raw": b"2-0"}, {"provisional": b"2-0"}])
def test_what_is_open_changes_the_answers_that_reach_into_it(changed: dict[str, bytes]) -> None:
    after = CLOSED._replace(**changed)
    assert stamp([CLOSED], END) == stamp([after], END)
    assert stamp([CLOSED], END + 1) != stamp([after], END + 1)


@pytest.mark.parametrize("changed", [{"closed": b"x"}, {"owed": b"7"}, {"upto": 11 * QUARTER_MS}])
def test_a_recount_changes_every_answer(changed: dict[str, bytes | int]) -> None:
    assert stamp([CLOSED], END) != stamp([CLOSED._replace(**changed)], END)  # type: ignore[arg-type]


def test_where_archive_leaves_no_words_everything_it_stores_changes_every_answer() -> None:
    older = CLOSED._replace(closed=b"", open=b"")
    assert stamp([older], END) != stamp([older._replace(raw=b"2-0")], END)


def test_shards_that_are_not_asked_change_nothing() -> None:
    both = [CLOSED, CLOSED._replace(closed=b"x")]
    assert stamp([CLOSED, CLOSED], END, {0}) == stamp(both, END, {0})
    assert stamp([CLOSED, CLOSED], END, {1}) != stamp(both, END, {1})
