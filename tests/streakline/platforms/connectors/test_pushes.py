"""Handshakes and signatures of what platforms push."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from streakline.platforms.connectors.oauth import ClientApp
from streakline.platforms.connectors.pushes import NotTheirs, accounts_of, challenge_of

APP = ClientApp("id", "secret", verify_token="a word of ours")


def digest(body: bytes) -> bytes:
    return hmac.new(b"secret", body, hashlib.sha256).digest()


def test_x_is_answered_by_who_has_the_secret() -> None:
    answer, media = challenge_of("twitter", {"crc_token": "abc"}, APP)
    expected = "sha256=" + base64.b64encode(digest(b"abc")).decode()
    assert (json.loads(answer), media) == ({"response_token": expected}, "application/json")


def test_instagram_hears_its_challenge_if_it_knows_our_word() -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "a word of ours", "hub.challenge": "1158"}
    assert challenge_of("instagram", query, APP) == ("1158", "text/plain")
    with pytest.raises(NotTheirs, match="verifyToken"):
        challenge_of("instagram", query | {"hub.verify_token": "another"}, APP)
    with pytest.raises(NotTheirs, match="verifyToken"):
        challenge_of("instagram", query | {"hub.verify_token": ""}, ClientApp("id", "secret"))


@pytest.mark.parametrize("name", ["youtube", "tiktok", "twitter", "instagram"])
def test_what_is_no_handshake_is_told(name: str) -> None:
    with pytest.raises(NotTheirs, match="no handshake"):
        challenge_of(name, {"hub.challenge": "<script>"}, APP)


BODIES = {
    "instagram": b'{"object": "instagram", "entry": [{"id": "178", "changes": []}, {"id": "178"}, {"id": "179"}]}',
    "twitter": b'{"for_user_id": "u1", "favorite_events": []}',
    "tiktok": b'{"client_key": "id", "event": "authorization.removed", "user_openid": "o1", "content": "{}"}',
}
ACCOUNTS = {"instagram": ["178", "179"], "twitter": ["u1"], "tiktok": ["o1"]}


def signed(name: str, body: bytes) -> dict[str, str]:
    if name == "instagram":
        return {"x-hub-signature-256": f"sha256={digest(body).hex()}"}
    if name == "twitter":
        return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest(body)).decode()}
    return {"tiktok-signature": f"t=1633174587,s={digest(b'1633174587.' + body).hex()}"}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_push_is_read_if_its_bytes_are_signed(name: str) -> None:
    body = BODIES[name]
    assert accounts_of(name, signed(name, body), body, APP) == ACCOUNTS[name]
    # The same bytes once more, of whenever, say the same: an account is looked at, and nothing else.
    assert accounts_of(name, signed(name, body), body, APP) == ACCOUNTS[name]
    for wrong in ({}, signed(name, body + b" "), dict.fromkeys(signed(name, body), "é\udcff")):
        with pytest.raises(NotTheirs, match="is not that of"):
            accounts_of(name, wrong, body, APP)


def test_what_is_signed_and_says_nothing_speaks_of_nobody() -> None:
    for body in (b"<xml>", b"[]", b'{"entry": 5}', b'{"entry": [{"id": 7}]}', b"{}"):
        for name in BODIES:
            assert accounts_of(name, signed(name, body), body, APP) == []


def test_who_pushes_nothing_is_not_listened_to() -> None:
    with pytest.raises(NotTheirs, match="youtube pushes nothing"):
        accounts_of("youtube", {}, b"{}", APP)
