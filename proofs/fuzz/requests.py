"""A corpus of requests that no client of ours sends, over every route."""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import zstandard

from proofs.fuzz.answers import Request
from proofs.fuzz.corpus.people import calculations, people
from proofs.fuzz.corpus.personal import personal_cases
from proofs.fuzz.corpus.platforms import platform_cases
from proofs.fuzz.corpus.webhooks import webhook_cases
from server.routes import routes_of
from streakline.settings import Settings

PAGE: Final = "/{tail:(?!api(?:/|$)).*}"
EVENTS: Final = "/api/stats/events"
DEEP: Final = "[" * 100_000
HUGE: Final = "1" + "0" * 400


def own_cases() -> dict[str, list[Request]]:
    """Return route (`METHOD path`) -> the requests made for it alone."""
    drop = quote("'; drop table rollup; --").encode()
    settled, analytics = "/api/v1/settled", b"/api/stats/analytics?"
    get = {
        "/health": [b"/health?x=%ff", b"/health/", b"/health%00"],
        "/ready": [b"/ready?" + b"a=b&" * 1000, b"/ready;x"],
        "/metrics": [b"/metrics?name[]=%00", b"/metrics/../metrics"],
        "/api/live": [b"/api/live", b"/api/live?token=x"],
        "/api/live/events": [_query("/api/live/events", "topics", text) for text in _TOPICS],
        "/api/live/definitions": [b"/api/live/definitions?x", b"/api/live/definitions/x"],
        "/api/analytics/realtime": [b"/api/analytics/realtime?" + query for query in (b"user=%00", b"x" * 7000)],
        "/api/v1/counters": [b"/api/v1/counters?content=" + id_ for id_ in (b"%00", drop, b"a&content=" * 200)],
        settled: [*(_query(settled, "position", text) for text in _POSITIONS),
                  *(_query(settled + "?position=0:1-0", "wait", text) for text in _WAITS)],
        "/api/v1/system": [b"/api/v1/system?%ff=%00", b"/api/v1/system/../../etc"],
        "/api/v1/dead-letters": [
            b"/api/v1/dead-letters?" + query for query in (b"cursor=%ff", b"cursor=gA", b"limit=1e9", b"x" * 7000)
        ],
        "/api/apps/{id:[^/]+}/share-count": [
            *(b"/api/apps/" + app + b"/share-count" for app in (b"%00", b"%ff%fe", drop, b"x" * 7000, b"")),
            b"/api/apps/a%2Fb/share-count?fresh=1",
        ],
        "/api/admin/shares/stats": [b"/api/admin/shares/stats?days=" + days for days in (b"%00", b"7&asOf=%ff")],
        "/api/analytics/mashups/{id:[^/]+}": [
            b"/api/analytics/mashups/" + mashup for mashup in (b"%00?tz=..%2F..%2Fetc", drop)
        ],
        "/api/stats/analytics": [
            analytics + query
            for query in (b"trackId=%00&timeRange=1y", b"from=9999-99-99&to=%ff", b"metric=" + b"x" * 7000)
        ],
        "/api/v1/search": [
            b"/api/v1/search?q=" + query for query in (b"%00", b"%ff%fe&limit=50", drop, b"x" * 7000)
        ],
        "/api/v1/robots": [b"/api/v1/robots?" + query for query in (b"limit=%00", b"from=%ff", drop, b"x" * 7000)],
        "/api/v1/export": [
            b"/api/v1/export?" + query
            for query in (b"format=%00", b"from=9999-99-99&to=%ff", b"from=2026-01-02&to=2026-01-01", b"x" * 7000)
        ],
        "/api/dashboard/stats": [b"/api/dashboard/stats?artist=" + query for query in (b"%00", b"%ff&asOf=-1", drop)],
        "/api/analytics/dashboard": [
            b"/api/analytics/dashboard?artist=" + query
            for query in (b"%00&timeRange=all", b"x&from=1970-01-01", b"x" * 7000, b"x&asOf=0")
        ],
        **people(drop),
        "/api/v1/content/{id:[^/]+}": [b"/api/v1/content/" + id_ for id_ in (b"%00", b"%ff%fe", drop, b"x" * 7000)],
        "/api/v1/creators/{id:[^/]+}": [b"/api/v1/creators/" + id_ for id_ in (b"%00", b"%ff%fe", drop)],
        "/api/openapi.json": [b"/api/openapi.json?x=%ff", b"/api/openapi.json/..%2f"],
        "/api/v1/keys": [b"/api/v1/keys?state=%00", b"/api/v1/keys/"],
        "/api/v1/me": [b"/api/v1/me?user=%00", b"/api/v1/me/..%2fkeys"],
        "/api/v1/query/definitions": [b"/api/v1/query/definitions" + rest for rest in (b"?x=%ff", b"/x")],
        PAGE: _PAGES,
    }  # fmt: skip
    cases = {f"GET {path}": [Request("GET", target) for target in targets] for path, targets in get.items()}
    cases[f"POST {EVENTS}"] = list(_posts())
    bodies = (b"{}", b"[]", b"\xff", b'{"appId": "a", "platform": "b", "sessionId": 7}', b"[" * 5_000)
    cases["POST /api/shares"] = [Request("POST", b"/api/shares", body=body) for body in bodies]
    odd = (
        b'{"metrics": 5}',
        b'{"metrics": ["plays"], "dateRange": {"from": "9999-99-99"}}',
        b'{"metrics": ["\\ud800"]}',
    )
    questions = (
        *bodies,
        *odd,
        b'{"filters": ' * 5_000,
        b'{"metrics": ["plays"], "limit": %s}' % HUGE.encode(),
    )
    cases |= calculations() | personal_cases(bodies)
    cases["POST /api/v1/query"] = [Request("POST", b"/api/v1/query", body=body) for body in questions]
    for path in ("/api/v1/content", "/api/v1/creators"):
        facts = (*bodies, b'{"title": "\\ud800"}', b'{"year": %s}' % HUGE.encode(), b'{"duration": 1e999}')
        cases[f"PUT {path}"] = [
            Request("PUT", path.encode(), body=body) for body in (*facts, b'[{"id": ""}, 7, {}]')
        ]
        cases[f"PUT {path}/{{id:[^/]+}}"] = [
            Request("PUT", path.encode() + b"/" + id_, body=body)
            for body in facts
            for id_ in (b"a", b"%00", b"%ff")
        ]
    keys = (*bodies, b'{"scopes": ["\\ud800"]}', b'{"scopes": ["write"], "lasts": %s}' % HUGE.encode())
    cases["POST /api/v1/keys"] = [Request("POST", b"/api/v1/keys", body=body) for body in keys]
    ids = (b'{"ids": ["\\ud800"]}', b'{"ids": ["%s"]}' % HUGE.encode(), b'{"ids": ["1-1"], "all": true}')
    replays = (*bodies, *ids, b'{"all": true, "cursor": "gA"}', b'{"ids": [' + b'"1-1",' * 9_999 + b'"1-1"]}')
    cases["POST /api/v1/dead-letters/replay"] = [
        Request("POST", b"/api/v1/dead-letters/replay", body=body) for body in replays
    ]
    cases["DELETE /api/v1/dead-letters/{id:[^/]+}"] = [
        Request("DELETE", b"/api/v1/dead-letters/" + id_) for id_ in (b"%00", b"%ff%fe", b"0-0", b"9" * 7000)
    ]
    rules = (
        *bodies,
        b'{"reason": "\\ud800"}',
        b'{"agent": "%s"}' % (b"x" * 7000),
        b'{"reason": "a", "state": "gone"}',
    )
    cases["POST /api/v1/robots/rules"] = [
        Request("POST", b"/api/v1/robots/rules", body=body) for body in rules
    ]
    cases |= webhook_cases()
    cases |= platform_cases()
    cases["POST /api/v1/token"] = [Request("POST", b"/api/v1/token", body=body) for body in bodies]
    cases["DELETE /api/v1/keys/{id:[^/]+}"] = [
        Request("DELETE", b"/api/v1/keys/" + id_) for id_ in (b"%00", b"%ff%fe", b"..%2Fsystem", b"x" * 7000)
    ]
    return cases


