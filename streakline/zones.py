"""Time zones by one edition: that of the pinned wheel, whatever files the machine and the engine have."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

_FILES: Final = files("tzdata")
_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


KNOWN: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("2026f", "2026c"): (
        "America/Havana",
        "America/Inuvik",
        "America/Rainy_River",
        "America/Winnipeg",
        "Canada/Central",
        "Cuba",
    ),
}
"""Editions of wheel and engine -> the zones that differ, as `python -m proofs.zones` finds them.

A running engine would hold 5 MB for each zone that it is asked for as long as it lives: it is asked for its edition.
"""


class Editions(msgspec.Struct, frozen=True):
    """The editions of the time-zone data that a system has."""

    wheel: str
    engine: str

    @property
    def differing(self) -> tuple[str, ...] | None:
        """The zones whose offsets are not the same all the time, by name; None where that is not known."""
        return () if self.wheel == self.engine else KNOWN.get((self.wheel, self.engine))


_DECODER: Final = msgspec.json.Decoder(Editions)


def pin() -> None:
    """Let this process' `zoneinfo` read the wheel alone, also for libraries that use it.

    Every entry point of ours calls it first: where a machine's files differ from the wheel's, a play fell on two days.
    """
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()


@cache
def edition() -> str:
    """Return the edition of the wheel, like `2026f`."""
    return (_FILES / "zoneinfo" / "tzdata.zi").read_text().partition("\n")[0].removeprefix("# version ")


@cache
def names() -> frozenset[str]:
    """Return every zone of the wheel."""
    return frozenset((_FILES / "zones").read_text().split())


@lru_cache(maxsize=1_000)
def zone(name: str) -> ZoneInfo:
    """Return a zone of the wheel.

    Raises:
        ValueError: if there is none of that name.
    """
    if not _NAME.fullmatch(name) or name not in names():
        msg = f"{name[:80]!r} is no IANA time zone, like Europe/Berlin"
        raise ValueError(msg)
    with _FILES.joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def offset(of: ZoneInfo, second: int) -> int:
    """Return the offset in seconds at a second since 1970."""
    return (datetime.fromtimestamp(second, of).utcoffset() or timedelta()) // _SECOND


def changes(of: ZoneInfo, steps: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the offset at each of some seconds since 1970, and when another begins to hold between two of them.

    Two changes between the same two steps that undo each other are not seen.
    """
    offsets = [datetime.fromtimestamp(at, of).utcoffset() or timedelta() for at in steps]
    found = [
        _change(of, steps[index - 1], steps[index], offsets[index])
        for index in range(1, len(steps))
        if offsets[index] != offsets[index - 1]
    ]
    return [one // _SECOND for one in offsets], found


def _change(of: ZoneInfo, before: int, after: int, held_after: timedelta) -> int:
    """Return when what holds at `after` begins to hold, by halving."""
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, of).utcoffset() == held_after:
            after = middle
        else:
            before = middle
    return after


def second_of(year: int) -> int:
    """Return the second since 1970 at which a year begins, UTC."""
    return (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _SECOND


def packed(editions: Editions) -> bytes:
    """Return what Redis holds of editions."""
    return msgspec.json.encode(editions)


def unpacked(held: bytes | None) -> Editions | None:
    """Return the editions that Redis holds; None where it holds none that can be read."""
    try:
        return _DECODER.decode(held or b"")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def warnings(editions: Editions | None) -> list[str]:
    """Return what people are to be told of editions; nothing where the zones agree."""
    if editions is None:
        return []
    warnings = []
    if editions.differing != ():
        warnings.append(
            f"time_zones_differ: {described(editions)}; the wheel decides what is counted, "
            "the engine the days of these zones in SQL by zone"
        )
    if editions.wheel != edition():
        warnings.append(
            f"time_zones_of_hosts_differ: this host's wheel has edition {edition()}, the one that prepared the stack "
            f"{editions.wheel}; install the same lock on all hosts"
        )
    return warnings


def described(editions: Editions) -> str:
    """Return both editions and the zones that differ, in words."""
    both = f"wheel {editions.wheel}, engine {editions.engine}"
    if editions.differing is None:
        return f"{both}: which zones differ is not known, python -m proofs.zones finds them"
    if not editions.differing:
        return f"{both}: no zone differs"
    return f"{both}: {len(editions.differing)} zones differ, {', '.join(editions.differing)}"
