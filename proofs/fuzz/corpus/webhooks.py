"""Bad requests about webhooks."""

from __future__ import annotations

from typing import Final

from proofs.fuzz.answers import Request

PATH: Final = b"/api/v1/webhooks"
IDS: Final = (b"%00", b"%ff%fe", b"..%2Fkeys", b"x" * 7000)


def webhook_cases() -> dict[str, list[Request]]:
    """Return route (`METHOD path`) -> the requests made for it alone."""
    hook, one = "/api/v1/webhooks", "/api/v1/webhooks/{id:[^/]+}"
    bodies = (
        b"{}", b"[]", b"\xff", b"[" * 5_000, b'{"url": "\\ud800"}', b'{"url": "https://[::1/"}',
        b'{"url": "https://%s"}' % (b"x" * 7000), b'{"url": "http://127.0.0.1/", "events": [7]}',
        b'{"url": "https://example.org/", "events": ["\\u0000"]}', b'{"url": "https://example.org:99999/"}',
    )  # fmt: skip
    listed = (b"?state=%00", b"?state=%ff&limit=1000", b"?limit=-1")
    return {
        f"GET {hook}": [Request("GET", PATH + b"?state=%00"), Request("GET", PATH + b"/")],
        f"POST {hook}": [Request("POST", PATH, body=body) for body in bodies],
        f"DELETE {one}": [Request("DELETE", PATH + b"/" + id_) for id_ in IDS],
        f"GET {one}/deliveries": [
            *(Request("GET", PATH + b"/" + id_ + b"/deliveries") for id_ in IDS),
            *(Request("GET", PATH + b"/x/deliveries" + query) for query in listed),
        ],
        f"POST {one}/deliveries/{{delivery:[^/]+}}/retry": [
            Request("POST", PATH + b"/%00/deliveries/" + id_ + b"/retry", body=b"\xff") for id_ in IDS
        ],
        f"POST {one}/test": [Request("POST", PATH + b"/" + id_ + b"/test", body=b"[" * 5_000) for id_ in IDS],
    }
