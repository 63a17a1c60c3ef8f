"""Tokens: what is minted is verified, and scopes include one another."""

import time

import jwt
import pytest

from server.door.tokens import LEEWAY, NOBODY, SCOPES, BadToken, Grant, mint, verify
from wire import SECRET


def test_a_minted_token_grants_what_it_was_minted_for() -> None:
    grant = verify(SECRET, mint(SECRET, "write:self read:self", "anna", 60, creators=["c1"]), time.time())
    assert grant.scopes == {"write:self", "read:self"}
    assert grant.sub == "anna"
    assert grant.creators == {"c1"}


def test_a_token_may_last_for_ever() -> None:
    assert verify(SECRET, mint(SECRET, "write", ttl=None), time.time()).expires == float("inf")


@pytest.mark.parametrize("scope", ["", "wrte", "read:public everything"])
def test_an_unknown_scope_is_not_minted(scope: str) -> None:
    with pytest.raises(ValueError, match="the scopes are write, write:self"):
        mint(SECRET, scope)


def test_an_expired_token_says_so() -> None:
    with pytest.raises(BadToken, match="has expired"):
        verify(SECRET, mint(SECRET, "write", ttl=-1), time.time() + LEEWAY)


def test_an_admin_may_do_everything() -> None:
    assert all(Grant(frozenset({"admin"})).may(scope) for scope in SCOPES)


def test_who_reads_everything_does_not_write() -> None:
    grant = Grant(frozenset({"read:admin"}))
    assert [scope for scope in SCOPES if grant.may(scope)] == ["read:public", "read:self", "read:admin"]


def test_nobody_may_nothing() -> None:
    assert not any(NOBODY.may(scope) for scope in SCOPES)


@pytest.mark.parametrize("scope", ["write:self", "read:self", "write read:self"])
def test_a_scope_for_oneself_needs_a_person(scope: str) -> None:
    with pytest.raises(ValueError, match="is for one person; say whom"):
        mint(SECRET, scope)
    nameless = jwt.encode({"scope": scope}, SECRET, "HS256")
    with pytest.raises(BadToken, match="needs a sub"):
        verify(SECRET, nameless, time.time())


def test_what_a_creators_token_reads_needs_no_person() -> None:
    assert verify(SECRET, mint(SECRET, "read:self", creators=["band"]), time.time()).creators == {"band"}
    with pytest.raises(ValueError, match="'write:self' is for one person"):
        mint(SECRET, "read:self write:self", creators=["band"])
    nobody = jwt.encode({"scope": "write:self", "creators": ["band"]}, SECRET, "HS256")
    with pytest.raises(BadToken, match="needs a sub"):
        verify(SECRET, nobody, time.time())


@pytest.mark.parametrize("off", [-300, -LEEWAY, 0, LEEWAY])
def test_a_fresh_token_holds_on_a_host_whose_clock_is_behind(off: float) -> None:
    """When it was issued is by another host's clock: it refuses nothing."""
    assert verify(SECRET, mint(SECRET, "write", ttl=120), time.time() + off).may("write")


def test_an_expired_token_names_both_times() -> None:
    token = jwt.encode({"scope": "write", "exp": 1_000}, SECRET, "HS256")
    assert verify(SECRET, token, 1_000 + LEEWAY - 1).expires == 1_000 + LEEWAY
    said = "expired at 1970-01-01T00:16:40.000Z, and it is 1970-01-01T00:17:40.000Z"
    with pytest.raises(BadToken, match=said):
        verify(SECRET, token, 1_000 + LEEWAY)


def test_a_token_of_the_future_says_so() -> None:
    token = jwt.encode({"scope": "write", "nbf": 1_000}, SECRET, "HS256")
    assert verify(SECRET, token, 1_000 - LEEWAY).may("write")
    with pytest.raises(BadToken, match=r"holds only from 1970-01-01T00:16:40.000Z, and it is"):
        verify(SECRET, token, 900)


@pytest.mark.parametrize("name", ["exp", "nbf"])
@pytest.mark.parametrize("value", ["soon", [], float("nan"), {}])
def test_a_moment_that_is_none_is_named(name: str, value: object) -> None:
    token = jwt.encode({"scope": "write", name: value}, SECRET, "HS256")
    with pytest.raises(BadToken, match=f"{name} .* is no number of seconds"):
        verify(SECRET, token, 1_000)
