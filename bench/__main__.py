"""`python -m bench`: every benchmark, one after another; each prints its table and keeps a row in results.md."""

from __future__ import annotations

import subprocess
import sys

COMMANDS = (
    ["bench.ingest"],
    ["bench.flow"],
    ["bench.flow", "--pace", "300000"],
    ["bench.flow", "--held", "20000000"],
    ["bench.flow", "--flow", "viewers", "--pace", "100000"],
    ["bench.flat"],
    ["bench.recovery"],
    ["bench.push"],
    ["bench.archive"],
    ["bench.end_to_end", "--rate", "2000", "--seconds", "30"],
    ["bench.end_to_end"],
    ["bench.shares"],
    ["bench.queries"],
    ["bench.queries.people"],
    ["bench.january"],
    ["bench.january", "--persons", "60000", "--pairs", "3"],
    ["bench.export"],
    ["bench.idle"],
    ["bench.outage"],
)


def main() -> int:
    """Run them all; return 1 if one failed."""
    failed = False
    for command in COMMANDS:
        print(f"\n$ python -m {' '.join(command)}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", *command], check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
