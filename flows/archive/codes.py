"""Codes of dimension values, read from Redis when one is met that this process does not know."""

from __future__ import annotations

import threading
from typing import Any

import redis

from flows.streams.sink import retry
from streakline.streams import keys
from streakline.streams.dictionary import OTHER_NAME, Dictionary, read_codes


class Codes:
    """Value -> code and back. Ingest writes a code to Redis before the first event that uses it."""

    def __init__(self, client: redis.Redis, stop: threading.Event) -> None:
        self._redis, self._stop = client, stop
        self._dictionary = Dictionary()

    def name(self, dimension: str, code: int) -> str:
        """Return the value of a code; `other` for one that nobody ever gave."""
        value = self._dictionary.value(dimension, code)
        if value is None:
            self._load(dimension)
            value = self._dictionary.value(dimension, code)
        return OTHER_NAME if value is None else value

    def code(self, dimension: str, value: str) -> int | None:
        """Return the code of a value; None for one that has none."""
        code = self._dictionary.code(dimension, value)
        if code is None:
            self._load(dimension)
            code = self._dictionary.code(dimension, value)
        return code

    def _load(self, dimension: str) -> None:
        held: Any = retry("dictionary", self._stop, lambda: self._redis.hgetall(keys.dictionary(dimension)))
        self._dictionary.learn(dimension, read_codes(held.items()))
