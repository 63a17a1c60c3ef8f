"""`python -m proofs.failover`: exit code 0 if after every failover everything that is left is counted once, else 1.

A replica is cut off from its master while events come, late ones among them; the master is killed, the replica
promoted, the address led to it. What replication had not copied is lost; what is in the stream or in raw must be
counted once, with every mark kept, and told in `/ready`. The next round begins with a new replica.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from proofs.failover.pair import Pair
from proofs.failover.rounds import OutsideStack, Round, play
from proofs.running.machine import keep as keep_row
from proofs.running.stack import StackFailed


@click.command(help=__doc__)
@click.option(
    "--times", type=click.IntRange(min=1), default=10, show_default=True, help="How many failovers."
)
@click.option("--seed", type=int, help="Makes what listeners do. [default: a new one, printed]")
@click.option(
    "--rate", type=click.FloatRange(min=1), default=200.0, show_default=True, help="Events a second."
)
@click.option(
    "--cut",
    type=click.FloatRange(min=0.1),
    default=3.0,
    show_default=True,
    help="Seconds that the replica is cut off.",
)
@click.option("--keep", is_flag=True, help="Keep a row in bench/results.md.")
def main(times: int, seed: int | None, rate: float, cut: float, *, keep: bool) -> None:
    """Fail over so many times on one stack."""
    chosen = int(time.time()) % 100_000 if seed is None else seed
    folder = Path(tempfile.mkdtemp(prefix="streakline-failover-"))
    print(f"seed {chosen}, {rate:.0f} events/s, data in {folder}", flush=True)
    try:
        rounds = asyncio.run(run(folder, times, seed=chosen, rate=rate, cut=cut))
    except StackFailed as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    red = [one.number for one in rounds if one.wrong]
    if red:
        print(f"red: {', '.join(map(str, red))}; the data folder stays: {folder}")
    else:
        shutil.rmtree(folder)
        print(figures(rounds))
        if keep:
            keep_row(f"proofs.failover --times {times} --seed {chosen}", figures(rounds))
    sys.exit(int(bool(red)))


async def run(folder: Path, times: int, *, seed: int, rate: float, cut: float) -> list[Round]:
    """Fail over on a new stack; return what became of each round, printed as it ends."""
    password = secrets.token_urlsafe(16)
    rounds = []
    with Pair(folder, password) as pair:
        async with OutsideStack(folder, pair, password) as stack:
            for number in range(1, times + 1):
                one = await play(stack, pair, number, seed=seed + number, rate=rate, cut=cut)
                print_round(one)
                rounds.append(one)
    return rounds


def print_round(one: Round) -> None:
    """Print a row, and below it what was wrong."""
    print(
        f"{one.number:3}: {one.acknowledged} acknowledged, {one.lost} identities in no place, {one.marked} keys marked"
        f" again, told after {one.reported:.1f} s, settled in {one.settled:.1f} s: {'RED' if one.wrong else 'green'}",
        flush=True,
    )
    for line in one.wrong:
        print(f"     {line}", flush=True)


def figures(rounds: list[Round]) -> str:
    """Return the sums of many rounds."""
    acknowledged, lost = sum(one.acknowledged for one in rounds), sum(one.lost for one in rounds)
    marked, reported = sum(one.marked for one in rounds), max(one.reported for one in rounds)
    return (
        f"{len(rounds)} failovers, {acknowledged} acknowledged, {lost} lost by replication, {marked} keys marked again,"
        f" told within {reported:.1f} s; verify 0 each time"
    )


if __name__ == "__main__":
    main()
