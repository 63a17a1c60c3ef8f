"""Codes: the dictionary of dimension values in Redis, and this process's copy of it.

A value gets its code before the first event that uses it is written, so that whoever reads a record can
always tell what its code means.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import hiredis

from server.resources.pipe import Command, Pipe, RedisAway
from streakline.streams import keys
from streakline.streams.dictionary import CAP, FIRST, OTHER, Dictionary, read_codes
from streakline.streams.records import DIMENSIONS

# Append-only: the next code is the number of those given. Beyond the cap a value is `other` and is not kept; so is
# one with a code that nobody of ours gave.
_ASSIGN: Final = """
local codes = {}
for i = 3, #ARGV do
  local code = redis.call('HGET', KEYS[1], ARGV[i])
  if not code then
    local given = redis.call('HLEN', KEYS[1])
    if given < tonumber(ARGV[1]) then
      code = given + tonumber(ARGV[2])
      redis.call('HSET', KEYS[1], ARGV[i], code)
    else
      code = 1
    end
  end
  local number = string.match(code, '^%d%d?%d?%d?$') and tonumber(code) or 1
  codes[i - 2] = number < ARGV[1] + ARGV[2] and math.max(number, 1) or 1
end
return codes
"""


class Codes:
    """Fills a dictionary from Redis and asks Redis for the codes of new values."""

    def __init__(self, pipe: Pipe, dictionary: Dictionary) -> None:
        self._pipe = pipe
        self._dictionary = dictionary

    async def load(self, dimensions: Iterable[str] = DIMENSIONS) -> None:
        """Learn every code there is.

        Raises:
            RedisAway: if Redis does not answer.
        """
        names = list(dimensions)
        replies = await self._pipe.send([("HGETALL", keys.dictionary(name)) for name in names])
        for name, flat in zip(names, _checked(replies), strict=True):
            self._dictionary.learn(name, read_codes(zip(flat[::2], flat[1::2], strict=True)))

    async def assign(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Give codes to (dimension, value) pairs that have none, and learn them.

        Raises:
            RedisAway: if Redis does not answer; then nothing that uses these values may be written.
        """
        values: dict[str, list[str]] = {}
        for name, value in dict.fromkeys(pairs):
            values.setdefault(name, []).append(value)
        commands: list[Command] = [
            ("EVAL", _ASSIGN, 1, keys.dictionary(name), CAP, FIRST, *wanted)
            for name, wanted in values.items()
        ]
        full = []
        for (name, wanted), codes in zip(
            values.items(), _checked(await self._pipe.send(commands)), strict=True
        ):
            given = {value: code for value, code in zip(wanted, codes, strict=True) if code != OTHER}
            self._dictionary.learn(name, given)
            if len(given) < len(wanted):
                full.append(name)
        if full:
            await self.load(full)  # now this copy is full too and knows what is `other` without asking


def _checked(replies: list[Any]) -> list[Any]:
    for reply in replies:
        if isinstance(reply, hiredis.ReplyError):
            msg = f"redis refused to keep the dictionary: {reply}"
            raise RedisAway(msg) from reply
    return replies
