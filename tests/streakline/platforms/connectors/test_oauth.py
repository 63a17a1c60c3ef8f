"""Tokens and the proof of who asked for them."""

from __future__ import annotations

import pytest

from streakline.platforms.connectors.oauth import (
    EARLY_MS,
    Tokens,
    challenge_of,
    hashed,
    moment,
    tokens_of,
    with_query,
)

NOW = 1_700_000_000_000


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_token_is_taken_for_ended_before_it_is() -> None:
    tokens = Tokens("a", NOW)
    assert tokens.holds(NOW - EARLY_MS - 1)
    assert not tokens.holds(NOW - EARLY_MS)


def test_an_answer_without_a_refresh_token_leaves_the_old_one() -> None:
    before = Tokens("a", NOW, "r", NOW + 5, NOW, ("x", "y"))
    said = {"access_token": "b", "expires_in": 3599, "token_type": "Bearer"}
    assert tokens_of(said, NOW, before) == Tokens("b", NOW + 3_599_000, "r", NOW + 5, NOW, ("x", "y"))


def test_an_answer_with_another_refresh_token_replaces_it_and_its_end() -> None:
    before = Tokens("a", NOW, "r", NOW + 5, NOW, ("x",))
    said = {"access_token": "b", "expires_in": "7200", "refresh_token": "s", "scope": "x,z"}
    assert tokens_of(said, NOW, before, separator=",") == Tokens(
        "b", NOW + 7_200_000, "s", 0, NOW, ("x", "z")
    )
    said["refresh_expires_in"] = 15_552_000  # type: ignore[assignment]
    found = tokens_of(said, NOW, before)
    assert found is not None
    assert found.refresh_expires == NOW + 15_552_000_000


@pytest.mark.parametrize("said", [{}, {"access_token": ""}, {"access_token": 7}, {"error": "invalid_grant"}])
def test_an_answer_without_a_token_gives_none(said: dict[str, object]) -> None:
    assert tokens_of(said, NOW) is None


def test_a_moment_is_read_from_numbers_and_digits_alone() -> None:
    assert [moment(NOW, one, -1) for one in (1, 1.5, "2", "x", None, True)] == [
        NOW + 1_000, NOW + 1_500, NOW + 2_000, -1, -1, -1,
    ]  # fmt: skip


def test_a_query_is_quoted() -> None:
    assert with_query("https://a.example/x", (("scope", "a b"), ("u", "https://b/?c"))) == (
        "https://a.example/x?scope=a+b&u=https%3A%2F%2Fb%2F%3Fc"
    )


def test_a_word_is_known_by_its_hash() -> None:
    assert len(hashed("a")) == 64
    assert hashed("a") != hashed("b")
