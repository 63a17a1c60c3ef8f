"""What is left word of jobs comes back as it was, and strangers' words are left out."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.health.jobs import JobState, packed, unpacked

MOMENTS = st.none() | st.integers(0, 2**45)


@given(
    st.builds(
        JobState, when=st.text(), next=MOMENTS, started=MOMENTS, ended=MOMENTS, error=st.none() | st.text()
    )
)
def test_a_state_comes_back_as_it_was(state: JobState) -> None:
    assert unpacked({b"job": packed(state)}) == {"job": state}


def test_what_no_process_of_ours_wrote_is_left_out() -> None:
    held = {
        b"b": packed(JobState(when="daily")),
        b"a": b"nonsense",
        b"\xff": packed(JobState(when="x")),
        b"c": b"{}",
    }
    assert list(unpacked(held)) == ["b"]


def test_a_run_that_began_and_did_not_end_was_cut_short() -> None:
    assert JobState(when="", started=1).cut_short
    assert not JobState(when="", started=1, ended=2).cut_short
    assert not JobState(when="").cut_short
