"""Publishes updates as the content flow does, so many a second, and the same data to the plain design's stream."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Final, Self

import msgspec
import redis

from streakline.live_windows import WINDOWED
from streakline.streams import keys
from streakline.streams.states import Content
from streakline.times import minute_of

PLAIN: Final = "plain:updates"
ITEMS: Final = 10
_ITEM: Final = 49
"""Characters of an item of `top:plays` but for its title, with a number of six digits."""
_REST: Final = 124
"""Characters of an update but for its items."""


class Publisher:
    """A thread that writes an update every `1 / rate` seconds while the block runs.

    Args:
        client: Redis.
        design: `streakline` or `plain`: whose stream.
        rate: updates a second.
        size: bytes of the message that a socket of `top:plays` gets.
    """

    def __init__(self, client: redis.Redis, design: str, rate: float, size: int) -> None:
        self._client = client
        self._write = self._streakline if design == "streakline" else self._plain
        self._every = 1 / rate
        title = "t" * max(1, (size - _REST) // ITEMS - _ITEM)
        self._titles = {f"track-{number}": title for number in range(ITEMS)}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._plays = 100_000
        self.written = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def once(self) -> None:
        """Write one update."""
        self._plays = 100_000 + (time.monotonic_ns() // 1_000_000 + self.written) % 800_000
        self._write()
        self.written += 1

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            self.once()
            due += self._every

    def _top(self) -> list[tuple[str, int]]:
        return [(content, self._plays + ITEMS - number) for number, content in enumerate(self._titles)]

    def _streakline(self) -> None:
        now = time.time_ns() // 1_000_000
        plays = [self._plays if name == "plays" else 0 for name in WINDOWED]
        state = Content(minutes={minute_of(now): plays}, top=self._top(), titles=self._titles)
        payload = msgspec.msgpack.encode(state)
        fields: dict[Any, Any] = {"k": "content", "s": 0, "u": f"{now}-0", "p": payload}
        with self._client.pipeline(transaction=True) as pipe:
            pipe.hset(keys.STATE, "content:0", payload)
            pipe.xadd(keys.UPDATES, fields, maxlen=10_000)
            pipe.execute()

    def _plain(self) -> None:
        items = [{"contentId": c, "title": self._titles[c], "plays": plays} for c, plays in self._top()]
        self._client.xadd(PLAIN, {"data": json.dumps({"items": items})}, maxlen=10_000)
