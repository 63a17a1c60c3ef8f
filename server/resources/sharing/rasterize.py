"""A process of its own that draws one picture: JSON comes in by stdin, PNG goes out by stdout.

What draws holds Python's lock until it is done, a quarter of a second for a card. A server would stand still so long.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Final

MOST_MEMORY: Final = 1024**3
MOST_SECONDS: Final = 20


def main() -> None:
    """Draw `svg` with the typefaces in the files `fonts`, and no others."""
    import resvg_py  # noqa: PLC0415 - here alone it is needed

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    asked = json.load(sys.stdin)
    picture = resvg_py.svg_to_bytes(
        svg_string=asked["svg"], font_files=asked["fonts"], skip_system_fonts=True, dpi=96
    )
    sys.stdout.buffer.write(picture)


if __name__ == "__main__":
    main()
