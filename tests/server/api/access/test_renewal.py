"""Renewal: a token that was made for it is replaced by one with the same rights, for as long as it allows."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from api_keys import bearer, made
from server.door.tokens import LEEWAY, RENEW_UNTIL, mint, verify
from wire import SECRET, Client, Serve, golden, shape

URL = "/api/v1/token"
HOUR, DAY = 3600, 86_400


async def renewed(client: Client, token: str) -> tuple[int, dict[str, Any]]:
    async with client.post(URL, headers=bearer(token)) as response:
        return response.status, await response.json(content_type=None)


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return answer[0], answer[1]["type"].rpartition(":")[2]


async def test_the_new_token_has_the_rights_of_the_old_one_and_its_length(serve: Serve) -> None:
    client = await serve()
    old = mint(SECRET, "read:self read:public", sub="ann", ttl=HOUR, creators=["band"], renewable=DAY)
    status, answer = await renewed(client, old)
    assert (status, shape(answer)) == (200, shape(golden("renewed")))
    before, after = verify(SECRET, old, time.time()), verify(SECRET, answer["token"], time.time())
    assert before._replace(expires=0) == after._replace(expires=0)
    assert abs(after.expires - LEEWAY - time.time() - HOUR) < 60


def aged(lasts: float, age: float, until: float) -> str:
    now = int(time.time())
    claims = {"scope": "read:admin", "iat": now - age, "exp": now - age + lasts, RENEW_UNTIL: now + until}
    return jwt.encode(claims, SECRET, "HS256")


async def test_it_is_renewed_again_and_again_and_never_beyond_what_it_allows(serve: Serve) -> None:
    client = await serve()
    token = aged(HOUR, age=HOUR / 2, until=HOUR * 0.75)
    status, answer = await renewed(client, token)
    claims = jwt.decode(answer["token"], SECRET, ["HS256"])
    assert (status, claims["exp"]) == (200, claims[RENEW_UNTIL])
    assert code(await renewed(client, answer["token"])) == (403, "not-renewable")
    assert code(await renewed(client, aged(HOUR, age=HOUR / 2, until=-1))) == (403, "not-renewable")


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (mint(SECRET, "admin"), (403, "not-renewable")),
        (mint(SECRET, "admin", ttl=None, renewable=DAY), (403, "not-renewable")),
        (mint(SECRET, "admin", ttl=-100, renewable=DAY), (401, "token-invalid")),
        (mint("another secret, long enough for HS256", "admin", renewable=DAY), (401, "token-invalid")),
        (
            jwt.encode({"scope": "admin", "exp": 1e11, RENEW_UNTIL: "soon"}, SECRET, "HS256"),
            (401, "token-invalid"),
        ),
    ],
    ids=["not made for it", "without an end", "expired", "signed by another", "until is no moment"],
)
async def test_what_is_not_renewed_says_so(serve: Serve, token: str, expected: tuple[int, str]) -> None:
    assert code(await renewed(await serve(), token)) == expected


async def test_a_key_is_not_renewed_and_a_revoked_secret_ends_it(serve: Serve) -> None:
    client = await serve()
    assert code(await renewed(client, (await made(client, "admin"))["key"])) == (403, "not-renewable")
    async with client.post(URL) as response:
        assert response.status == 401


async def test_an_older_secret_is_replaced_by_the_new_one(serve: Serve) -> None:
    new = "a new secret that is long enough for us"
    client = await serve(secret=new, older_secrets=(SECRET,))
    _, answer = await renewed(client, mint(SECRET, "read:admin", ttl=HOUR, renewable=DAY))
    assert verify(new, answer["token"], time.time()).may("read:admin")
