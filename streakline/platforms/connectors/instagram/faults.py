"""What Instagram means by a refusal, and by what its headers say of quotas."""

from __future__ import annotations

from typing import Any, Final

from streakline.platforms.connectors.exchange import Reply, json_of, member, words
from streakline.platforms.connectors.faults import Fault, Kind
from streakline.times import HOUR_MS, MINUTE_MS

FULL: Final = 95
"""Per cent of a quota from which on it is left alone: the last of it is for who may not wait."""
_THROTTLED: Final = {4, 17, 32, 613, 80002}
_AWAY: Final = {1, 2}
FEW: Final = "viewers"
"""In the words of code 10 where a story had fewer than five of them; else it is a permission."""
BEFORE_BUSINESS: Final = 2108006
ABSENT: Final = "absent"
"""Code of a fault that says: there is no such number, and there never will be."""


def fault_of(reply: Reply, now: int) -> Fault | None:
    """Return why there is no use in a reply; None if there is."""
    if reply.status < 300 and member(json_of(reply.body), "error") is None:
        return None
    error = member(json_of(reply.body), "error")
    code, subcode = member(error, "code"), member(error, "error_subcode")
    why = words(
        member(error, "message") or member(json_of(reply.body), "error_message") or f"HTTP {reply.status}"
    )
    if code == 190:
        # The token refreshes itself, and only while it holds: an ended one cannot be taken for another.
        return Fault("lost", why, code="190")
    if (code == 10 and FEW in why) or subcode in {BEFORE_BUSINESS, 33}:
        return Fault("refused", why, code=ABSENT)
    if code in _THROTTLED or reply.status == 429:
        return Fault("throttled", why, _regained(reply, now) or now + HOUR_MS, words(code))
    kind: Kind = "refused"
    if code in _AWAY or member(error, "is_transient") is True or reply.status >= 500:
        kind = "away"
    return Fault(kind, why, code=words(code if code is not None else ""))


def closed_until(reply: Reply, now: int) -> int:
    """Return until when a quota is left alone by what the headers of a good answer say, ms; 0 if it need not be."""
    if _highest(reply) < FULL:
        return 0
    return _regained(reply, now) or now + HOUR_MS


def _usages(reply: Reply) -> list[dict[str, Any]]:
    app = json_of(reply.headers.get("x-app-usage", "").encode())
    by_account = json_of(reply.headers.get("x-business-use-case-usage", "").encode())
    found = [app] if isinstance(app, dict) else []
    for listed in by_account.values() if isinstance(by_account, dict) else ():
        found += [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return found


def _highest(reply: Reply) -> float:
    names = ("call_count", "total_time", "total_cputime")
    numbers = [one.get(name) for one in _usages(reply) for name in names]
    return max((number for number in numbers if isinstance(number, int | float)), default=0)


def _regained(reply: Reply, now: int) -> int:
    """Return when a quota is full again, ms; 0 if nobody says. The header counts minutes."""
    minutes = [one.get("estimated_time_to_regain_access") for one in _usages(reply)]
    longest = max((number for number in minutes if isinstance(number, int | float)), default=0)
    return now + round(longest * MINUTE_MS) if longest else 0
