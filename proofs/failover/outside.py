"""`streakline up` with a Redis that somebody else runs: `python -m proofs.failover.outside up --data DIR`.

Its address is `STREAKLINE_OUTSIDE_PORT` on loopback, its password `STREAKLINE_OUTSIDE_PASSWORD`. All else is the
stack's own.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from stack.data_folder import DataFolder
from stack.process import Part
from stack.servers.ports import free_port
from stack.servers.redis_server import RedisServer
from stack.supervision.plan import Plan
from stack.supervision.up import run


class OutsidePlan(Plan):
    """A plan without a Redis of its own."""

    def servers(self) -> list[Part]:
        """Return ClickHouse alone."""
        self.clickhouse.prepare()
        return [self.clickhouse.part()]


def main() -> None:
    """Run the stack until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m proofs.failover.outside", description=__doc__)
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
    plan = OutsidePlan.of(folder, port=port, clickhouse_port=None, generated=False, **divided)
    outside, password = (os.environ[f"STREAKLINE_OUTSIDE_{name}"] for name in ("PORT", "PASSWORD"))
    redis = RedisServer(folder.redis, port=int(outside), password=password)
    run(folder, replace(plan, redis=redis))


if __name__ == "__main__":
    main()
