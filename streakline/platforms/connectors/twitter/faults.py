"""What X means by a refusal. The host of a `type` changes: its last part says what it is."""

from __future__ import annotations

from typing import Any, Final

from streakline.platforms.connectors.exchange import Ask, Reply, json_of, member, words
from streakline.platforms.connectors.faults import Fault
from streakline.platforms.connectors.quotas import month_of
from streakline.times import HOUR_MS, SECOND_MS

CAPPED: Final = "usage-capped"
CREDITS: Final = 402
CREDITS_MS: Final = 6 * HOUR_MS
"""After which credits are looked for again: somebody has to buy some."""


def fault_of(ask: Ask, reply: Reply, now: int) -> Fault | None:
    """Return why there is no use in a reply; None if there is."""
    said = json_of(reply.body)
    if ask.base == "token":
        return _of_grant(reply, said)
    if reply.status < 300:
        return _disguised(said)
    kind = str(member(said, "type") or "").rpartition("/")[2]
    why = words(
        member(said, "detail") or member(said, "title") or member(said, "message") or f"HTTP {reply.status}"
    )
    if reply.status == 429 and (kind == CAPPED or member(said, "title") == "UsageCapExceeded"):
        # The window of the rate is not what is full: waiting for its reset would be of no use.
        return Fault("exhausted", why, month_of(now)[1], CAPPED)
    if reply.status == 429:
        return Fault("throttled", why, _reset(reply), kind)
    if reply.status == CREDITS:
        return Fault("exhausted", why, now + CREDITS_MS, kind)
    if reply.status == 401:
        return Fault("unauthorized", why, code=kind)
    return Fault("away" if reply.status >= 500 else "refused", why, code=kind)


def _disguised(said: Any) -> Fault | None:
    """Return the fault of an answer with errors and nothing else; single fields and posts may be missing of others."""
    errors = member(said, "errors")
    if not isinstance(errors, list) or not errors or member(said, "data") is not None:
        return None
    why = words(member(errors[0], "detail") or member(errors[0], "title") or "errors without data")
    return Fault("refused", why, code=str(member(errors[0], "type") or "").rpartition("/")[2][:60])


def _of_grant(reply: Reply, said: Any) -> Fault | None:
    if reply.status < 300:
        return None
    code = words(member(said, "error") or f"HTTP {reply.status}")
    why = words(member(said, "error_description") or code)
    if reply.status >= 500 or reply.status == 429:
        return Fault("away", why, code=code)
    # A spent refresh token is said to be an invalid request, in words about the token.
    dead = code == "invalid_grant" or (code == "invalid_request" and "token" in why)
    return Fault("lost" if dead else "refused", why, code=code)


def _reset(reply: Reply) -> int:
    text = reply.headers.get("x-rate-limit-reset", "")
    return int(text) * SECOND_MS if text.isascii() and text.isdigit() and len(text) < 12 else 0
