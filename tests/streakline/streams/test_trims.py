"""Trimming never takes what a reader may still need."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.streams.trims import KEPT_MS, trim_to
from streakline.times import MINUTE_MS, enc

NOW = 1_763_700_000_000
OLD = f"{NOW - KEPT_MS - MINUTE_MS}-7"


def test_the_least_of_the_readers_decides() -> None:
    older = f"{NOW - KEPT_MS - 2 * MINUTE_MS}-0"
    assert trim_to([OLD, older], NOW, roomy=True) == older


def test_nothing_goes_while_a_reader_is_missing() -> None:
    assert trim_to([OLD, None], NOW, roomy=False) is None
    assert trim_to([OLD, ""], NOW, roomy=False) is None


def test_nothing_goes_where_nobody_is_named() -> None:
    assert trim_to([], NOW, roomy=False) is None


def test_the_last_ninety_minutes_stay_while_memory_is_plenty() -> None:
    assert trim_to([f"{NOW}-0"], NOW, roomy=True) == f"{NOW - KEPT_MS}-0"


def test_they_go_when_memory_is_short() -> None:
    assert trim_to([f"{NOW}-0"], NOW, roomy=False) == f"{NOW}-0"


def test_a_stream_at_its_very_beginning_is_left_alone() -> None:
    assert trim_to(["0-0"], NOW, roomy=True) is None


@given(
    st.lists(st.builds("{}-{}".format, st.integers(0, 2 * NOW), st.integers(0, 99)), min_size=1),
    st.booleans(),
)
def test_no_entry_from_a_readers_id_on_is_ever_cut(ids: list[str], roomy: bool) -> None:
    until = trim_to(ids, NOW, roomy=roomy)
    assert until is None or all(enc(until) <= enc(entry_id) for entry_id in ids)
