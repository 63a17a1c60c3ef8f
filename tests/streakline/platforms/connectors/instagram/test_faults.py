"""What Instagram means by refusals and headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streakline.platforms.connectors.exchange import Reply
from streakline.platforms.connectors.instagram.faults import ABSENT, closed_until, fault_of
from streakline.times import HOUR_MS, MINUTE_MS

NOW = 1_795_000_000_000


def usage(percent: int, minutes: int = 0) -> dict[str, str]:
    used = {"call_count": percent, "total_time": 1, "estimated_time_to_regain_access": minutes}
    return {"x-business-use-case-usage": json.dumps({"178": [used]})}


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, {"code": 190, "message": "expired", "error_subcode": 463}, "lost", "190"),
        (400, {"code": 10, "message": "(#10) Not enough viewers for the media"}, "refused", ABSENT),
        (400, {"code": 10, "message": "Application does not have permission"}, "refused", "10"),
        (400, {"code": 100, "error_subcode": 2108006, "message": "before"}, "refused", ABSENT),
        (400, {"code": 100, "error_subcode": 33, "message": "gone"}, "refused", ABSENT),
        (400, {"code": 100, "message": "(#100) metric"}, "refused", "100"),
        (400, {"code": 4, "message": "limit"}, "throttled", "4"),
        (400, {"code": 80002, "message": "limit"}, "throttled", "80002"),
        (400, {"code": 2, "message": "later"}, "away", "2"),
        (400, {"code": 77, "message": "later", "is_transient": True}, "away", "77"),
        (200, {"code": 100, "message": "in a good status"}, "refused", "100"),
        (503, None, "away", ""),
    ],
)
def test_what_comes_of_a_refusal(status: int, error: Any, kind: str, code: str) -> None:
    body = b"<html>" if error is None else json.dumps({"error": error}).encode()
    fault = fault_of(Reply(status, {}, body, NOW), NOW)
    assert fault is not None
    assert (fault.kind, fault.code) == (kind, code)


def test_a_throttled_account_is_left_alone_for_as_long_as_the_header_says() -> None:
    body = json.dumps({"error": {"code": 4, "message": "limit"}}).encode()
    told = fault_of(Reply(400, usage(100, 7), body, NOW), NOW)
    silent = fault_of(Reply(400, {}, body, NOW), NOW)
    assert told is not None
    assert silent is not None
    assert (told.until, silent.until) == (NOW + 7 * MINUTE_MS, NOW + HOUR_MS)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({}, 0),
        (usage(94), 0),
        (usage(95), NOW + HOUR_MS),
        (usage(99, 3), NOW + 3 * MINUTE_MS),
        ({"x-app-usage": '{"call_count": 100}'}, NOW + HOUR_MS),
        ({"x-app-usage": "broken", "x-business-use-case-usage": "[]"}, 0),
    ],
)
def test_a_quota_that_is_nearly_full_is_left_alone(headers: dict[str, str], until: int) -> None:
    assert closed_until(Reply(200, headers, b"{}", NOW), NOW) == until


def test_what_is_answered_is_no_fault() -> None:
    assert fault_of(Reply(200, {}, b'{"data": []}', NOW), NOW) is None
