"""Requests about one person that no client of ours sends."""

from __future__ import annotations

from proofs.fuzz.answers import Request


def people(drop: bytes) -> dict[str, list[bytes]]:
    """Return path -> targets that are asked for.

    Args:
        drop: a piece of SQL, as an address has it.
    """
    of_person = (b"%00", b"x&tz=%ff", drop)
    return {
        "/api/analytics/milestones": [b"/api/analytics/milestones?user=" + query for query in of_person],
        "/api/analytics/year-in-review": [b"/api/analytics/year-in-review?user=" + query for query in of_person],
        "/api/analytics/viewing-time": [
            b"/api/analytics/viewing-time?user=" + query for query in (b"%00&period=all", b"x&period=%ff", b"x&asOf=0")
        ],
        "/api/analytics/year-in-review/{year:[^/]+}": [
            b"/api/analytics/year-in-review/" + year + b"?user=x"
            for year in (b"%00", b"%ff", b"0", b"9" * 7000, b"-2026", b"1999", b"2026%2F1", drop)
        ],
        "/api/v1/people/{id:[^/]+}/record": [
            b"/api/v1/people/" + id_ for id_ in (b"%00/record", b"%ff%fe/record?limit=100", drop + b"/record")
        ],
        "/api/v1/people/{id:[^/]+}/years/{year:[^/]+}/card.png": [
            b"/api/v1/people/x/years/" + rest
            for rest in (b"%00/card.png", b"2026/card.png?size=%ff", b"9" * 7000 + b"/card.png", b"2026/card.png?tz=")
        ],
        "/api/v1/people/{id:[^/]+}/years/{year:[^/]+}/card.svg": [
            b"/api/v1/people/" + rest
            for rest in (b"%00/years/2026/card.svg", b"%ff/years/2026/card.svg?tz=%00", drop + b"/years/1999/card.svg")
        ],
        "/api/v1/people/{id:[^/]+}/streak": [
            b"/api/v1/people/" + id_ for id_ in (b"%00/streak", b"%ff%fe/streak?x=1", drop + b"/streak")
        ],
        "/api/v1/people/{id:[^/]+}/export": [
            b"/api/v1/people/" + rest
            for rest in (b"%00/export?format=jsonl", b"x/export?from=9999-99-99", drop + b"/export")
        ],
        "/api/v1/people/{id:[^/]+}/years/{year:[^/]+}/links": [
            b"/api/v1/people/" + rest for rest in (b"%00/years/2026/links", b"%ff/years/%00/links", b"x/years/1/links")
        ],
        "/shared/year/{token:[^/]+}": [
            b"/shared/year/" + token
            for token in (b"%00", b"%ff%fe", b"x" * 7000, b"abcdefghij." + b"A" * 32, b"..%2F..", drop, b"?x=%ff")
        ],
        "/shared/year/{token:[^/]+}/card.png": [
            b"/shared/year/" + rest for rest in (b"%00/card.png", b"abcdefghij.AAAA/card.png?size=%ff", b"%ff/card.png")
        ],
        "/shared/year/{token:[^/]+}/card.svg": [
            b"/shared/year/" + rest for rest in (b"%00/card.svg", drop + b"/card.svg", b"%ff/card.svg?size=")
        ],
        "/api/analytics/streak": [
            b"/api/analytics/streak?user=" + query
            for query in (b"%00&mode=rolling-24h", b"%ff&asOf=-1", drop, b"x" * 7000, b"x&asOf=0", b"x&mode=%00")
        ],
    }  # fmt: skip


def calculations() -> dict[str, list[Request]]:
    """Return route -> requests with a body, or of another method."""
    links = b"/api/v1/people/x/years/2026/links"
    bodies = (
        b"\xff",
        b"[]",
        b'{"name": "\\ud800"}',
        b'{"lasts": 1e999}',
        b'{"lasts": -1}',
        b'{"name": "%s"}' % (b"x" * 7000),
    )
    return {
        "POST /api/v1/people/{id:[^/]+}/years/{year:[^/]+}/links": [
            Request("POST", links, body=body) for body in bodies
        ],
        "DELETE /api/v1/people/{id:[^/]+}/years/{year:[^/]+}/links/{link:[^/]+}": [
            Request("DELETE", links + id_) for id_ in (b"/%00", b"/%ff%fe", b"/..%2F..", b"/" + b"x" * 7000)
        ],
        "POST /api/analytics/calculate": [
            Request("POST", b"/api/analytics/calculate?user=" + query, body=b"\xff")
            for query in (b"%00", b"%ff&asOf=-1", b"x&tz=%00", b"x" * 7000)
        ],
    }
