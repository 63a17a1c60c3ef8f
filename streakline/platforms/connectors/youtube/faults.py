"""What YouTube means by a refusal."""

from __future__ import annotations

from typing import Any, Final

from streakline.platforms.connectors.exchange import Ask, Reply, json_of, member, words
from streakline.platforms.connectors.faults import Fault
from streakline.platforms.connectors.quotas import PACIFIC, Daily, day_of
from streakline.times import SECOND_MS

_FAST: Final = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_USED_UP: Final = {"quotaExceeded", "dailyLimitExceeded"}
_PER_DAY: Final = "PerDay"
"""In the name of a quota of a day, where the reason is that of any."""
_DAY: Final = Daily(1, PACIFIC)


def fault_of(ask: Ask, reply: Reply, now: int) -> Fault | None:
    """Return why there is no use in a reply; None if there is."""
    if reply.status < 300:
        return None
    said = json_of(reply.body)
    if ask.base == "token":
        return _of_grant(reply, said)
    message = words(member(said, "error", "message") or f"HTTP {reply.status}")
    reason = _reason(said)
    asked = retry_after(reply)
    if reason in _USED_UP or (reply.status == 429 and _PER_DAY in message):
        return Fault("exhausted", message, day_of(_DAY, now)[1], reason)
    if reason in _FAST or reply.status == 429:
        return Fault("throttled", message, now + asked if asked else 0, reason)
    if reply.status >= 500 or reply.status == 408:
        return Fault("away", message, now + asked if asked else 0, reason)
    kind: Any = "unauthorized" if reply.status == 401 else "refused"
    return Fault(kind, message, code=reason)


def _of_grant(reply: Reply, said: Any) -> Fault:
    """Return what the token endpoint means: here `error` is a text, and nothing else."""
    code = words(member(said, "error") or f"HTTP {reply.status}")
    why = words(member(said, "error_description") or code)
    if reply.status >= 500 or reply.status == 429:
        return Fault("away", why, code=code)
    return Fault("lost" if code == "invalid_grant" else "refused", why, code=code)


def _reason(said: Any) -> str:
    """Return the reason of an error: of its list, else of its details."""
    for name in ("errors", "details"):
        listed = member(said, "error", name)
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and isinstance(one.get("reason"), str):
                return str(one["reason"])[:60]
    return words(member(said, "error", "status") or "")


def retry_after(reply: Reply) -> int:
    """Return for how many ms a reply asks to be left alone; 0 if it gives no number of seconds."""
    text = reply.headers.get("retry-after", "").strip()
    return int(text) * SECOND_MS if text.isascii() and text.isdigit() and len(text) < 8 else 0
