"""Dead letters: of one form, and of bounded size whatever they hold."""

from streakline.streams.dead_letters import MAX_BODY, MAX_ERROR, dead_letter


def test_a_dead_letter_is_of_bounded_size() -> None:
    letter = dead_letter("archive", "x" * 1_000_000, "1-1", {b"v" * 1_000_000: b"z" * 1_000_000})
    assert sum(len(part) for part in letter if isinstance(part, str | bytes)) < MAX_ERROR + MAX_BODY + 200
