"""The typefaces that pictures are drawn with: Noto Sans, of which each file writes some of the world's scripts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

PLAIN: Final = "NotoSans[wght].ttf"
LAST: Final = ("NotoSansSymbols[wght].ttf", "NotoEmoji[wght].ttf")
"""They have signs that those of a script have too, and fit beside it worse."""
_WEIGHTS: Final = (400, 700)


class FontFile:
    """A typeface that lies in a file; it is read when something is asked of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read: tuple[str, Mapping[int, str], Any] | None = None
        self._widths: dict[tuple[str, int], float] = {}

    @property
    def family(self) -> str:
        """Its name."""
        return self._known()[0]

    def has(self, character: str) -> bool:
        """Tell whether it writes a character."""
        return ord(character) in self._known()[1]

    def width(self, character: str, weight: int) -> float:
        """Return how wide a character that it has is, in parts of the size of the text."""
        found = self._widths.get((character, weight))
        if found is None:
            _, glyphs, font = self._known()
            with self._lock:
                at = {"wght": min(max(weight, _WEIGHTS[0]), _WEIGHTS[1])} if "fvar" in font else None
                glyph = font.getGlyphSet(location=at)[glyphs[ord(character)]]
                found = float(glyph.width) / font["head"].unitsPerEm
            self._widths[character, weight] = found
        return found

    def _known(self) -> tuple[str, Mapping[int, str], Any]:
        with self._lock:
            if self._read is None:
                # Loaded by the first card: no other question needs it.
                from fontTools.ttLib import TTFont  # noqa: PLC0415

                font = TTFont(self.path, lazy=True)
                names = font["name"]
                self._read = names.getBestFamilyName(), font.getBestCmap(), font
            return self._read


@lru_cache(maxsize=1)
def typefaces() -> tuple[FontFile, ...]:
    """Return the typefaces, the plainest one first; they lie in packages."""
    folder = Path(str(files("manimgx_fonts")))
    scripts = sorted(
        path
        for path in folder.glob("NotoSans*.ttf")
        if path.name not in {PLAIN, *LAST} and "Italic" not in path.name
    )
    east_asian = Path(str(files("noto_cjk_sans_jp_bold"))) / "NotoSansCJKjp-Bold.otf"
    ordered = [folder / PLAIN, *scripts, *(folder / name for name in LAST), east_asian]
    return tuple(FontFile(path) for path in ordered)
