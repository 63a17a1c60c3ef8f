"""Options of benchmarks and proofs."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def parser(description: str | None, **options: tuple[Any, str] | Any) -> argparse.ArgumentParser:
    """Return a parser of options NAME=default or NAME=(default, help), typed like their defaults."""
    started = sys.modules["__main__"].__spec__
    prog = f"python -m {started.name.removesuffix('.__main__')}" if started else None
    style = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser(prog, description=description, formatter_class=style)
    for name, option in options.items():
        default, text = option if isinstance(option, tuple) else (option, "")
        flag = f"--{name.replace('_', '-')}"
        if isinstance(default, bool):
            made.add_argument(flag, action="store_true", help=text)
        else:
            shown = f"{text} (default: {default})".lstrip()
            made.add_argument(flag, type=type(default), default=default, help=shown)
    return made
