"""Runs: which is the longest, and which is alive."""

from streakline.people.runs import Run, Runs


def test_the_first_of_the_longest_runs_is_the_longest():
    runs = Runs((Run(1, 2, 2), Run(5, 9, 4), Run(11, 14, 4)))
    assert runs.longest == Run(5, 9, 4)
    assert Runs(()).longest is None


def test_the_last_run_is_alive_if_it_has_a_moment_to_break_at():
    runs = (Run(1, 2, 2), Run(5, 9, 4))
    assert Runs(runs, breaks_at=77).current == Run(5, 9, 4)
    assert Runs(runs).current is None


def test_a_run_grows_by_days_up_to_another_last_one():
    assert Run(1, 2, 2).longer(1, 5) == Run(1, 5, 3)
