"""`python -m bench.january`: the review of a year for everybody, in a whole stack (a minute; more with more persons).

Persons and their plays are put into the tables that history asks; the job is the product's own, in the process that
serves the sockets. Prints persons a second, what each process costs a person, and the most memory that was seen. With
`--pairs` the job is cut off and goes on again: a steady load runs in turns with it and without, and probes ride from
POST to socket. Fails if the job would not do a million an hour, if somebody's review is not there once, or if the p99
of the probes with it is above 1.2 times that without.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from typing import Final, NamedTuple

from bench.january import serving
from bench.january.job import NOBODY, January, Watched
from bench.january.people import Crowd, fill, names_of
from bench.load.process import SenderProcess
from bench.looking.probes import PATIENCE, Probes, quantile, ride
from bench.report import complain, on_a_stack
from proofs.running.command import parser
from proofs.running.machine import keep
from proofs.running.stack import StackProcess
from proofs.traffic.sender import Sender
from server.jobs.people.process import NICE
from sql.connection import connect

LEAST: Final = 1_000_000 / 3600
"""Persons a second."""
SLOWER: Final = 1.2
WAY: Final = "socket, content:ID"
EVERY: Final = 0.1
"""Seconds between two probes."""
WARM_SECONDS: Final = 10.0
TWICE: Final = 5_000
"""Persons up to whom the job is run once more as if nothing were known of the first run."""


class JanuaryStack(StackProcess):
    """A stack whose web server begins the job when it is asked to."""

    module = "bench.january.up"


class Ways(NamedTuple):
    """Seconds from POST to socket of the probes without the job and with it."""

    without: list[float]
    beside: list[float]

    @property
    def ratio(self) -> float:
        """How many times as long the p99 is with the job."""
        return quantile(self.beside, 0.99) / quantile(self.without, 0.99)


class Found(NamedTuple):
    """What came of it all."""

    ways: Ways | None
    after: str
    """The last person that the job was done with after the turns."""
    run: Watched
    """From the beginning to the end, or what was left of it after the turns."""
    reviewed: int
    """Persons who have a review."""
    again: int
    """Events that a second run emitted."""


async def measure(stack: StackProcess, crowd: Crowd, options: argparse.Namespace) -> Found:
    """Fill, and run the job."""
    began = time.monotonic()
    with connect(stack.clickhouse_url, seconds=3600) as client:
        fill(client, crowd)
    print(f"{crowd.persons:,} persons after {time.monotonic() - began:.0f} s", flush=True)
    job = January(stack, crowd.year)
    ways = await turns(stack, job, options) if options.pairs else None
    first = job.after
    run = await job.run()
    reviewed = job.reviewed(names_of(crowd))
    if crowd.persons <= TWICE:
        job.forget()
    again = await job.run()
    return Found(ways, first, run, reviewed, again.emitted)


async def turns(stack: StackProcess, job: January, options: argparse.Namespace) -> Ways:
    """Let probes ride through a steady load in turns, of every other pair the turn with the job first."""
    ways = Ways([], [])
    with SenderProcess(stack) as load:
        await load.send(int(options.rate * WARM_SECONDS), options.rate)
        for pair in range(options.pairs):
            for with_job in (True, False) if pair % 2 else (False, True):
                probes = Probes(
                    (f"probe-{pair}-{with_job}-{n}" for n in range(int(options.seconds / EVERY))),
                    {"acknowledged": 1.0, WAY: 1.0},
                )
                sender = Sender(stack.url, stack.token, 1, connections=4, steady=True)
                await sender.start()
                sending = asyncio.create_task(
                    load.send(int(options.rate * (options.seconds + 2)), options.rate)
                )
                if with_job:
                    await job.begin()
                await ride(stack, probes, sender, 1.0, EVERY)
                if with_job:
                    await job.cut()
                await sending
                await sender.finish(PATIENCE)
                times = list(probes.seen[WAY].values())
                (ways.beside if with_job else ways.without).extend(times)
                print(
                    f"pair {pair + 1} {'with' if with_job else 'without'}: {len(times)} probes,"
                    f" p50 {quantile(times, 0.5) * 1000:.0f} ms, p99 {quantile(times, 0.99) * 1000:.0f} ms;"
                    f" done up to {job.after}",
                    flush=True,
                )
    return ways


def faults(found: Found, crowd: Crowd) -> list[str]:
    """Return what is not as it must be: everybody has one review, fast enough, and the load notices little."""
    wrong, speed = [], crowd.persons / found.run.seconds
    if found.reviewed != crowd.persons:
        wrong.append(f"{found.reviewed:,} of {crowd.persons:,} persons have a review")
    # Under a load the live events of its persons are in the stream too.
    if not found.ways and found.run.emitted != crowd.persons:
        wrong.append(f"{found.run.emitted:,} reviews for {crowd.persons:,} persons")
    if not found.ways and found.again:
        wrong.append(f"a second run emitted {found.again:,} events")
    if not found.ways and speed < LEAST:
        wrong.append(f"{speed:.0f} persons a second, {LEAST:.0f} are an hour's million")
    if found.ways and found.after == NOBODY:
        wrong.append("the job was done with nobody in its turns: others had all of the machine")
    if found.ways and found.ways.ratio > SLOWER:
        wrong.append(f"p99 from POST to socket {found.ways.ratio:.2f} x with the job")
    return wrong


def alone(found: Found) -> str:
    """Return the figures of a run without a load."""
    run, persons = found.run, max(1, found.run.emitted)
    cost = ", ".join(f"{name} {spent / persons * 1e6:,.0f}" for name, spent in run.cpu.items())
    most = ", ".join(f"{name} {held / 1e6:,.0f}" for name, held in run.resident.items())
    return (
        f"{persons:,} persons in {run.seconds:.1f} s: {persons / run.seconds:,.0f} a second; µs CPU a person: {cost};"
        f" most resident MB: {most}; {found.again} events of a second run"
    )


def in_turns(ways: Ways, rate: float) -> str:
    """Return the figures of a load with and without the job."""
    without, beside = (quantile(times, 0.99) * 1000 for times in (ways.without, ways.beside))
    return (
        f"POST to socket at {rate:.0f} events/s: p99 {without:.0f} ms without the job, {beside:.0f} ms with it,"
        f" {ways.ratio:.2f} x ({len(ways.without)} probes each)"
    )


def main() -> int:
    """Run the benchmark."""
    options = parser(
        __doc__,
        persons=20_000,
        plays=(100, "plays of each"),
        contents=(20_000, "of the catalogue"),
        year=(2025, "that is reviewed"),
        pairs=(0, "turns with the job and without"),
        rate=(1_000.0, "events a second of the load in these"),
        seconds=(20.0, "of a turn"),
        nice=(NICE, "how far the job gives way: on a busy machine it has no turn"),
    ).parse_args()
    os.environ[serving.NICE] = str(options.nice)
    crowd = Crowd(options.persons, options.plays, options.contents, options.year)
    found, remove = on_a_stack(lambda stack: measure(stack, crowd, options), kind=JanuaryStack)
    wrong = complain(faults(found, crowd))
    nice = f" --nice {options.nice}" if options.nice != NICE else ""
    if found.ways:
        command = f"{nice} --pairs {options.pairs} --rate {options.rate:.0f} --seconds {options.seconds:.0f}"
        figures = in_turns(found.ways, options.rate)
    else:
        command, figures = nice, alone(found)
    print(figures)
    keep(
        f"bench.january --persons {options.persons} --plays {options.plays}{command}",
        f"{figures}; {found.reviewed:,} persons have a review",
    )
    remove()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
