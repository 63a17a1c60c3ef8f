"""What X means by refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Reply
from streakline.platforms.connectors.twitter.faults import CREDITS_MS, fault_of
from streakline.times import parse_when

NOW = parse_when("2026-11-28T12:00:00Z")[0]
NEXT_MONTH = parse_when("2026-12-01T00:00:00Z")[0]
DATA, TOKEN = Ask("data", "/2/users/me"), Ask("token", "/2/oauth2/token")
CAP = {"title": "UsageCapExceeded", "period": "Monthly", "type": "https://api.x.com/2/problems/usage-capped"}
GONE = {
    "title": "Not Found Error",
    "detail": "gone",
    "type": "https://api.twitter.com/2/problems/resource-not-found",
}
SPENT = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
FULL = {"x-rate-limit-remaining": "899", "x-rate-limit-reset": "1795000000"}


@pytest.mark.parametrize(
    ("ask", "status", "body", "headers", "kind", "until"),
    [
        (DATA, 200, {"data": {}}, {}, None, 0),
        (DATA, 200, {"data": [], "errors": [GONE]}, {}, None, 0),
        (DATA, 200, {"meta": {"result_count": 0}}, {}, None, 0),
        (DATA, 200, {"errors": [GONE]}, {}, "refused", 0),
        (DATA, 429, CAP, FULL, "exhausted", NEXT_MONTH),
        (DATA, 429, {"title": "Too Many Requests"}, FULL, "throttled", 1_795_000_000_000),
        (DATA, 429, None, {}, "throttled", 0),
        (DATA, 402, {"title": "CreditsDepleted"}, {}, "exhausted", NOW + CREDITS_MS),
        (DATA, 401, {"title": "Unauthorized", "type": "about:blank"}, {}, "unauthorized", 0),
        (DATA, 403, {"title": "Unsupported Authentication"}, {}, "refused", 0),
        (DATA, 404, None, {}, "refused", 0),
        (DATA, 503, {"code": 88, "message": "Over capacity"}, {}, "away", 0),
        (TOKEN, 200, {"access_token": "a"}, {}, None, 0),
        (TOKEN, 400, SPENT, {}, "lost", 0),
        (TOKEN, 400, {"error": "invalid_grant"}, {}, "lost", 0),
        (TOKEN, 401, {"error": "unauthorized_client"}, {}, "refused", 0),
        (TOKEN, 503, None, {}, "away", 0),
    ],
)  # fmt: skip
def test_what_comes_of_an_answer(
    ask: Ask, status: int, body: Any, headers: dict[str, str], kind: str | None, until: int
) -> None:
    text = b"<html>" if body is None else json.dumps(body).encode()
    fault = fault_of(ask, Reply(status, headers, text, NOW), NOW)
    assert (None if fault is None else (fault.kind, fault.until)) == (None if kind is None else (kind, until))
