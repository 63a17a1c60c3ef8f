"""What a ClickHouse users file says of a user that only reads, to compare files with each other."""

from typing import NamedTuple
from xml.etree import ElementTree as ET


class ReaderFile(NamedTuple):
    """What a users file says of one user."""

    profile: dict[str, str]
    bounds: dict[str, tuple[str | None, str | None]]
    grants: list[str]

    @classmethod
    def read(cls, text: str, user: str) -> "ReaderFile":
        """Return what the text of a users file says of a user."""
        root = ET.fromstring(text)  # noqa: S314 - our own file
        profile = root.find(f"profiles/{user}")
        constraints = root.find(f"profiles/{user}/constraints")
        assert profile is not None
        assert constraints is not None
        return cls(
            # What it builds on is the embedded server's own.
            {one.tag: one.text or "" for one in profile if one is not constraints and one.tag != "profile"},
            {one.tag: (one.findtext("min"), one.findtext("max")) for one in constraints},
            [one.text or "" for one in root.findall(f"users/{user}/grants/query")],
        )
