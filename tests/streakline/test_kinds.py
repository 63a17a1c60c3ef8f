"""Codes of kinds and content types are a data format."""

from streakline import kinds


def test_codes_never_change():
    assert list(kinds.KINDS.items()) == [
        ("play", 1), ("play_start", 2), ("heartbeat", 3), ("like", 4), ("unlike", 5), ("save", 6), ("unsave", 7),
        ("share", 8), ("download", 9), ("comment", 10), ("follow", 11), ("rate", 12), ("create", 13),
        ("export", 14), ("reaction", 15), ("upgrade", 16), ("freeze", 17), ("pause", 18), ("repair", 19),
        ("settings", 20), ("content", 21), ("creator", 22), ("metric", 23), ("unfollow", 24),
    ]  # fmt: skip
    assert kinds.CONTENT_TYPES[:9] == (
        "", "other", "track", "mashup", "app", "movie", "show", "episode", "video",
    )  # fmt: skip


def test_every_kind_is_countable_personal_or_a_fact():
    groups = [kinds.COUNTABLE, kinds.PERSONAL, kinds.FACTS]
    assert sorted(code for group in groups for code in group) == sorted(kinds.NAMES)
    assert kinds.PLAYS <= kinds.COUNTABLE


def test_names_and_codes_are_inverse():
    assert {kinds.KINDS[name]: name for name in kinds.KINDS} == kinds.NAMES
    assert [kinds.CONTENT_TYPE_CODES[name] for name in kinds.CONTENT_TYPES] == list(range(17))


def test_what_undoes_is_a_kind_of_its_own():
    assert set(kinds.UNDONE.values()) <= set(kinds.KINDS)