def requests(token: str, seed: int) -> Iterator[Request]:
    """Yield the corpus: of each route its own cases, then what is done to all of them."""
    bearer = (b"Authorization", f"Bearer {token}".encode())
    chance = random.Random(seed)
    for route, cases in own_cases().items():
        for case in cases:
            yield case._replace(headers=(*case.headers, bearer))
        method, _, path = route.partition(" ")
        target = b"/" if path == PAGE else re.sub(r"{\w+:[^{}]*}", "chess", path).encode()
        body = b"[]" if method in {"POST", "PUT"} else None
        yield from (Request(other, target, (bearer,), body) for other in _METHODS if other != method)
        yield from (Request(method, target, header, body) for header in _headers(bearer))
        for _ in range(5):
            noise = chance.randbytes(chance.randrange(1, 200))
            yield Request(method, target + b"?" + quote(noise).encode(), (bearer,), noise if body else None)


def routes() -> set[str]:
    """Return every route of the server."""
    return {f"{route.method} {route.path}" for route in routes_of(Settings().roles)}


def _query(path: str, name: str, value: str) -> bytes:
    return f"{path}{'&' if '?' in path else '?'}{name}={quote(value, safe='%,:')}".encode()


def _headers(bearer: tuple[bytes, bytes]) -> Iterator[tuple[tuple[bytes, bytes], ...]]:
    for token in _TOKENS:
        yield ((b"Authorization", b"Bearer " + token),)
    for pair in ODD_HEADERS:
        yield (bearer, pair)
    yield (bearer, *((b"h%d" % number, b"v") for number in range(3_000)))


