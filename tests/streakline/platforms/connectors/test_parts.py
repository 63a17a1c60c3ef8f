"""Parts of a look."""

from __future__ import annotations

import pytest

from streakline.platforms.connectors.exchange import Ask, Asking, Reply, Unreadable
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.parts import part

REPLY = Reply(200, {}, b"", 0)


def asking(error: Exception | None) -> Asking[None]:
    yield Ask("data", "/")
    if error is not None:
        raise error


def run(error: Exception | None) -> Look:
    look = Look("ann", "youtube", "UC1", 5, frozenset(), {})
    conversation = part(look, "it", asking(error))
    assert next(conversation).path == "/"
    with pytest.raises(StopIteration):
        conversation.send(REPLY)
    return look


def test_a_part_that_goes_well_says_nothing() -> None:
    assert run(None).faults == []


def test_a_fault_of_a_part_is_told_and_ends_it_alone() -> None:
    fault = Fault("refused", "no")
    assert run(Faulty(fault)).faults == [("it", fault)]
    assert run(Unreadable("what")).faults == [("it", Fault("unreadable", "what"))]


@pytest.mark.parametrize("kind", ["lost", "unauthorized"])
def test_a_grant_that_does_not_hold_ends_all(kind: str) -> None:
    with pytest.raises(Faulty, match="gone"):
        run(Faulty(Fault(kind, "gone")))  # type: ignore[arg-type]
