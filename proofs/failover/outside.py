"""`streakline up` with a Redis that somebody else runs: `python -m proofs.failover.outside up --data DIR`.

Its address is `STREAKLINE_OUTSIDE_PORT` on loopback, its password `STREAKLINE_OUTSIDE_PASSWORD`. All else is the
stack's own.
"""

from __future__ import annotations

import os
from dataclasses import replace

from proofs.running.own_plan import planned
from stack.process import Part
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
    folder, plan = planned(OutsidePlan, __doc__)
    outside, password = (os.environ[f"STREAKLINE_OUTSIDE_{name}"] for name in ("PORT", "PASSWORD"))
    redis = RedisServer(folder.redis, port=int(outside), password=password)
    run(folder, replace(plan, redis=redis))


if __name__ == "__main__":
    main()
