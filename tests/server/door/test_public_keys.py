"""Tokens that others sign: the public keys come from a JWKS address, whatever it does."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

from api_keys import refusal, status
from server.door.tokens import mint
from server.resources import public_keys
from wire import SECRET, Client, Serve, eventually

AUDIENCE, ISSUER = "streakline", "https://id.example.org"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNERS: dict[str, tuple[Any, Any]] = {
    "RS256": (RSA_KEY, RSAAlgorithm), "PS512": (RSA_KEY, RSAAlgorithm),
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
}  # fmt: skip


def public(algorithm: str, kid: str) -> dict[str, Any]:
    key, kind = SIGNERS[algorithm]
    return {**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "alg": algorithm, "use": "sig"}


def signed(algorithm: str = "RS256", kid: str | None = "one", **claims: Any) -> str:
    body = {"aud": AUDIENCE, "iss": ISSUER, "sub": "ann", "scope": "read:admin", "exp": time.time() + 60}
    body = {name: value for name, value in (body | claims).items() if value is not None}
    return jwt.encode(body, SIGNERS[algorithm][0], algorithm, headers={"kid": kid} if kid else None)


class Provider:
    """Answers with its keys, or with what a test wants."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [public("RS256", "one")]
        self.answer: web.Response | None = None
        self.asked = 0
        self.url = ""

    async def handle(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"keys": self.keys}) if self.answer is None else self.answer


@pytest.fixture
async def provider(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    monkeypatch.setattr(public_keys, "AT_MOST_EVERY", 0.1)
    provider = Provider()
    app = web.Application()
    app.router.add_get("/jwks.json", provider.handle)
    async with TestServer(app) as server:
        provider.url = str(server.make_url("/jwks.json"))
        yield provider


async def served(serve: Serve, provider: Provider, **changed: Any) -> Client:
    return await serve(jwks_url=provider.url, jwks_audience=AUDIENCE, jwks_issuer=ISSUER, **changed)


@pytest.mark.parametrize("algorithm", SIGNERS)
async def test_a_token_that_a_private_key_signed_holds(
    serve: Serve, provider: Provider, algorithm: str
) -> None:
    provider.keys = [public(algorithm, "one")]
    client = await served(serve, provider)
    assert await status(client, signed(algorithm)) == 200
    assert await status(client, signed(algorithm, kid=None)) == 200  # there is but one that it can mean
    assert await status(client, signed(algorithm, scope="read:public")) == 403


async def test_our_own_tokens_hold_beside_them(serve: Serve, provider: Provider) -> None:
    assert await status(await served(serve, provider), mint(SECRET, "read:admin")) == 200


@pytest.mark.parametrize(
    ("claims", "named"),
    [
        ({"aud": "another service"}, "audience"),
        ({"aud": None}, "aud"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"exp": time.time() - 3600}, "has expired"),
        ({"nbf": time.time() + 3600}, "holds only from"),
        ({"scope": "read:self", "sub": None}, "needs a sub"),
        ({"scope": ["admin"]}, "scope must be a string"),
    ],
    ids=[
        "for another",
        "for nobody",
        "of another issuer",
        "expired",
        "too early",
        "nobody's own",
        "scope is a list",
    ],
)
async def test_a_token_that_was_not_made_for_us_does_not_hold(
    serve: Serve, provider: Provider, claims: dict[str, Any], named: str
) -> None:
    assert named in await refusal(await served(serve, provider), signed(**claims))


async def test_the_public_key_is_no_secret_that_could_sign(serve: Serve, provider: Provider) -> None:
    client = await served(serve, provider)
    public_text = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    # By hand: the library refuses to make such a token.
    parts = ({"alg": "HS256", "kid": "one"}, {"scope": "admin", "aud": AUDIENCE, "iss": ISSUER})
    head = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    mac = hmac.digest(public_text, head, "sha256")
    forged = (head + b"." + base64url_encode(mac)).decode()
    assert "signature" in await refusal(client, forged)
    none = jwt.encode({"scope": "admin", "aud": AUDIENCE, "iss": ISSUER}, None, "none", {"kid": "one"})
    assert await status(client, none) == 401


