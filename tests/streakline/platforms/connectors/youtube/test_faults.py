"""What YouTube means by refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Ask, Reply
from streakline.platforms.connectors.youtube.faults import fault_of
from streakline.times import parse_when

NOW = parse_when("2026-11-28T12:00:00Z")[0]
MIDNIGHT = parse_when("2026-11-29T08:00:00Z")[0]
DATA, TOKEN = Ask("data", "/x", bucket="units"), Ask("token", "")


def error(reason: str, message: str = "words") -> dict[str, Any]:
    return {"error": {"code": 403, "message": message, "errors": [{"reason": reason}]}}


def details(reason: str) -> dict[str, Any]:
    return {
        "error": {"code": 429, "message": "words", "details": [{"@type": "…ErrorInfo", "reason": reason}]}
    }


@pytest.mark.parametrize(
    ("ask", "status", "body", "headers", "kind", "until"),
    [
        (DATA, 403, error("quotaExceeded"), {}, "exhausted", MIDNIGHT),
        (DATA, 429, error("x", "Quota FreeQuotaRequestsPerDayPerProject"), {}, "exhausted", MIDNIGHT),
        (DATA, 403, error("rateLimitExceeded"), {}, "throttled", 0),
        (DATA, 429, details("RATE_LIMIT_EXCEEDED"), {"retry-after": "7"}, "throttled", NOW + 7_000),
        (DATA, 429, None, {"retry-after": "soon"}, "throttled", 0),
        (DATA, 500, None, {}, "away", 0),
        (DATA, 503, None, {"retry-after": "30"}, "away", NOW + 30_000),
        (DATA, 401, error("authError"), {}, "unauthorized", 0),
        (DATA, 403, error("insufficientPermissions"), {}, "refused", 0),
        (DATA, 400, error("badRequest"), {}, "refused", 0),
        (DATA, 302, None, {}, "refused", 0),
        (DATA, 404, [], {}, "refused", 0),
        (TOKEN, 400, {"error": "invalid_grant", "error_description": "revoked"}, {}, "lost", 0),
        (TOKEN, 401, {"error": "invalid_client"}, {}, "refused", 0),
        (TOKEN, 503, None, {}, "away", 0),
    ],
)
def test_what_comes_of_a_refusal(
    ask: Ask, status: int, body: Any, headers: dict[str, str], kind: str, until: int
) -> None:
    text = b"<html>" if body is None else json.dumps(body).encode()
    fault = fault_of(ask, Reply(status, headers, text, NOW), NOW)
    assert fault is not None
    assert (fault.kind, fault.until) == (kind, until)
    assert fault.why


def test_what_is_answered_is_no_fault() -> None:
    assert fault_of(DATA, Reply(200, {}, b"{}", NOW), NOW) is None
