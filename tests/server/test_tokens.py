"""Tokens: what is minted is verified, and scopes include one another."""

import jwt
import pytest

from server.tokens import NOBODY, SCOPES, BadToken, Grant, mint, verify
from wire import SECRET


def test_a_minted_token_grants_what_it_was_minted_for() -> None:
    grant = verify(SECRET, mint(SECRET, "write:self read:self", "anna", 60, creators=["c1"]))
    assert grant.scopes == {"write:self", "read:self"}
    assert grant.sub == "anna"
    assert grant.creators == {"c1"}


def test_a_token_may_last_for_ever() -> None:
    assert verify(SECRET, mint(SECRET, "write", ttl=None)).expires == float("inf")


@pytest.mark.parametrize("scope", ["", "wrte", "read:public everything"])
def test_an_unknown_scope_is_not_minted(scope: str) -> None:
    with pytest.raises(ValueError, match="the scopes are write, write:self"):
        mint(SECRET, scope)


def test_an_expired_token_says_so() -> None:
    with pytest.raises(BadToken, match="has expired"):
        verify(SECRET, mint(SECRET, "write", ttl=-1))


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
        verify(SECRET, nameless)
