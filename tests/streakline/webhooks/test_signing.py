"""Signatures: a public library of Standard Webhooks verifies them, and nothing that was changed on the way."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from streakline.webhooks.signing import PREFIX, secret_text, signed

BODY = '{"id":"e","data":{"name":"Ü"}}'.encode()


@given(key=st.binary(min_size=24, max_size=64), id_=st.uuids().map(str), body=st.text(min_size=1))
def test_a_public_library_verifies_what_is_signed(key: bytes, id_: str, body: str) -> None:
    secret = secret_text(key)
    assert secret.startswith(PREFIX)
    data = body.encode("utf-8", "replace")
    # The library takes what is at most five minutes old, by the clock of the machine.
    Webhook(secret).verify(data, signed(secret, id_, int(time.time()), data), json_parse=False)


@pytest.mark.parametrize(
    ("body", "changed", "secret"),
    [
        (BODY + b" ", {}, b"k" * 32),
        (BODY, {"webhook-id": "f"}, b"k" * 32),
        (BODY, {"webhook-timestamp": "later"}, b"k" * 32),
        (BODY, {}, b"K" * 32),
    ],
    ids=["body", "id", "moment", "secret"],
)
def test_what_was_changed_is_not_verified(body: bytes, changed: dict[str, str], secret: bytes) -> None:
    now = int(time.time())
    headers = signed(secret_text(b"k" * 32), "e", now, BODY)
    assert Webhook(secret_text(b"k" * 32)).verify(BODY, headers)
    headers |= changed
    if "webhook-timestamp" in changed:
        headers["webhook-timestamp"] = str(now - 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(secret)).verify(body, headers)


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"base64|Only|padding"):
        signed("whsec_not base64!", "e", 0, BODY)
