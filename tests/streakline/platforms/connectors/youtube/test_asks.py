"""What YouTube is asked."""

from __future__ import annotations

from streakline.platforms.connectors.oauth import ClientApp, Tokens
from streakline.platforms.connectors.youtube import asks

APP = ClientApp("id", "secret")


def test_a_person_says_yes_for_good_and_by_proof() -> None:
    query = dict(asks.authorize(APP, "https://us/back", "state", "verifier").query)
    assert (query["access_type"], query["prompt"], query["code_challenge_method"]) == (
        "offline",
        "consent",
        "S256",
    )
    assert query["scope"].split(" ") == list(asks.SCOPES)
    narrow = asks.authorize(ClientApp("id", "secret", scopes=("one",)), "https://us/back", "s", "v")
    assert dict(narrow.query)["scope"] == "one"


def test_tokens_are_asked_for_without_an_address_that_holds_a_secret() -> None:
    for ask in (
        asks.exchange(APP, "code", "https://us/back", "verifier"),
        asks.refresh(APP, Tokens("a", 0, "r")),
    ):
        assert (ask.method, ask.query, ask.signed, ask.bucket) == ("POST", (), False, "")
        assert ask.form is not None
        assert dict(ask.form)["client_secret"] == "secret"
    given_back = asks.revoke(Tokens("a", 0, "r"))
    assert given_back.form == (("token", "r"),)
    assert asks.revoke(Tokens("a", 0)).form == (("token", "a"),)


def test_each_request_is_charged_to_its_own_quota() -> None:
    batch = asks.statistics(["a", "b"])
    assert (batch.bucket, dict(batch.query)["id"]) == ("batchGetStats", "a,b")
    assert asks.channel().bucket == asks.uploads("UU1", "").bucket == "units"
    assert "pageToken" not in dict(asks.uploads("UU1", "").query)
    assert dict(asks.uploads("UU1", "p2").query)["pageToken"] == "p2"
    report = asks.report(["views", "likes"], "day", ("2026-01-01", "2026-01-02"), ("sort", "day"))
    assert (report.bucket, dict(report.query)["metrics"], dict(report.query)["sort"]) == (
        "reports",
        "views,likes",
        "day",
    )
