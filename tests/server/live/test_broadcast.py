"""The pace of updates."""

from server.live.broadcast import EVERY, SLACK, Pace


def test_after_a_pause_an_update_goes_at_once() -> None:
    pace = Pace()
    pace.went(100.0)
    assert pace.wait(100.0 + 2 * EVERY) == 0


def test_a_source_of_four_a_second_never_waits_though_it_trembles() -> None:
    pace = Pace()
    for number in range(100):
        now = 100.0 + number * EVERY + (-1) ** number * SLACK / 3
        assert pace.wait(now) == 0
        pace.went(now)


def test_a_hasty_source_gets_four_a_second_however_long_sending_takes() -> None:
    pace, now, sent = Pace(), 100.0, 0
    while now < 110.0:
        now += pace.wait(now)
        pace.went(now)
        sent += 1
        now += 0.1  # sending
    assert 40 <= sent <= 42
