"""Requests and replies as connectors make and read them, and what the process that sends them gives back."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from streakline.times import SECOND_MS

T = TypeVar("T")
Pairs = tuple[tuple[str, str], ...]
LONGEST_WORDS: Final = 200
"""Characters of a platform's own words that are told."""


class Ask(NamedTuple):
    """A request to a platform. It holds no token: who sends it adds one.

    Attributes:
        base: which address of the platform it goes to, by its name.
        path: behind that address.
        query: of the address.
        form: the body as a form; None: there is none.
        body: the body as JSON; empty: there is none.
        method: of HTTP.
        bucket: the quota that it is charged to, behind a colon of whose; "" for none.
        units: how much.
        worst: what it may cost at most, in millionths of a dollar; 0 where reading costs nothing.
        signed: whether the account's token goes with it.
        header: in which header it goes; "" for that of RFC 6750.
        in_query: by which parameter it goes, where a platform takes it nowhere else.
        basic: user and password of the client, where the platform wants them in the header.
    """

    base: str
    path: str
    query: Pairs = ()
    form: Pairs | None = None
    body: bytes = b""
    method: str = "GET"
    bucket: str = ""
    units: int = 1
    worst: int = 0
    signed: bool = True
    header: str = ""
    in_query: str = ""
    basic: tuple[str, str] | None = None


class Reply(NamedTuple):
    """What a platform answered.

    Attributes:
        status: of HTTP.
        headers: their names in lower case.
        body: whole.
        at: when it was answered, ms, by the platform's own clock where it tells it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: int


Asking = Generator[Ask, Reply, T]
"""A conversation: it gives requests and is sent their replies. `Faulty` is raised where there is no use in a reply."""


class Unreadable(ValueError):
    """A reply that is not what the platform's pages say."""


def answered_at(headers: Mapping[str, str], now: int) -> int:
    """Return when a reply was made, ms: its `Date`, but never a moment that is still to come.

    What a cache gives is as old as its `Date` says.
    """
    try:
        at = round(parsedate_to_datetime(headers["date"]).timestamp()) * SECOND_MS
    except (KeyError, ValueError, OverflowError):
        return now
    return min(at, now)


def read(reply: Reply, decoder: msgspec.json.Decoder[T]) -> T:
    """Return the body of a reply as what it should be.

    Raises:
        Unreadable: if it is something else.
    """
    try:
        return decoder.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        msg = f"the answer of HTTP {reply.status} cannot be read: {error}"
        raise Unreadable(msg) from error


def words(text: object) -> str:
    """Return a platform's own words in one line, cut, without what they repeat of a secret."""
    return _SECRET.sub(r"\1=…", " ".join(str(text).split()))[:LONGEST_WORDS]


_SECRET: Final = re.compile(
    r"((?:access_|refresh_)?token|client_secret|code|appsecret_proof)=[^\s&\"']+", re.IGNORECASE
)
_ANY: Final = msgspec.json.Decoder()


def json_of(body: bytes) -> Any:
    """Return a body as JSON, None if it is none: of a failure one never knows."""
    try:
        return _ANY.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def member(value: Any, *names: str) -> Any:
    """Return a member of nested objects, None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
