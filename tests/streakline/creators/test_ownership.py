"""Ownership: a reader sees the creators that the token lists, else the person itself; only some see all."""

import pytest

from streakline.creators.ownership import NotYours, WhichCreator, creator_of


@pytest.mark.parametrize(
    ("asked", "creators", "sub", "reads_all", "found"),
    [
        (None, {"band"}, "ann", False, "band"),
        (None, set(), "ann", False, "ann"),
        ("band", {"band", "duo"}, "ann", False, "band"),
        ("ann", set(), "ann", False, "ann"),
        ("anybody", set(), None, True, "anybody"),
        ("other", {"band"}, "ann", True, "other"),
    ],
)
def test_a_creator_is_the_one_that_is_named_or_the_only_one(
    asked: str | None, creators: set[str], sub: str | None, reads_all: bool, found: str
) -> None:
    assert creator_of(asked, creators=creators, sub=sub, reads_all=reads_all) == found


@pytest.mark.parametrize("asked", ["duo", "ann"])
def test_another_creator_is_refused_by_name_also_the_person_of_a_token_that_lists_creators(
    asked: str,
) -> None:
    with pytest.raises(NotYours, match=f"'{asked}' is not yours; the token speaks for band"):
        creator_of(asked, creators={"band"}, sub="ann", reads_all=False)


@pytest.mark.parametrize(
    ("creators", "sub", "words"),
    [({"duo", "band"}, "ann", "several: band, duo"), (set(), None, "no creator")],
)
def test_a_creator_has_to_be_named_where_there_is_no_single_one(
    creators: set[str], sub: str | None, words: str
) -> None:
    with pytest.raises(WhichCreator, match=words):
        creator_of(None, creators=creators, sub=sub, reads_all=True)
