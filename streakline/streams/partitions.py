"""Into how many pieces an installation is divided: contents into shards, persons into parts.

Both numbers are fixed at the first start. An installation without parts of its own was made when both were one number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streakline.streams.progress import VIEWERS


class OtherPartitions(ValueError):
    """A number is wanted that is not the installation's; the message names both and says what to do."""


class Partitions(NamedTuple):
    """The two numbers."""

    shards: int
    """Of contents: streams of events, outboxes, bases."""
    parts: int
    """Of persons: streams of candidates."""

    def of(self, flow: str) -> range:
        """Return the numbers of all that the processes of a flow own: parts for viewers, shards for the others."""
        return range(self.parts if flow == VIEWERS.flow else self.shards)


DEFAULT: Final = Partitions(shards=4, parts=4)
"""Of an installation that is made without a word about them."""
_VARIABLES: Final = ("STREAKLINE_SHARDS", "STREAKLINE_PARTS")


def unit(flow: str) -> str:
    """Return in one word what a flow's processes own some of."""
    return "parts" if flow == VIEWERS.flow else "shards"


def decided(held: tuple[int | None, int | None], wanted: tuple[int | None, int | None]) -> Partitions:
    """Return the numbers of an installation: what it has, else what is wanted, else the defaults.

    Args:
        held: its shards and parts, as far as it has them.
        wanted: those of the settings, as far as they are given.

    Raises:
        OtherPartitions: if one is wanted that is not the installation's.
    """
    shards, parts = held
    if parts is None:
        parts = shards
    found = Partitions(shards or wanted[0] or DEFAULT.shards, parts or wanted[1] or DEFAULT.parts)
    for name, variable, has, asked in zip(Partitions._fields, _VARIABLES, found, wanted, strict=True):
        if asked not in {None, has}:
            msg = (
                f"this installation has {has} {name}, fixed at its first start, and {variable} is {asked}:"
                f" set it to {has} or leave it out"
            )
            raise OtherPartitions(msg)
    return found
