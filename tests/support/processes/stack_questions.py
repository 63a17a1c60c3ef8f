"""Questions to a running stack, as an administrator or an artist asks them."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from running_stack import RunningStack
from server.door.tokens import mint
from stack.credentials import Credentials


def bearer(stack: RunningStack, scope: str, **claims: Any) -> dict[str, str]:
    """Return the header of a token with a scope."""
    secret = Credentials.load(Path(stack.folder) / "secrets.json").secret
    return {"authorization": f"Bearer {mint(secret, scope, **claims)}"}


def asked(stack: RunningStack, path: str, **parameters: str) -> dict[str, Any]:
    """Return the answer of a GET to an administrator."""
    return _answer(stack, f"{path}?{urlencode(parameters)}", bearer(stack, "read:admin"))


def live_and_history(stack: RunningStack, user: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the streak and the milestones of a person: as the live row has them, and by two questions to history."""
    live = asked(stack, f"/api/v1/people/{user}/streak")
    history = asked(stack, "/api/analytics/streak", user=user)
    milestones = asked(stack, "/api/analytics/milestones", user=user)["milestones"]
    shown = live["milestones"][0] if live["milestones"] else {}
    history["milestones"] = [{name: one[name] for name in shown} for one in milestones]
    return live, history | {"source": "live", "asOf": live["asOf"]}


def questioned(stack: RunningStack, **query: Any) -> dict[str, Any]:
    """Return the answer of `POST /api/v1/query` to an administrator."""
    headers = bearer(stack, "read:admin") | {"content-type": "application/json"}
    return _answer(stack, "/api/v1/query", headers, json.dumps(query).encode())


def stats_of(stack: RunningStack, creator: str, **parameters: str) -> dict[str, Any]:
    """Return the dashboard of a creator, as his manager asks for it."""
    headers = bearer(stack, "read:self", sub="manager", creators=[creator])
    return _answer(stack, f"/api/dashboard/stats?{urlencode(parameters)}", headers)


def _answer(
    stack: RunningStack, path: str, headers: dict[str, str], body: bytes | None = None
) -> dict[str, Any]:
    request = urllib.request.Request(f"{stack.url}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=90) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
