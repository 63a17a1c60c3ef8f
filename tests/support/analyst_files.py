"""The analyst's part of a ClickHouse users file, to compare files with each other."""

from typing import NamedTuple
from xml.etree import ElementTree as ET


class AnalystFile(NamedTuple):
    """What a users file says of the user `analyst`."""

    profile: dict[str, str]
    bounds: dict[str, tuple[str | None, str | None]]
    grants: list[str]

    @classmethod
    def read(cls, text: str) -> "AnalystFile":
        """Return what the text of a users file says."""
        root = ET.fromstring(text)  # noqa: S314 - our own file
        profile = root.find("profiles/analyst")
        constraints = root.find("profiles/analyst/constraints")
        assert profile is not None
        assert constraints is not None
        return cls(
            {one.tag: one.text or "" for one in profile if one is not constraints},
            {one.tag: (one.findtext("min"), one.findtext("max")) for one in constraints},
            [one.text or "" for one in root.findall("users/analyst/grants/query")],
        )
