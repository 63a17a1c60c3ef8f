"""The highest entry id of every stream, in a file beside the data: what a Redis that went back has forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import structlog

from server.resources.durable import replace_file
from streakline.times import enc

NAME: Final = "high-water.json"
_log = structlog.get_logger()
_DECODER: Final = msgspec.json.Decoder(dict[str, str])


class HighWater:
    """Stream -> the highest id that was ever seen of it."""

    def __init__(self, folder: Path) -> None:
        """Take up what the file in a folder says; nothing if there is none or it is torn."""
        self._file = folder / NAME
        self.known: dict[str, str] = {}
        try:
            self.known = {
                stream: id_ for stream, id_ in _DECODER.decode(self._file.read_bytes()).items() if enc(id_)
            }
        except FileNotFoundError:
            return  # a first start
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            _log.warning("high_water_unreadable", file=str(self._file), error=str(error), taken_as="none")

    def take(self, ids: Mapping[str, str]) -> bool:
        """Take newest ids; return whether one of them is higher than what was known."""
        higher = {s: id_ for s, id_ in ids.items() if enc(id_) > enc(self.known.get(s, "0-0"))}
        self.known |= higher
        return bool(higher)

    def write(self) -> None:
        """Replace the file, for good when this returns.

        Raises:
            OSError: if it cannot be written.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._file, msgspec.json.encode(self.known))
