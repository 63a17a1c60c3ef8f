"""How a walk divides persons, and what becomes of a batch that is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.jobs.people import walk as walking
from server.jobs.people.walk import MOST_ROWS, Player, batches
from server.resources.history import HISTORY, PARAMETER_BYTES, HistoryBusy, TooCostly, sent_size

PLAYERS = st.lists(
    st.builds(Player, st.sampled_from(("a", "ü" * 200, "x" * 2_000)), st.integers(1, 2 * MOST_ROWS // 3)),
    max_size=120,
)


@given(people=PLAYERS)
def test_batches_have_everybody_in_order_and_room_for_their_rows_and_ids(people: list[Player]) -> None:
    found = list(batches(people))
    assert [user for batch in found for user in batch] == [one.user for one in people]
    sizes = iter(people)
    rest = [[next(sizes) for _ in batch] for batch in found]
    for batch, following in pairwise(rest):
        held = sum(one.size for one in batch), sum(sent_size(one.user) for one in batch)
        assert held[0] <= MOST_ROWS
        assert held[1] <= PARAMETER_BYTES
        # The next one had no room in it.
        more = following[0]
        assert held[0] + more.size > MOST_ROWS or held[1] + sent_size(more.user) > PARAMETER_BYTES


def test_a_person_with_more_rows_than_a_batch_has_room_for_is_a_batch() -> None:
    people = [Player("ann", 5), Player("bot", MOST_ROWS * 9), Player("cem", 5), Player("dan", 5)]
    assert list(batches(people)) == [["ann"], ["bot"], ["cem", "dan"]]


class Crowded:
    """A history in which readers wait at the first looks."""

    def __init__(self, looks: int = 0) -> None:
        self.left = looks

    @property
    def is_crowded(self) -> bool:
        self.left -= 1
        return self.left >= 0


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "BUSY_SECONDS", 0.0)


async def done_of(users: list[str], costly: set[str], history: Crowded, busy: int = 0) -> list[list[str]]:
    """Return the batches that were done, where some persons are too costly."""
    done: list[list[str]] = []
    left = busy

    async def work(some: list[str]) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise HistoryBusy
        if costly & set(some):
            raise TooCostly
        done.append(some)

    app: Any = {HISTORY: history}
    await walking._in_turn(app, work, users)
    return done


@given(size=st.integers(1, 70), costly=st.sets(st.integers(0, 69), max_size=5))
async def test_of_a_batch_that_is_too_costly_all_are_done_but_those_who_are(
    size: int, costly: set[int]
) -> None:
    users = [f"u{n:02}" for n in range(size)]
    left_out = {f"u{n:02}" for n in costly}
    done = await done_of(users, left_out, Crowded())
    assert [user for batch in done for user in batch] == [user for user in users if user not in left_out]


async def test_a_batch_waits_while_readers_wait_or_history_is_busy() -> None:
    history = Crowded(looks=3)
    assert await done_of(["ann", "bea"], set(), history, busy=2) == [["ann", "bea"]]
    assert history.left < 0
