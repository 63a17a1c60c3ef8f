"""API keys: what is kept of one says nothing of its secret, and only a key has an id."""

from streakline.door.api_keys import digest_of, id_of, key_text


def test_a_key_says_its_id_and_only_a_key_does() -> None:
    assert id_of(key_text("abcdefgh23", "secret_with_more_underscores")) == "abcdefgh23"
    for text in (
        "",
        "slk_",
        "slk_abc_x",
        "slk_ABCDEFGH23_x",
        "eyJhbGciOiJIUzI1NiJ9.e30.sig",
        "slk_abcdefgh23",
    ):
        assert id_of(text) is None


def test_a_digest_is_of_the_whole_key_and_any_text_has_one() -> None:
    assert digest_of("slk_abcdefgh23_x") != digest_of("slk_abcdefgh23_y")
    assert len(digest_of("\ud800 no character")) == 64