async def test_a_shared_secret_in_the_list_of_public_keys_signs_nothing(
    serve: Serve, provider: Provider
) -> None:
    secret = b"a secret that somebody put there by mistake" * 2
    oct_key = {"kty": "oct", "kid": "one", "k": base64url_encode(secret).decode()}
    provider.keys = [oct_key, public("ES256", "two")]
    client = await served(serve, provider)
    for algorithm in ("HS256", "HS512"):
        assert await status(client, jwt.encode({"scope": "admin"}, secret, algorithm, {"kid": "one"})) == 401
    assert await status(client, signed("ES256", "two")) == 200


async def test_a_new_key_is_known_soon_after_the_first_token_that_it_signed(
    serve: Serve, provider: Provider
) -> None:
    client = await served(serve, provider)
    provider.keys = [public("RS256", "one"), public("ES256", "two")]
    new = signed("ES256", "two")
    assert "no public key has the id 'two'" in await refusal(client, new)

    async def holds() -> bool:
        return await status(client, new) == 200

    await eventually(holds)
    assert await status(client, signed()) == 200
    provider.keys = [public("ES256", "two")]
    await status(client, signed("ES256", "three"))

    async def gone() -> bool:
        return await status(client, signed()) == 401

    await eventually(gone)


async def test_nonsense_keys_do_not_make_us_ask_without_end(serve: Serve, provider: Provider) -> None:
    client = await served(serve, provider)
    began, before = time.monotonic(), provider.asked
    for number in range(50):
        assert await status(client, signed(kid=f"made-up-{number}")) == 401
    # One read is under way when the other begins to wait.
    assert provider.asked - before <= (time.monotonic() - began) / public_keys.AT_MOST_EVERY + 2


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=500), web.Response(text="<html>"), web.Response(body=b"\xff"), web.Response(text="[]"),
        web.Response(text='{"keys": 5}'), web.Response(text='{"keys": []}'),
        web.Response(text='{"keys": [{"kty": "RSA"}]}'), web.Response(body=b" " * 300_000),
    ],
    ids=["fails", "a page", "no text", "a list", "no list", "none", "half a key", "too large"],
)  # fmt: skip
async def test_keys_stay_known_while_their_address_answers_nonsense(
    serve: Serve, provider: Provider, answer: web.Response
) -> None:
    client = await served(serve, provider)
    provider.answer = web.Response(status=answer.status, body=answer.body)
    asked = provider.asked

    async def told() -> bool:
        return "reading the keys failed" in await refusal(client, signed(kid="two"))

    await eventually(told)
    assert provider.asked > asked
    assert await status(client, signed()) == 200


async def test_a_server_starts_while_the_address_is_away_and_knows_the_keys_later(
    serve: Serve, provider: Provider
) -> None:
    provider.answer = web.Response(status=503)
    client = await served(serve, provider)
    assert "reading the keys failed: 503" in await refusal(client, signed())
    assert await status(client, mint(SECRET, "read:admin")) == 200
    provider.answer = None

    async def holds() -> bool:
        return await status(client, signed()) == 200

    await eventually(holds)


async def test_without_an_address_no_private_key_signs_for_us(serve: Serve) -> None:
    assert await status(await serve(), signed()) == 401


async def test_tokens_of_an_older_secret_hold_as_long_as_it_is_named(serve: Serve) -> None:
    new, old = "a new secret that is long enough for us", SECRET
    client = await serve(secret=new, older_secrets=(old, "one that is older still, and long enough"))
    tokens = [mint(secret, "read:admin") for secret in (new, old)]
    assert [await status(client, token) for token in tokens] == [200, 200]
    client = await serve(secret=new)
    assert [await status(client, token) for token in tokens] == [200, 401]


async def test_a_server_without_a_secret_lets_no_token_in(serve: Serve) -> None:
    assert "no secret" in await refusal(await serve(secret=""), mint(SECRET, "admin"))
