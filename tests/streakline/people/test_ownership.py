"""Whose plays may be asked for: a person's own, and everybody's by who reads all."""

import pytest

from streakline.people.ownership import NotYou, WhichPerson, person_of


@pytest.mark.parametrize(
    ("asked", "sub", "reads_all", "person"),
    [
        (None, "ann", False, "ann"),
        (None, "ann", True, "ann"),
        ("ann", "ann", False, "ann"),
        ("ben", "ann", True, "ben"),
        ("ben", None, True, "ben"),
    ],
)
def test_a_reader_gets_his_own_and_who_reads_all_gets_whom_he_names(
    asked: str | None, sub: str | None, reads_all: bool, person: str
) -> None:
    assert person_of(asked, sub=sub, reads_all=reads_all) == person


@pytest.mark.parametrize(
    ("sub", "named"), [("ann", "for 'ann'"), (None, "for no person"), ("", "for no person")]
)
def test_the_plays_of_another_are_refused_with_whom_the_token_speaks_for(sub: str | None, named: str) -> None:
    with pytest.raises(NotYou, match=f"{named}, not for 'ben'; another's needs the scope read:admin"):
        person_of("ben", sub=sub, reads_all=False)


@pytest.mark.parametrize("sub", [None, ""])
def test_who_speaks_for_nobody_has_to_name_a_person(sub: str | None) -> None:
    with pytest.raises(WhichPerson, match="speaks for no person"):
        person_of(None, sub=sub, reads_all=True)


def test_a_refusal_shows_no_more_of_a_name_than_a_reader_can_use() -> None:
    with pytest.raises(NotYou) as refused:
        person_of("b" * 10_000, sub="a" * 10_000, reads_all=False)
    assert len(str(refused.value)) < 600
