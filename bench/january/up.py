"""`streakline up` with the web server of this benchmark: `python -m bench.january.up up --data DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from stack.data_folder import DataFolder
from stack.process import Part
from stack.servers.ports import free_port
from stack.supervision.plan import Plan
from stack.supervision.up import run


class JanuaryPlan(Plan):
    """A plan whose web server begins the job when it is asked to."""

    def web_servers(self) -> list[Part]:
        """Return the one web server."""
        return [self._ours("server", "bench.january.serving", answers=self.serves)]


def main() -> None:
    """Run the stack until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bench.january.up", description=__doc__)
    parser.add_argument("command", choices=["up"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shards", type=int)
    parser.add_argument("--parts", type=int)
    options = parser.parse_args()
    folder = DataFolder(options.data)
    folder.take()
    port = options.port or free_port()
    divided = {"shards": options.shards, "parts": options.parts}
    run(folder, JanuaryPlan.of(folder, port=port, clickhouse_port=None, generated=False, **divided))


if __name__ == "__main__":
    main()
