"""Bad requests: the corpus over every route, then what hypothesis makes up for each of them."""

from __future__ import annotations

import json
import time
from typing import Any, Final
from urllib.parse import quote, urlsplit

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from proofs.fuzz.answers import Answer, Request, heard, sent
from proofs.fuzz.findings import REQUESTS, Findings, complaint, outcome
from proofs.fuzz.lines import Line, lines
from proofs.fuzz.requests import FIELDS, NO_REQUESTS, ODD_HEADERS, PAGE, VALUES, requests, routes

PATIENCE: Final = 8.0
"""Seconds in which every request must have been answered or cut off."""
ELSEWHERE: Final = "another method or path"
RAW: Final = "bytes that are no HTTP"
SAME: Final = "several over one connection"
_NAMES: Final = ("user", "topics", "position", "wait", "since", "token", "key", "tz", "from", "to", "")


class _Wrong(Exception):
    """An answer that must not be."""


class Asker:
    """Sends requests to one server, each over a connection of its own."""

    def __init__(self, url: str, token: str, findings: Findings) -> None:
        address = urlsplit(url)
        self._to = address.hostname or "", address.port or 0
        self._token, self._findings = token, findings
        self._routes = routes()

    def ask(self, number: int) -> None:
        """Send the corpus, then made-up requests to every route alike, `number` at least in all."""
        before = self._findings.total("requests ")
        for request in requests(self._token, self._findings.seed):
            self._complain(request, self._sent(request))
        for raw in NO_REQUESTS:
            self._complain(raw, self._sent(raw))
        for line in lines(self._token, self._findings.seed):
            self._follow(line)
        left = number - (self._findings.total("requests ") - before)
        for route in sorted(self._routes):
            if left > 0:
                self._make_up(route, -(-left // len(self._routes)))

    def _follow(self, line: Line) -> None:
        """Send a conversation; each of its requests is answered, or the last answer ends the connection."""
        begun = time.monotonic()
        try:
            answers, _ = heard(self._to, line.pieces, line.answers, patience=PATIENCE)
        except TimeoutError:
            self._findings.fail(REQUESTS, line, f"not all answered in {PATIENCE:.0f} seconds")
            return
        for answer in answers:
            self._findings.note(f"requests {SAME}", outcome(answer), time.monotonic() - begun)
            why = complaint(b"", answer)
            if why is not None:
                self._findings.fail(REQUESTS, line, why)
        if len(answers) < line.answers and not (answers and _last(answers[-1])):
            self._findings.fail(REQUESTS, line, f"{len(answers)} answers, then it hung up without a word")

    def _make_up(self, route: str, number: int) -> None:
        """Send a route what hypothesis makes up; of what goes wrong the shortest is kept."""
        wrong: list[tuple[Request, str]] = []
        hung = False

        def check(request: Request) -> None:
            nonlocal hung
            why = None if hung else self._sent(request)
            if why is not None:
                wrong.append((request, why))
                hung = "seconds" in why  # then there is no time to look for a shorter one
            if hung or why:
                raise _Wrong

        made = settings(
            max_examples=number, database=None, deadline=None, verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        )(given(_made(route, self._token))(check))  # fmt: skip
        try:
            seed(self._findings.seed)(made)()
        except (_Wrong, Flaky):
            self._complain(*wrong[-1])

    def _complain(self, what: Request | bytes, why: str | None) -> None:
        if why is not None:
            self._findings.fail(REQUESTS, what, why)

    def _sent(self, what: Request | bytes) -> str | None:
        """Send something; return what is wrong with the answer."""
        begun = time.monotonic()
        try:
            answer = sent(self._to, what, patience=PATIENCE)
        except TimeoutError:
            answer = None
        how = "none" if answer is None else outcome(answer)
        self._findings.note(f"requests {self._where(what)}", how, time.monotonic() - begun)
        return f"no answer in {PATIENCE:.0f} seconds" if answer is None else complaint(what, answer)

    def _where(self, request: Request | bytes) -> str:
        if isinstance(request, bytes):
            return RAW
        path = request.target.partition(b"?")[0].decode("latin-1")
        name = f"{request.method} {path}"
        if name in self._routes:
            return name
        if request.method == "GET" and path.startswith("/") and not path.startswith("/api"):
            return f"GET {PAGE}"
        return ELSEWHERE


def _last(answer: Answer) -> bool:
    """Tell whether an answer says that none follows."""
    return answer.head.startswith(b"HTTP/1.0") or b"connection: close" in answer.head.lower()


def _made(route: str, token: str) -> st.SearchStrategy[Request]:
    """Return a strategy for requests to a route: any query, odd headers, and where it takes one any body."""
    method, _, path = route.partition(" ")
    targets = _paths() if path == PAGE else st.just(path.encode())
    bearer = (b"Authorization", b"Bearer " + token.encode())
    headers = st.lists(st.sampled_from((bearer, bearer, *_HARMLESS)), max_size=3).map(tuple)
    queries = st.lists(st.tuples(st.sampled_from(_NAMES), st.text(max_size=60)), max_size=4).map(_query)
    bodies = _bodies() if method in {"POST", "PUT"} else st.none()
    return st.builds(
        lambda target, query, heads, body: Request(method, target + query, heads, body),
        targets, queries, headers, bodies,
    )  # fmt: skip


_FRAMING: Final = frozenset({b"Content-Length", b"Transfer-Encoding", b"Connection"})
_HARMLESS: Final = tuple(header for header in ODD_HEADERS if header[0] not in _FRAMING)
"""Odd headers that do not say where a body ends, so that a missing answer is the server's fault."""


def _paths() -> st.SearchStrategy[bytes]:
    return st.binary(max_size=80).map(lambda noise: b"/" + quote(noise, safe="/.%;:@").encode())


def _query(pairs: list[tuple[str, str]]) -> bytes:
    named = (f"{name}={quote(value.encode('utf-8', 'replace'))}" for name, value in pairs)
    return b"?" + "&".join(named).encode()


def _bodies() -> st.SearchStrategy[bytes]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
    anything = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
        max_leaves=12,
    )  # fmt: skip
    known: st.SearchStrategy[Any] = st.sampled_from([_Literal(text) for text in VALUES]) | anything
    times = st.integers(1_763_000_000_000, 1_800_000_000_000)
    names = ("id", "type", "contentId", "sessionId", "timestamp")
    usual = st.fixed_dictionaries(
        {"id": st.text(min_size=1, max_size=20), "type": st.sampled_from(_TYPES), "contentId": st.just("made up"),
         "sessionId": st.text(min_size=1, max_size=9), "timestamp": times}
    )  # fmt: skip
    odd = st.dictionaries(st.sampled_from(FIELDS), known, max_size=6)
    events = st.builds(lambda base, more, without: {k: v for k, v in {**base, **more}.items() if k != without},
                       usual, odd, st.sampled_from((*names, "", "", "")))  # fmt: skip
    lists = st.lists(events | anything, max_size=5)
    wrapped = st.builds(lambda some, at: {"sentAt": at, "events": some}, lists, anything)
    return st.one_of(
        st.binary(max_size=300), anything.map(_json), lists.map(_json), lists.map(_json), wrapped.map(_json)
    )


_TYPES: Final = (
    "play", "play_start", "heartbeat", "like", "save", "share", "download", "comment", "follow", "rate", "create",
    "export", "reaction", "upgrade", "freeze", "pause", "repair", "settings", "content", "creator", "metric", "x",
)  # fmt: skip


class _Literal(str):
    """A JSON text that stands for itself."""

    __slots__ = ()


def _json(value: Any) -> bytes:
    if isinstance(value, _Literal):
        return value.encode()
    if isinstance(value, dict):
        members = (json.dumps(str(name)).encode() + b":" + _json(member) for name, member in value.items())
        return b"{" + b",".join(members) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(_json, value)) + b"]"
    return json.dumps(value).encode()
