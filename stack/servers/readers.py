"""Users of ClickHouse that only read: what each may see, and how much its queries may use.

The embedded server takes them as they are; a file in `deploy/` says the same for a server that runs by itself.
"""

from typing import Final, NamedTuple

DATABASE: Final = "streakline"


class Bound(NamedTuple):
    """A setting that a reader may change inside bounds: what holds when it sends none, the least, the most."""

    name: str
    usual: int | None  # None: the engine's own choice
    least: int
    most: int


class Reader(NamedTuple):
    """A user that only reads."""

    name: str
    # Names of our database, granted one by one, and whole names of others.
    readable: tuple[str, ...]
    catalogue: tuple[str, ...]
    bounds: tuple[Bound, ...]
    choices: tuple[tuple[str, str], ...]

    def grants(self) -> list[str]:
        """Return the statements that let it read."""
        names = [f"{DATABASE}.{name}" for name in self.readable]
        return [f"GRANT SELECT ON {name}" for name in (*names, *self.catalogue)]

    def profile_xml(self) -> str:
        """Return the elements of its settings profile, for a users file."""
        lines = [f"<{name}>{value}</{name}>" for name, value in self.choices]
        lines += [f"<{name}>{usual}</{name}>" for name, usual, _, _ in self.bounds if usual is not None]
        limits = [
            f"  <{name}><min>{least}</min><max>{most}</max></{name}>" for name, _, least, most in self.bounds
        ]
        return "\n".join([*lines, "<constraints>", *limits, "</constraints>"])

    def grants_xml(self) -> str:
        """Return the elements of `<grants>` of a users file."""
        return "\n".join(f"<query>{grant}</query>" for grant in self.grants())
