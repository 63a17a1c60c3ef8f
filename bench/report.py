"""What all commands share: options, one measurement at a time, medians."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from proofs.running.machine import alone
from proofs.running.stack import StackFailed, StackProcess
from streakline.streams.partitions import DEFAULT, Partitions

T = TypeVar("T")


PARTITIONS: Final = {
    "shards": (DEFAULT.shards, "shards of the contents"),
    "parts": (DEFAULT.parts, "parts of the persons"),
}
"""Options of what is divided."""


def partitions_of(options: argparse.Namespace) -> str:
    """Return the `PARTITIONS` of a command as they stand on its line; nothing where they are the defaults."""
    if (options.shards, options.parts) == DEFAULT:
        return ""
    return f" --shards {options.shards} --parts {options.parts}"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return the median of some turns, the least and the greatest in brackets."""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def complain(faults: Sequence[str]) -> int:
    """Print what is not as it must be; return the exit code."""
    for fault in faults:
        print(f"wrong: {fault}")
    return int(bool(faults))


def on_a_stack(
    measure: Callable[[StackProcess], Awaitable[T]],
    partitions: Partitions = DEFAULT,
    kind: type[StackProcess] = StackProcess,
) -> tuple[T, Callable[[], None]]:
    """Measure on a whole stack of its own; return what came of it, and what removes its folder.

    Exits with 1 if the stack failed.
    """
    stack = kind(shards=partitions.shards, parts=partitions.parts)

    async def run() -> T:
        async with stack:
            return await measure(stack)

    try:
        with alone():
            return asyncio.run(run()), lambda: shutil.rmtree(stack.folder)
    except StackFailed as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
