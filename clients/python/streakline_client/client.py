"""The client: one connection pool to one server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import aiohttp

from streakline_client import exports
from streakline_client.batches import MAX_EVENTS, Batch, Event, batches
from streakline_client.errors import NotSettled, Refused, Unreachable
from streakline_client.exports import Exported, Progress
from streakline_client.live import Cursor, Live
from streakline_client.positions import merged
from streakline_client.receipts import Receipt
from streakline_client.retries import LATER, Patience, Tries, retry_after_seconds

USER_AGENT = "Streakline-Python/0.1"
EVENTS_PATH = "/api/stats/events"
SETTLED_PATH = "/api/v1/settled"
T = TypeVar("T")
_WAIT_STEP = 30.0
"""Seconds that one `settled` request asks the server to wait; longer waits are repeated."""


class Client:
    """Posts events and reads numbers. Use it with `async with`, or call `close`.

    Safe to share between tasks. Events carry ids made by the sender, so every request may be repeated, and
    is: after a lost connection, 408, 429, 502, 503 and 504, until `patience.total` is over.

    Attributes:
        position: covers everything that was acknowledged to this client, by whichever process of the server.
    """

    def __init__(self, url: str, token: str | None = None, *, patience: Patience | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            msg = f"url {url!r} is no http address, like http://127.0.0.1:8080"
            raise ValueError(msg)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self.position = ""
        self._token = token
        self._patience = patience or Patience()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._opened()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, events: Iterable[Event]) -> Receipt:
        """Send events, in order, in as many requests as they need.

        Each event needs its `id`; make one with `uuid7` and keep it when you send again.

        Raises:
            Refused: if the server refuses a whole request (single events are named in the receipt).
            Unreachable: if it cannot be reached; what was acknowledged counts, sending all again is safe.
            ValueError: for an event that is no JSON or larger than a request.
        """
        return Receipt.merged([await self._post_batch(batch) for batch in batches(events)])

    async def post_many(
        self, events: Iterable[Event], *, concurrency: int = 4, most: int = MAX_EVENTS
    ) -> AsyncIterator[tuple[Batch, Receipt]]:
        """Send events with several requests under way at once; yield each request's receipt as it comes.

        Reads `events` no further ahead than `concurrency` requests. The order of arrival is open. `rejected`
        counts places from the first event of all. Raises as `post` does.
        """
        source = batches(events, most)
        running: dict[asyncio.Task[Receipt], Batch] = {}
        try:
            for batch in source:
                running[asyncio.create_task(self._post_batch(batch))] = batch
                if len(running) >= concurrency:
                    for sent in await _some_done(running):
                        yield sent
            while running:
                for sent in await _some_done(running):
                    yield sent
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def settled(self, position: str | Iterable[str] | None = None, wait: float = 60.0) -> None:
        """Return when everything up to a position (of one receipt or several) counts in live and history.

        `Client.position` covers all that this client sent. Without a position: everything that anybody was
        acknowledged before the question.

        Raises:
            NotSettled: if that takes more than `wait` seconds.
        """
        params = {}
        if position is not None:
            given = [position] if isinstance(position, str) else list(position)
            params = {"position": merged(given)}
            if not params["position"]:
                return  # nothing was sent
        deadline = time.monotonic() + wait
        while True:
            left = deadline - time.monotonic()
            step = max(0.0, min(_WAIT_STEP, left))
            answer = await self._request(
                "GET", SETTLED_PATH, params={**params, "wait": f"{step:.3f}"}, longer=step
            )
            if answer.get("settled", True):
                return
            if left <= step:
                raise NotSettled(wait, answer)

    async def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a GET. Parameters that are None are left out; `from_` is sent as `from`.

        Raises:
            Refused: for 4xx and 5xx other than "try later".
            Unreachable: without an answer within the patience.
        """
        return await self._request("GET", path, params=_named(params))

    async def export(
        self, target: Path, form: str = "csv", *, progress: Progress | None = None, **params: Any
    ) -> Exported:
        """Write every event of a range into a file, which gets its name once it is whole.

        Args:
            target: the file.
            form: `csv`, `jsonl` or `parquet`.
            progress: hears of bytes, rows and promised rows as they come.
            params: of `GET /api/v1/export`: `from_`, `to`, `timeRange`, `tz`, `asOf`, `content`.

        Raises:
            Incomplete: if it broke off; nothing of it was kept.
            Refused: as `get` does.
            Unreachable: without an answer within the patience.
        """
        named = {"format": form, **_named(params)}
        limit = aiohttp.ClientTimeout(
            total=None, connect=self._patience.connect, sock_read=exports.SILENCE_SECONDS
        )
        return await self._asked(
            "GET",
            exports.EXPORT_PATH,
            limit,
            lambda answer: exports.saved(answer, target, form, progress or _unheard),
            params=named,
        )

    def live(self, topics: Iterable[str], since: Mapping[str, Cursor] | None = None) -> Live:
        """Return an endless iterator over the messages of live topics; it reconnects and resumes by itself.

        Leave it with `break` in `async with client.live([...]) as messages`, or call its `close`.
        """
        return Live(self.url, topics, token=self._token, since=since, patience=self._patience)

    async def _post_batch(self, batch: Batch) -> Receipt:
        answer = await self._request("POST", EVENTS_PATH, batch=batch)
        receipt = Receipt.of(answer, batch.offset)
        self.position = merged((self.position, receipt.position))
        return receipt

    async def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        batch: Batch | None = None,
        longer: float = 0.0,
    ) -> Any:
        limit = aiohttp.ClientTimeout(total=self._patience.request + longer, connect=self._patience.connect)

        async def loaded(answer: aiohttp.ClientResponse) -> Any:
            return json.loads(await answer.read())

        return await self._asked(method, path, limit, loaded, params=params, batch=batch)

    async def _asked(
        self,
        method: str,
        path: str,
        limit: aiohttp.ClientTimeout,
        taken: Callable[[aiohttp.ClientResponse], Awaitable[T]],
        *,
        params: Mapping[str, str] | None = None,
        batch: Batch | None = None,
    ) -> T:
        """Ask until there is an answer or patience is over; return what is taken of the answer."""
        tries = Tries(self._patience)
        while True:
            body = None if batch is None else batch.body(time.time_ns() // 1_000_000)
            asked: float | None = None
            try:
                async with self._opened().request(
                    method, self.url + path, params=params, data=body, timeout=limit
                ) as answer:
                    if answer.status < 400:
                        return await taken(answer)
                    problem = _problem(await answer.read())
                    if answer.status not in LATER:
                        raise Refused(answer.status, self.url + path, problem)
                    why = f"{answer.status} {problem.get('detail') or problem.get('title') or ''}".strip()
                    asked = retry_after_seconds(answer.headers.get("Retry-After"), time.time())
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                why = str(error) or type(error).__name__
            pause = tries.pause(asked)
            if pause is None:
                msg = f"{self.url}{path} gave no answer in {tries.made} tries; last: {why}"
                raise Unreachable(msg)
            await asyncio.sleep(pause)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            headers = {"User-Agent": USER_AGENT, "Content-Type": "application/json"}
            if self._token:
                headers["Authorization"] = f"Bearer {self._token}"
            self._session = aiohttp.ClientSession(headers=headers)
        return self._session


async def _some_done(running: dict[asyncio.Task[Receipt], Batch]) -> list[tuple[Batch, Receipt]]:
    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    return [(running.pop(task), task.result()) for task in done]


def _named(params: Mapping[str, Any]) -> dict[str, str]:
    return {name.rstrip("_"): _text(value) for name, value in params.items() if value is not None}


def _unheard(size: int, rows: int, promised: int | None) -> None:
    del size, rows, promised


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problem(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {"detail": content[:200].decode(errors="replace")}
    return value if isinstance(value, dict) else {"detail": str(value)[:200]}
