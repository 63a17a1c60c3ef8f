"""Simulate the flows, many seeds: `python -m bench.simulate --seeds 5000 [--start 0] [--mutate NAME]`.

A seed that fails is made shorter and told step by step; the exit code is then 1. With `--mutate` a known fault is
in the product, and the run succeeds when a seed finds it.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench.simulate import mutations
from bench.simulate.failures import Failure
from bench.simulate.generator import make
from bench.simulate.runs import play, shrunk, silence
from bench.simulate.story import told

SHRINK_SECONDS = 30.0
TOLD_EVERY = 500


def main(arguments: list[str] | None = None) -> int:
    """Play seeds until one fails; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--start", type=int, default=0, help="the first (default: 0)")
    parser.add_argument("--mutate", choices=mutations.NAMES, help="put this known fault into the product")
    parser.add_argument("--shrink", type=float, default=SHRINK_SECONDS, help="seconds for shortening a story")
    options = parser.parse_args(arguments)
    if options.mutate:
        print(f"with a known fault: {mutations.explained(options.mutate)}")
    begun = time.monotonic()
    with silence(), mutations.mutated(options.mutate):
        for number, seed in enumerate(range(options.start, options.start + options.seeds), start=1):
            failure = play(make(seed))
            if failure is not None:
                _tell(seed, failure, options.shrink)
                break
            if number % TOLD_EVERY == 0:
                print(f"{number} seeds green, {time.monotonic() - begun:.0f} s", flush=True)
        else:
            seconds = time.monotonic() - begun
            print(f"all {options.seeds} seeds from {options.start} on are green: {seconds:.1f} s, "
                  f"{seconds / max(options.seeds, 1) * 1000:.1f} ms a seed")  # fmt: skip
            return int(options.mutate is not None)
    return int(options.mutate is None)


def _tell(seed: int, failure: Failure, seconds: float) -> None:
    print(f"seed {seed} is red at step {failure.step}: {failure.rule}: {failure.told}", flush=True)
    story, failure = shrunk(make(seed), failure, seconds)
    print(f"\nthe story, made shorter ({len(story.steps)} steps):")
    for line in told(story):
        print(line)
    where = f"step {failure.step}" if failure.step <= len(story.steps) else "rest after the last step"
    print(f"red at {where}: {failure.rule}: {failure.told}")


if __name__ == "__main__":
    sys.exit(main())
