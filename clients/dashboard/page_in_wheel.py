"""A hook of the wheel's build: a wheel without the page is refused, not shipped."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageInWheel(BuildHookInterface[Any]):
    """Looks for the built page before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise if a wheel to be installed elsewhere would lack the page; an editable one reads the checkout's.

        Raises:
            FileNotFoundError: the page is not built.
        """
        del build_data
        index = Path(self.root) / "clients" / "dashboard" / "dist" / "index.html"
        if version != "editable" and not index.is_file():
            raise FileNotFoundError(f"{index} is not there: build the page with `make page`, then the wheel")
