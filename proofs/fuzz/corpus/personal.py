"""Requests that no client of ours sends, over what is stated of a person's streak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from proofs.fuzz.answers import Request

PEOPLE: Final = "/api/v1/people/{id:[^/]+}"
_IDS: Final = (b"a", b"%00", b"%ff%fe", b"x" * 7000)
_BODIES: Final = (
    b'{"id": "\\ud800"}',
    b'{"id": 7}',
    b'{"timestamp": 1e999}',
    b'{"timestamp": "9999-99-99", "day": "0000-00-00"}',
    b'{"from": "2026-02-30", "to": "2026-01-01"}',
    b'{"from": "2000-01-01", "to": "2099-12-31"}',
    b'{"day": "' + b"9" * 5_000 + b'"}',
    b'{"zone": "../../etc/passwd"}',
    b'{"mode": "\\u0000", "weekendsOff": "yes"}',
)


def personal_cases(bodies: Sequence[bytes]) -> dict[str, list[Request]]:
    """Return route (`METHOD path`) -> the requests made for it alone.

    Args:
        bodies: that are sent to every route that reads one.
    """
    rests = [b"%00?tz=%ff", b"%ff%fe", b"x?asOf=-1", b"x" * 7000]
    cases = {f"GET {PEOPLE}": [Request("GET", b"/api/v1/people/" + rest) for rest in rests]}
    cases[f"PUT {PEOPLE}"] = _stated("PUT", b"", bodies)
    for name in ("freezes", "pauses", "repairs"):
        path = f"/{name}".encode()
        cases[f"POST {PEOPLE}/{name}"] = _stated("POST", path, bodies)
        cases[f"DELETE {PEOPLE}/{name}/{{which:[^/]+}}"] = [
            Request("DELETE", b"/api/v1/people/" + id_ + path + b"/" + which)
            for id_ in _IDS
            for which in _IDS
        ]
    return cases


def _stated(method: str, path: bytes, bodies: Sequence[bytes]) -> list[Request]:
    return [
        Request(method, b"/api/v1/people/" + id_ + path, body=body)
        for body in (*bodies, *_BODIES)
        for id_ in _IDS[:3]
    ]
