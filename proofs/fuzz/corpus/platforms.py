"""Bad requests about accounts at other platforms."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from proofs.fuzz.answers import Request

PATH: Final = b"/api/v1/analytics/connections"
PUSHES: Final = b"/api/v1/analytics/pushes"
NAMES: Final = (b"%00", b"%ff%fe", b"..%2Fkeys", b"orkut", b"x" * 7000)


def platform_cases() -> dict[str, list[Request]]:
    """Return route (`METHOD path`) -> the requests made for it alone."""
    base, one = "/api/v1/analytics/connections", "{platform:[^/]+}"
    states = (
        b"",
        b"?state=%00&code=%ff",
        b"?state=" + b"x" * 7000,
        b"?error=%3Cscript%3E&state=x",
        b"?state=x&state=y",
    )
    sync = b"/api/v1/analytics/sync"
    asked = (
        b"?wait=nan",
        b"?platform=%00",
        b"?connection=%ff",
        b"?user=%00&wait=0",
        b"?connection=" + b"x" * 7000,
    )
    return {
        **measured_cases(),
        f"GET {base}": [Request("GET", PATH + b"?user=%00"), Request("GET", PATH + b"/")],
        f"POST {base}/{one}/authorize": [
            Request("POST", PATH + b"/" + name + b"/authorize", body=b"[" * 5_000) for name in NAMES
        ],
        f"GET {base}/{one}/callback": [
            *(Request("GET", PATH + b"/" + name + b"/callback") for name in NAMES),
            *(Request("GET", PATH + b"/youtube/callback" + query) for query in states),
        ],
        f"DELETE {base}/{{connection:[^/]+}}": [Request("DELETE", PATH + b"/" + name) for name in NAMES],
        f"GET /api/v1/analytics/pushes/{one}": [
            Request("GET", PUSHES + b"/" + name + b"?crc_token=%ff") for name in NAMES
        ],
        f"POST /api/v1/analytics/pushes/{one}": [
            Request("POST", PUSHES + b"/" + name, body=b"[" * 5_000) for name in NAMES
        ],
        "POST /api/v1/analytics/sync": [Request("POST", sync + query) for query in asked],
    }


def measured_cases() -> dict[str, list[Request]]:
    """Return route (`METHOD path`) -> the requests for what other platforms measured."""
    base, drop = "/api/v1/analytics", quote("'; drop table observations; --").encode()
    ranges = (
        b"?from=%00&to=%ff",
        b"?timeRange=" + b"9" * 7000 + b"d",
        b"?from=9999-99-99&to=0000-00-00",
        b"?asOf=-1&tz=%ff",
        b"?platform=%00&platform=" + drop,
        b"?user=" + drop + b"&cursor=%ff",
        b"?limit=-1",
        b"?metric=" + drop,
    )
    plain = {
        f"GET {base}/{name}": [Request("GET", f"{base}/{name}".encode() + query) for query in ranges]
        for name in ("compare", "dashboard", "growth", "performance")
    }
    named = {
        f"GET {base}/{path}": [
            Request("GET", f"{base}/{path.partition('/')[0]}/".encode() + name)
            for name in (*NAMES, drop, b"x?from=0")
        ]
        for path in ("content/{id:[^/]+}", "platform/{platform:[^/]+}")
    }
    return plain | named
