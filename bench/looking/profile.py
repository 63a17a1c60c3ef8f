"""Where the time of a process goes, from samples of its stacks (py-spy): what `--profile` prints."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from proofs.running.tables import show

RATE: Final = 200
Parts = tuple[tuple[str, tuple[str, ...]], ...]
"""Part -> the functions whose samples are its own; the first part that fits has the sample."""
FLOW: Final[Parts] = (
    ("snapshot", ("_Tracker.snapshot", "_Chunk.snapshot", "_Partition.snapshot")),
    ("send", ("_Partition.write_batch",)),
    ("count", ("ContentTracker.take", "PresenceTracker.take")),
    ("live view", ("ContentShell._live",)),
    ("write-out", ("ContentShell.wake", "ViewerShell.wake", "ContentShell.due")),
    ("decode", ("ContentShell.take", "ViewerShell.take")),
    ("read", ("_Partition.next_batch",)),
    ("bridge", ("_Tracker.", "_Chunk.", "_woken", "_written")),
)
SERVER: Final[Parts] = (
    ("decode", ("decode_plain", "decode_batch")),
    ("stamp", ("stamp_plain", "Intake._stamp")),
    ("pack", ("Waves._outcome",)),
    ("Redis", ("Pipe.", "_Connection.")),
    ("HTTP", ("LaneHandler.",)),
)
REST: Final = "the rest"


class Sampler:
    """py-spy on a process from now until `shares` is asked for."""

    def __init__(self, pid: int, folder: Path, parts: Parts) -> None:
        """Begin."""
        self._parts = parts
        self._samples = folder / "samples"
        spy = Path(sys.executable).with_name("py-spy")
        command = [str(spy), "record", "-r", str(RATE), "-f", "raw", "-o", str(self._samples), "-p", str(pid)]
        self._spy = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def shares(self) -> dict[str, float]:
        """Stop; return part -> its share of the samples."""
        self._spy.send_signal(signal.SIGINT)
        self._spy.wait(30)
        return parted(self._samples.read_text().splitlines(), self._parts)


def parted(stacks: Iterable[str], parts: Parts) -> dict[str, float]:
    """Return part -> share, of lines `outer;...;inner count`."""
    counts: Counter[str] = Counter()
    for line in stacks:
        stack, _, number = line.rpartition(" ")
        counts[_part_of(stack, parts)] += int(number)
    whole = sum(counts.values()) or 1
    return {part: counts[part] / whole for part in (*(name for name, _ in parts), REST)}


def show_shares(shares: dict[str, float], each: float) -> None:
    """Print the shares of what an event costs (µs), if there are any."""
    if shares:
        rows = [(name, f"{share:.1%}", f"{share * each:.2f}") for name, share in shares.items()]
        show(("part", "share", "µs an event"), rows)


def _part_of(stack: str, parts: Parts) -> str:
    for name, functions in parts:
        if any(f";{function}" in stack for function in functions):
            return name
    return REST
