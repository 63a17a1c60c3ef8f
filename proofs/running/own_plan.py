"""`streakline up` with a plan that differs in one thing from the stack's own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from stack.data_folder import DataFolder
from stack.servers.ports import free_port
from stack.supervision.plan import Plan


def planned(kind: type[Plan], description: str | None) -> tuple[DataFolder, Plan]:
    """Return the folder that the command line names, taken, and a plan over it."""
    started = sys.modules["__main__"].__spec__
    parser = argparse.ArgumentParser(
        f"python -m {started.name}" if started else None, description=description
    )
    parser.add_argument("command", choices=["up"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shards", type=int)
    parser.add_argument("--parts", type=int)
    options = parser.parse_args()
    folder = DataFolder(options.data)
    folder.take()
    divided = {"shards": options.shards, "parts": options.parts}
    port = options.port or free_port()
    return folder, kind.of(folder, port=port, clickhouse_port=None, generated=False, **divided)
