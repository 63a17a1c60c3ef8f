"""The token of a link: only what the secret signed has an id, and the id is all that it says."""

import jwt
from hypothesis import given
from hypothesis import strategies as st

from streakline.people.yearly.links import id_of, token_of

SECRET, OLDER = "a secret that is long enough", "one that was in use before"
ID = "abcdefgh23"


def test_a_token_has_the_id_that_it_was_made_of_by_any_secret_in_use():
    assert id_of(token_of(ID, SECRET), (SECRET,)) == ID
    assert id_of(token_of(ID, OLDER), (SECRET, OLDER)) == ID
    assert id_of(token_of(ID, OLDER), (SECRET,)) is None


def test_without_a_secret_nothing_is_signed():
    assert id_of(token_of(ID, ""), ("",)) is None
    assert id_of(token_of(ID, SECRET), ()) is None


def test_every_changed_character_makes_it_nobodys():
    token = token_of(ID, SECRET)
    for place in range(len(token)):
        for character in "ab2_-. ":
            changed = token[:place] + character + token[place + 1 :]
            assert changed == token or id_of(changed, (SECRET,)) is None
    assert id_of(token[:-1], (SECRET,)) is None
    assert id_of(f"{token}=", (SECRET,)) is None
    assert id_of(f"{token}\n", (SECRET,)) is None
    # That of another link does for none but that.
    assert id_of(f"{ID}.{token_of('bbbbbbbbbb', SECRET).partition('.')[2]}", (SECRET,)) is None


@given(st.text(max_size=80))
def test_what_was_made_up_has_no_id(text: str):
    assert id_of(text, (SECRET, OLDER)) is None


def test_a_token_of_a_bearer_opens_no_year():
    assert id_of(jwt.encode({"sub": "ann"}, SECRET + "x" * 8), (SECRET + "x" * 8,)) is None
