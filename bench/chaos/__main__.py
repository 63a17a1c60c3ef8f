"""`python -m bench.chaos`: exit code 0 if everything acknowledged is there once and counted, else 1."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time

import click

from bench.chaos.report import print_report
from bench.chaos.run import run, without_one
from bench.stack_process import StackFailed, StackProcess


def _holds(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, float] | None:
    found = {}
    for value in values:
        part, _, seconds = value.partition("=")
        if part not in {"redis", "clickhouse"} or not seconds.isdigit():
            raise click.BadParameter(f"{value!r} is none of redis=SECONDS, clickhouse=SECONDS")
        found[part] = float(seconds)
    return found or None


@click.command()
@click.option(
    "--seconds", type=click.FloatRange(min=10), default=60.0, show_default=True, help="Length of the load."
)
@click.option("--seed", type=int, help="Order of kills, choices of listeners. [default: a new one, printed]")
@click.option(
    "--rate", type=click.FloatRange(min=1), default=400.0, show_default=True, help="Events a second."
)
@click.option(
    "--hold",
    "holds",
    multiple=True,
    callback=_holds,
    metavar="PART=SECONDS",
    help="Hold redis or clickhouse with SIGSTOP instead of killing; may be given for both.",
)
@click.option("--lose-state", is_flag=True, help="Flows that are killed lose their recovery folder too.")
@click.option("--drop-ack", is_flag=True, help="Forget one acknowledgement of the log: it must turn red.")
@click.option("--keep", is_flag=True, help="Leave the data folder behind, with its logs.")
def main(
    seconds: float,
    seed: int | None,
    rate: float,
    holds: dict[str, float] | None,
    *,
    lose_state: bool,
    drop_ack: bool,
    keep: bool,
) -> None:
    """Load a whole stack, kill -9 each of its parts, and compare it with a count of the sender's log."""
    chosen = int(time.time()) % 100_000 if seed is None else seed
    stack = StackProcess()
    print(f"seed {chosen}, {rate:.0f} events/s, data in {stack.folder}", flush=True)
    try:
        red = asyncio.run(_red(stack, chosen, seconds, rate, holds, lose_state=lose_state, drop_ack=drop_ack))
    except StackFailed as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    if red or keep:
        print(f"the data folder stays: {stack.folder}")
    else:
        shutil.rmtree(stack.folder)
    sys.exit(int(red))


async def _red(
    stack: StackProcess,
    seed: int,
    seconds: float,
    rate: float,
    holds: dict[str, float] | None,
    *,
    lose_state: bool,
    drop_ack: bool,
) -> bool:
    async with stack:
        outcome = await run(stack, seed=seed, seconds=seconds, rate=rate, holds=holds, lose_state=lose_state)
    log = outcome.log
    if drop_ack:
        log, dropped = without_one(log, seed)
        print(f"  dropped the acknowledgement of {dropped['type']} {dropped['id']} on purpose")
    findings = outcome.findings(log)
    print_report(outcome, findings)
    return not findings.agree


if __name__ == "__main__":
    main()
