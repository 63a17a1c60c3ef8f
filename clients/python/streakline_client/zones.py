"""Time zones by the edition of the package `tzdata`, as the server has them; what a program set up for itself stays."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return an IANA time zone.

    Raises:
        ValueError: if there is none of that name.
    """
    tzdata = files("tzdata")
    if name not in (tzdata / "zones").read_text().split():
        msg = f"{name[:80]!r} is no IANA time zone, like Europe/Berlin"
        raise ValueError(msg)
    with tzdata.joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
