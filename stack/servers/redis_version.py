"""Versions of Redis and of what speaks its protocol: how each tells its own, and the least that is taken."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

LEAST: Final = (6, 2)
"""The oldest that has `XTRIM MINID`, by which streams are trimmed."""
_PRINTED: Final = re.compile(r"\b(Redis|Valkey) server v=(\d+)\.(\d+)\.(\d+)")
_NUMBERS: Final = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


class TooOld(Exception):
    """A server that lacks commands that are needed; the message names it, its version and the least."""


class Version(NamedTuple):
    """What a server is: its product as people write it, and its version."""

    product: str
    numbers: tuple[int, ...]

    @classmethod
    def printed(cls, text: str) -> Self | None:
        """Return the version in what `redis-server --version` prints; None if there is none."""
        found = _PRINTED.search(text)
        return cls(found[1], tuple(map(int, found.groups()[1:]))) if found else None

    @classmethod
    def from_info(cls, info: Mapping[str, Any]) -> Self | None:
        """Return the version in an answer of `INFO server`; None if it tells none.

        Valkey tells two: its own, and that of the Redis whose commands it has.
        """
        own = info.get("valkey_version")
        found = _NUMBERS.match(str(own or info.get("redis_version", "")))
        if found is None:
            return None
        return cls("Valkey" if own else "Redis", tuple(int(number or 0) for number in found.groups()))

    @property
    def parts_its_file(self) -> bool:
        """Whether its append-only file is a folder of several, `appendonlydir`: Redis 7.0 began with that."""
        return self.numbers >= (7, 0)

    def __str__(self) -> str:
        return f"{self.product} {'.'.join(map(str, self.numbers))}"


def not_older(version: Version | None, where: str) -> None:
    """Refuse a server that is older than what is needed.

    Args:
        version: what it told; None if it told nothing that is a version, which is refused too.
        where: what it is to whom runs it: `REDIS_URL`, a path.

    Raises:
        TooOld: naming it and the way out.
    """
    least = ".".join(map(str, LEAST))
    if version is None:
        raise TooOld(
            f"the server of {where} tells no version: Redis from {least} on, or Valkey, is what can be used"
        )
    if version.numbers[:2] < LEAST:
        raise TooOld(
            f"the server of {where} is {version}, and {least} is the oldest with the commands that are needed:"
            " run a newer Redis, or Valkey"
        )
