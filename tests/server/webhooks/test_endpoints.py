"""Webhooks by their endpoints: added, listed, tried, sent again and removed; their secrets are shown once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from api_keys import ADMIN
from dispatchers import Listen
from receivers import answering, take
from server.webhooks.known import FILE
from wire import Client, Serve, eventually, golden, shape

HOOKS = "/api/v1/webhooks"


async def asked(
    client: Client, method: str, path: str = "", body: object = None, status: int = 200
) -> dict[str, Any]:
    async with client.request(method, HOOKS + path, json=body, headers=ADMIN) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def added(client: Client, url: str = "https://example.org/hook", **more: Any) -> dict[str, Any]:
    return await asked(client, "POST", body={"url": url, **more}, status=201)


async def test_a_webhook_is_added_and_listed_and_its_secret_is_shown_once(
    serve: Serve, tmp_path: Path
) -> None:
    client = await serve(roles=("api",))
    made = await added(client, description="badges", events=["ViewingStreakUpdated", "ViewingStreakUpdated"])
    assert shape(made) == shape(golden("made_webhook"))
    Verifier(made["secret"])  # a receiver's library takes it
    listed = await asked(client, "GET")
    assert list(listed["webhooks"][0]) == list(golden("webhooks")["webhooks"][0])
    assert listed == {"webhooks": [made["shown"]]}
    assert made["shown"]["events"] == ["ViewingStreakUpdated"]
    assert made["secret"] not in str(listed)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


async def test_a_removed_webhook_is_gone_and_removing_it_again_answers_the_same(serve: Serve) -> None:
    client = await serve(roles=("api",))
    id_ = (await added(client))["shown"]["id"]
    gone = await asked(client, "DELETE", f"/{id_}")
    assert list(gone) == list(golden("removed_webhook"))
    assert await asked(client, "DELETE", f"/{id_}") == gone
    assert await asked(client, "GET") == {"webhooks": []}
    for method, path in (("GET", "deliveries"), ("POST", "test"), ("POST", "deliveries/x/retry")):
        problem = await asked(client, method, f"/{id_}/{path}", status=404)
        assert problem["type"].endswith(":webhook-unknown")


async def test_a_test_is_delivered_by_the_server_with_the_role_jobs_and_its_outcome_is_listed(
    serve: Serve, listen: Listen
) -> None:
    receiver = await listen()
    client = await serve(private_webhooks=True)
    made = await added(client, receiver.url)
    path, receiver.secret = f"/{made['shown']['id']}", made["secret"]
    receiver.respond = answering(500)
    sent = await asked(client, "POST", f"{path}/test", status=202)
    assert shape(sent) == shape(golden("delivery"))

    async def delivery(state: str) -> bool:
        [one] = (await asked(client, "GET", f"{path}/deliveries"))["deliveries"]
        return one["state"] == state and bool(one["attempts"])

    await eventually(lambda: delivery("pending"))
    receiver.respond = take
    again = await asked(client, "POST", f"{path}/deliveries/{sent['id']}/retry", status=202)
    assert again["attempts"][0]["status"] == 500
    await eventually(lambda: delivery("delivered"))
    [one] = (await asked(client, "GET", f"{path}/deliveries?state=delivered&limit=1"))["deliveries"]
    assert shape(one) == shape(golden("deliveries")["deliveries"][0]) | {"attempts": shape(one)["attempts"]}
    assert [attempt["status"] for attempt in one["attempts"]] == [500, 204]
    assert (await asked(client, "GET", f"{path}/deliveries?state=dead"))["deliveries"] == []
    assert {event["type"] for event in receiver.got} == {"WebhookTest"}
    unknown = await asked(client, "POST", f"{path}/deliveries/nothing/retry", status=404)
    assert unknown["type"].endswith(":delivery-unknown")


async def test_a_webhook_whose_receiver_is_gone_says_so_and_is_tried_no_more(
    serve: Serve, listen: Listen
) -> None:
    receiver = await listen()
    client = await serve(private_webhooks=True)
    made = await added(client, receiver.url)
    path, receiver.secret, receiver.respond = f"/{made['shown']['id']}", made["secret"], answering(410)
    await asked(client, "POST", f"{path}/test", status=202)

    async def is_disabled() -> bool:
        [hook] = (await asked(client, "GET"))["webhooks"]
        return (hook["state"], hook["dead"], hook["disabled"] is not None) == ("disabled", 1, True)

    await eventually(is_disabled)
    problem = await asked(client, "POST", f"{path}/test", status=409)
    assert problem["type"].endswith(":webhook-disabled")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "url"),
        ({"url": "http://example.org/hook"}, "STREAKLINE_PRIVATE_WEBHOOKS"),
        ({"url": "https://10.0.0.1/hook"}, "'10.0.0.1'"),
        ({"url": "https://example.org", "events": ["Everything"]}, "'Everything'"),
        ({"url": "https://example.org", "description": "x" * 201}, "201"),
        ({"url": "https://example.org", "secret": "mine"}, "secret"),
        ([], "object"),
    ],
)
async def test_a_webhook_that_cannot_be_added_says_why(serve: Serve, body: object, named: str) -> None:
    client = await serve(roles=("api",))
    problem = await asked(client, "POST", body=body, status=400)
    assert problem["type"].endswith(":webhook")
    assert named in problem["detail"]
    assert await asked(client, "GET") == {"webhooks": []}


async def test_there_are_only_so_many_webhooks(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.webhooks.endpoints.MOST", 2)
    client = await serve(roles=("api",))
    for _ in range(2):
        await added(client)
    problem = await asked(client, "POST", body={"url": "https://example.org"}, status=409)
    assert problem["type"].endswith(":too-many-webhooks")
