"""Retries: later each time, never sooner than the schedule, and given up after a day and some."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.webhooks.deliveries import ms_asked
from streakline.webhooks.retries import LONGEST_MS, RETRIES, Retries

HOUR = 3_600_000
CHANCES = st.floats(0, 1, exclude_max=True)
SCHEDULES = st.builds(
    Retries, st.lists(st.integers(1, 10**8), max_size=9).map(tuple), st.floats(0, 2, allow_nan=False)
)


def walked(retries: Retries, chances: list[float], asked: int = 0) -> list[int]:
    """Return when each attempt of a delivery that always fails at once is made."""
    moments = [0]
    for chance in chances:
        following = retries.next_at(len(moments), moments[-1], chance, asked)
        if following is None:
            break
        moments.append(following)
    return moments


@given(retries=SCHEDULES, chances=st.lists(CHANCES, min_size=10, max_size=10))
def test_every_wait_is_that_of_the_schedule_or_longer_by_the_jitter_and_it_ends(
    retries: Retries, chances: list[float]
) -> None:
    moments = walked(retries, chances)
    assert len(moments) == retries.attempts == len(retries.waits) + 1
    for wait, before, after in zip(retries.waits, moments, moments[1:], strict=False):
        assert wait <= after - before <= wait * (1 + retries.jitter) + 1


@given(chance=CHANCES, asked=st.integers(0, 10**12))
def test_a_receiver_is_left_alone_for_as_long_as_it_asks_but_no_longer_than_a_day(
    chance: float, asked: int
) -> None:
    plain = RETRIES.next_at(1, 0, chance)
    assert plain is not None
    assert RETRIES.next_at(1, 0, chance, asked) == max(plain, min(asked, LONGEST_MS))


def test_a_receiver_may_be_away_for_a_day() -> None:
    soonest, latest = (walked(RETRIES, [chance] * 20)[-1] for chance in (0.0, 0.999))
    assert 24 * HOUR < soonest <= latest < 36 * HOUR
    assert [wait // 1000 for wait in RETRIES.waits[:6]] == [5, 300, 1_800, 7_200, 18_000, 36_000]


def test_deliveries_that_failed_together_do_not_come_back_together() -> None:
    assert len({RETRIES.next_at(2, 0, chance / 100) for chance in range(100)}) == 100


def test_retry_after_is_taken_where_it_gives_seconds() -> None:
    texts = ("7", " 120 ", "0", None, "", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 40, "\u0661")
    assert [ms_asked(text) for text in texts] == [7_000, 120_000, 0, 0, 0, 0, 0, 0, 0, 0]