def _posts() -> Iterator[Request]:
    for body in _BODIES:
        yield Request("POST", EVENTS.encode(), (), body)
    whole = json.dumps(_PLAY)[:-1]
    for name in FIELDS:
        for value in VALUES:
            yield Request("POST", EVENTS.encode(), (), f'[{whole},"{name}":{value}}}]'.encode())
    for coding, body in _CODINGS:
        yield Request("POST", EVENTS.encode(), ((b"Content-Encoding", coding),), body)
    for kind in (
        b"text/html",
        b"",
        b"/",
        b"a/b;" + b"c=d;" * 500,
        b"\xff",
        b"multipart/form-data; boundary=",
    ):
        yield Request("POST", EVENTS.encode(), ((b"Content-Type", kind),), b"[]")
    for key in ("", "\0", "é", "x" * 7_000):
        yield Request("POST", _query(EVENTS, "key", key), ((b"X-Write-Key", key.encode()),), b"[]")


_METHODS: Final = (
    *("HEAD", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"), "FOO", "get", "X" * 3_000,
)  # fmt: skip
_TOKENS: Final = (
    b"", b".", b"..", b"a.b.c", b"\xff\xfe", b"x" * 7_000, b"\xc3\xa9.\xc3\xa9.\xc3\xa9", b"=.=.=",
    b"eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImFkbWluIn0.", b"eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImFkbWluIn0.AAAA",
    b"W10.W10.W10", b"NQ.NQ.NQ",
)  # fmt: skip
ODD_HEADERS: Final = (
    (b"Origin", b"null"), (b"Origin", b"http://["), (b"Origin", b"\xff"), (b"Origin", b"x" * 5_000),
    (b"Range", b"bytes=10-5"), (b"Range", b"x"), (b"If-Match", b"x"), (b"If-Modified-Since", b"x"),
    (b"If-None-Match", b"\xff"), (b"If-Unmodified-Since", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    (b"Expect", b"money"), (b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"), (b"Content-Encoding", b"br"),
    (b"Content-Type", b"\xff"), (b"Content-Length", b"-1"), (b"Content-Length", b"9" * 20),
    (b"Transfer-Encoding", b"x"), (b"Host", b"\xff"), (b"Cookie", b"a=b;" * 900), (b"User-Agent", b"\xff\xfe"),
    (b"Last-Event-ID", b"a/" + b"9" * 5_000), (b"Last-Event-ID", b"\xff/\xff"),
    (b"Sec-WebSocket-Protocol", b"bearer.x"), (b"Sec-WebSocket-Key", b"x"), (b"Big", b"x" * 9_000),
    (b"N\xffme", b"v"), (b"", b"v"), (b"A\0", b"b"), (b"A", b"b\0c"), (b"A", b"b\nc"),
)  # fmt: skip
_TOPICS: Final = (
    "", ",", "x", "content:", "content:" + "a" * 201, "content:%00", "content:%ff", "content:%ed%a0%80", "user:x",
    "alerts", ":", "é", ",".join(["overview"] * 51), ",".join(f"content:{n}" for n in range(51)),
)  # fmt: skip
_POSITIONS: Final = (
    "", "gA", "!!", "é", "%00", "%ff", "x" * 5_000, "0:1-0", "0:1-0,0:2-0", "0:1-0,", ",", "0", "4:1-0", "-1:1-0",
    "0:99999999999999-0", "0:1-99999999", "0:9999999999999-9999999", "0:%D9%A1-0", "0:1-0%2C", "0:1-0&position=1:1-0",
)  # fmt: skip
_WAITS: Final = ("", "-1", "60.0001", "nan", "inf", "1e400", "x", "0x1", "%00", "%ff")
_PAGES: Final = [
    b"/" + b"a" * 300, b"/" + b"a/" * 500, b"/" + b"a" * 7_000, b"/%00", b"/%ff", b"/%2e%2e/%2e%2e/etc/passwd",
    b"/../../etc/passwd", b"/..%2f..%2fetc%2fpasswd", b"/x." + b"y" * 300, b"//evil", b"/%zz", b"/\xff",
    b"/" + b"%F0%9F%98%80" * 80, b"/assets/", b"/.", b"/assets/x.js", b"http://x/", b"*", b"/api", b"/api/none",
]  # fmt: skip
_PLAY: Final = {
    "id": "odd",
    "type": "play",
    "contentId": "odd",
    "sessionId": "s",
    "timestamp": 1_700_000_000_000,
}
_BODIES: Final = [
    b"", b" ", b"\0", b"\xef\xbb\xbf[]", b"null", b"true", b"1", b'""', b"{}", b"[", b"[[]]", b"[null]", b"[1]",
    b"[{}]", b'[{"id":{}}]', b'[{"id":null}]', b'[{"id":' + b"1" * 5_000 + b"}]", b'{"events":null}',
    b'{"events":[1],"events":[1,2,3]}', b'{"events":[1,2],"events":[1]}', b'{"sentAt":1}',
    b'{"events":[],"sentAt":{}}', b'{"events":[],"sentAt":%s}' % HUGE.encode(), DEEP.encode(),
    b'{"a":' * 100_000, b'[{"properties":' + b'{"a":' * 50_000, b'[{"x":' + DEEP.encode() + b"]" * 100_000 + b"}]",
    b"\xff\xfe[\0]\0", b'["\xff"]', b'[{"id":"a\\ud800"}]', b'{"events":[{}],"x":"\\ud800"}', b'[{"\\ud800":1}]',
    b'{"\\u0065vents":[{}]}', b"[" + b"{}," * 999 + b"{}]", b"[" + b"{}," * 1_000 + b"{}]", b"[]" + b" " * 999_998,
    b"[]" + b" " * 999_999, b" " * 2_000_000, b"[NaN]", b'[{"duration":NaN}]', b'[{"duration":-Infinity}]',
    b'{"sentAt":1e999,"events":[]}', b'{"sentAt":-0.0,"events":[]}',
    b'{"sentAt":"' + b"9" * 900_000 + b'","events":[]}',
    b'{"events":[{}],"events":null}', b'{"events":[{}],"events":{"events":[]}}', b'[{"id":"a","id":{},"id":[]}]',
    b'[{"id":"\\ud800\\ud800\\udc00\\udc00"}]', b'[{"id":"\xed\xa0\x80"}]', b'[{"id":"\xf4\x90\x80\x80"}]',
    b'[{"id":"' + b"\\ud800" * 150_000 + b'"}]', b'[{"properties":{' + b'"a":1,' * 150_000 + b'"a":2}}]',
    b'[{"properties":{"a":' + DEEP.encode() + b"]" * 100_000 + b"}}]", b"[" + b"[]," * 300_000 + b"[]]",
    b'[{"timestamp":' + b"9" * 900_000 + b"}]", b"[/**/]", b"[]\0", b"[]]", b"[1e5,1E-5,-0,00]",
    b"[" + b"1," * 900 + b"1]",
    *(json.dumps([{**_PLAY, "id": f"ua-{n}", "userAgent": f"{robot}{n}"} for n in range(1_000)]).encode()
      for robot in ("curl/8.", "Mozilla/5.0 (compatible; Googlebot/2.1) ", "Mozilla/5.0 (Linux; Android 13) " * 12)),
    *(json.dumps([{**_PLAY, "id": f"new-{n}", name: f"{name} {n}"} for n in range(900)]).encode()
      for name in ("source", "platform", "country", "contentType", "genre", "type")),
]  # fmt: skip
_CODINGS: Final = [
    (b"gzip", b"x"), (b"gzip", gzip.compress(b"[]")[:-5]), (b"gzip", gzip.compress(b" " * 50_000_000)),
    (b"deflate", b"\xff"), (b"zstd", b"[]"), (b"br", b"[]"), (b"x", b"[]"), (b"gzip, gzip", b"[]"),
    (b"deflate", zlib.compress(b" " * 50_000_000)), (b"deflate", zlib.compress(b"[]")[:-3]), (b"deflate", b"\x78"),
    (b"zstd", zstandard.compress(b" " * 50_000_000)), (b"zstd", zstandard.compress(b"[]")[:-1]),
    (b"zstd", zstandard.compress(b"[]") * 2), (b"zstd", b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 7 + b"\0\1\0\0"),
    (b"gzip", gzip.compress(b"[]") * 2), (b"gzip", gzip.compress(b"[]") + b"rubbish"), (b"gzip", gzip.compress(b"")),
    (b"gzip", gzip.compress(gzip.compress(b"[]"))), (b"GZIP", gzip.compress(b"[]")), (b"identity", b"[]"),
]  # fmt: skip
FIELDS: Final = (
    "id", "type", "timestamp", "contentId", "contentType", "parentId", "creatorId", "userId", "anonymousId",
    "sessionId", "tz", "source", "platform", "playlistId", "userAgent", "referrer", "properties", "action", "playId",
    "startedAt", "duration", "contentDuration", "completionRate", "position", "skipped", "replayed", "autoplay",
    "genre", "title", "createdAt", "rating", "name", "value", "country", "bot", "trackId", "artistId", "from", "day",
)  # fmt: skip
VALUES: Final[list[Any]] = [
    "null", "NaN", "-0.0", "1e-400", "9223372036854775808", '"9999-12-31T23:59:59.999999999-23:59"', '"2026-W01"',
    '"-1e999"', '"\\u202e\\ufeff\\uffff"',
    '""', '"\\u0000"', '"\\ud800"', '"' + "x" * 501 + '"', "-1", "1e308", HUGE, "true", "[]", "{}",
    '{"a":{}}', '"../../etc/passwd"', "86400.001",
]  # fmt: skip
NO_REQUESTS: Final = (
    b"\x16\x03\x01\x02\0\x01\0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n  y\r\n\r\n",
    b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /api/stats/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]]",
)  # fmt: skip
"""Bytes that are no HTTP."""
