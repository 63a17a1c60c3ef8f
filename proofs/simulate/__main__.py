"""Play seeded stories of crashes, repeats and late events against the real flow logics.

A story is made from its seed alone: it says what people do, which flow reads and writes how much, who dies where and
who loses his state. After each the counts are compared with a plain count of everything that was accepted.

  python -m proofs.simulate --seeds 5000                  all green, or the first red seed, made shorter and printed
  python -m proofs.simulate --start 4711 --seeds 1        that seed again
  python -m proofs.simulate --mutate trim-at-now          one known fault is in the product: a seed must turn red
  python -m proofs.simulate --mutate all --seeds 500      each known fault in turn, in a table

Exit code: 0 if all seeds are green, or every fault was found; else 1.
"""

from __future__ import annotations

import os
import sys
import time

from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.simulate import mutations
from proofs.simulate.failures import Failure
from proofs.simulate.runs import first_red, outcomes, shrunk, silence
from proofs.simulate.stories.generator import make
from proofs.simulate.stories.story import lines_of

REPORTED_EVERY = 500


def main(arguments: list[str] | None = None) -> int:
    """Play seeds; return the exit code."""
    made = parser(
        __doc__, seeds=(5000, "how many stories"), start=(0, "the first seed"),
        jobs=(os.cpu_count() or 1, "processes"), shrink=(30.0, "seconds in which to shorten the story of a red seed"),
        keep=(False, "keep a row in bench/results.md"),
    )  # fmt: skip
    faults = "put a known fault into the product: all, or one of " + ", ".join(mutations.NAMES)
    made.add_argument("--mutate", choices=[*mutations.NAMES, "all"], metavar="NAME", help=faults)
    options = made.parse_args(arguments)
    seeds, jobs = range(options.start, options.start + options.seeds), max(1, options.jobs)
    if options.mutate == "all":
        figures = _every_fault(seeds, jobs)
        what = "--mutate all "
    else:
        figures = _one_run(seeds, jobs, options.mutate, options.shrink)
        what = f"--mutate {options.mutate} " if options.mutate else ""
    if figures and options.keep:
        keep(f"proofs.simulate {what}--seeds {options.seeds} --start {options.start}", figures)
    return int(not figures)


def _one_run(seeds: range, jobs: int, mutation: str | None, shrink: float) -> str:
    """Play seeds until one is red; return the figures if that is as it should be, else nothing."""
    if mutation:
        print(f"with a known fault: {mutations.explained(mutation)}")
    begun = time.monotonic()
    for number, (seed, failure) in enumerate(outcomes(seeds, mutation, jobs), start=1):
        if failure is not None:
            print(f"seed {seed} is red at step {failure.step}: {failure.rule}: {failure.why}", flush=True)
            _report(seed, failure, mutation, shrink)
            return f"red at seed {seed}" if mutation else ""
        if number % REPORTED_EVERY == 0:
            print(f"{number} of {len(seeds)} seeds green, {time.monotonic() - begun:.0f} s", flush=True)
    seconds = time.monotonic() - begun
    figures = f"{len(seeds)} seeds green in {seconds:.0f} s, {jobs} processes"
    print(f"all seeds from {seeds.start} on are green: {figures}, {_ms_a_seed(seconds * jobs, len(seeds))}")
    return "" if mutation else figures


def _every_fault(seeds: range, jobs: int) -> str:
    """Look for each known fault; return the figures if all were found, else nothing."""
    latest, missed = 0, list[str]()
    print(f"{'known fault':32} {'red at':>7} {'s':>6}  rule")
    for name in mutations.NAMES:
        begun = time.monotonic()
        found = first_red(seeds, name, jobs)
        seconds = time.monotonic() - begun
        if found is None:
            missed.append(name)
            print(f"{name:32} {'never':>7} {seconds:6.1f}", flush=True)
        else:
            latest = max(latest, found[0])
            print(f"{name:32} {found[0]:7} {seconds:6.1f}  {found[1].rule}", flush=True)
    if missed:
        print(f"not found within {len(seeds)} seeds: {', '.join(missed)}")
        return ""
    return f"each of {len(mutations.NAMES)} known faults red, the latest at seed {latest}"


def _report(seed: int, failure: Failure, mutation: str | None, seconds: float) -> None:
    with silence(), mutations.mutated(mutation):
        story, failure = shrunk(make(seed), failure, seconds)
    print(f"\nthe story, made shorter ({len(story.steps)} steps):")
    for line in lines_of(story):
        print(line)
    where = f"step {failure.step}" if failure.step <= len(story.steps) else "rest after the last step"
    print(f"red at {where}: {failure.rule}: {failure.why}")


def _ms_a_seed(seconds: float, number: int) -> str:
    return f"{seconds / max(number, 1) * 1000:.0f} ms a seed and core"


if __name__ == "__main__":
    sys.exit(main())
