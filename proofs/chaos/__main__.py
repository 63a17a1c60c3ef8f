"""`python -m proofs.chaos`: exit code 0 if everything acknowledged is there once and counted, else 1."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from proofs.chaos.acts import play
from proofs.chaos.plan import ACTS, Act, holds, make
from proofs.chaos.report import figures, print_act, print_report
from proofs.chaos.run import Settings, run, without_one
from proofs.chaos.shim import make as make_shim
from proofs.running.machine import keep as keep_row
from proofs.running.stack import StackFailed, StackProcess
from stack.servers.redis_program import VARIABLE, BinaryMissing, find_binary, version_of
from stack.servers.redis_version import TooOld


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
@click.option("--seed", type=int, help="Makes the plan, and what listeners do. [default: a new one, printed]")
@click.option(
    "--rate", type=click.FloatRange(min=1), default=400.0, show_default=True, help="Events a second."
)
@click.option(
    "--hold",
    multiple=True,
    callback=_holds,
    metavar="PART=SECONDS",
    help="Hold redis or clickhouse with SIGSTOP and do nothing else; may be given for both.",
)
@click.option(
    "--waiters",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Senders who each wait with their last position alone, and look whether what they are told is true.",
)
@click.option("--act", type=click.Choice(ACTS), help="Play this act alone, on a stack of its own.")
@click.option("--lose-state", is_flag=True, help="Flows that are killed lose their recovery folder too.")
@click.option("--drop-ack", is_flag=True, help="Forget one acknowledgement of the log: it must turn red.")
@click.option(
    "--redis-server",
    envvar=VARIABLE,
    metavar="PROGRAM",
    help=f"Run and kill this server as Redis. Also {VARIABLE}. [default: the one of the wheel]",
)
@click.option("--keep", is_flag=True, help="Leave the data folder behind, with its logs.")  # fmt: skip
def main(
    seconds: float, seed: int | None, rate: float, act: Act | None, redis_server: str | None, **how: Any
) -> None:
    """Load a whole stack, do everything to it that should not matter, and compare with the sender's log."""
    logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)  # that it is killed is no news
    chosen = int(time.time()) % 100_000 if seed is None else seed
    folder = Path(tempfile.mkdtemp(prefix="streakline-chaos-"))
    if redis_server:
        os.environ[VARIABLE] = redis_server  # every stack that is started here has it
    try:
        server = version_of(find_binary())
    except (BinaryMissing, TooOld) as error:
        raise click.UsageError(str(error)) from None
    print(f"seed {chosen}, {rate:.0f} events/s, {server}, data in {folder}", flush=True)
    shim = None if how["hold"] else make_shim(folder)
    plan = holds(how["hold"]) if how["hold"] else make(chosen, seconds, shim=shim is not None)
    settings = Settings(
        chosen, seconds, rate, plan, shim, lose_state=how["lose_state"], waiters=how["waiters"]
    )
    try:
        if act:
            red = asyncio.run(_red_acts((act,), folder, settings)) != []
        else:
            red = asyncio.run(_red(folder, settings, drop_ack=how["drop_ack"]))
    except StackFailed as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    if red or how["keep"]:
        print(f"the data folder stays: {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(int(red))


async def _red(folder: Path, settings: Settings, *, drop_ack: bool) -> bool:
    async with StackProcess(folder, env=settings.shim.environment if settings.shim else None) as stack:
        outcome = await run(stack, settings)
    log = outcome.log
    if drop_ack:
        log, dropped = without_one(log, settings.seed)
        print(f"  dropped the acknowledgement of {dropped['type']} {dropped['id']} on purpose")
    findings = outcome.findings(log)
    print_report(outcome, findings)
    acts = settings.plan.acts
    red_acts = await _red_acts(acts, folder, settings)
    if not drop_ack and outcome.kills:
        played = f"acts {', '.join(acts) or 'none'}, red: {', '.join(red_acts) or 'none'}"
        keep_row(
            f"proofs.chaos --seconds {settings.seconds:.0f} --seed {settings.seed}",
            f"{version_of(find_binary())}: {figures(outcome, findings)}; {played}",
        )
    return bool(red_acts) or not findings.agree


async def _red_acts(acts: tuple[Act, ...], folder: Path, settings: Settings) -> list[Act]:
    """Play acts; return those that were red."""
    results = []
    for act in acts:
        own = Path(tempfile.mkdtemp(prefix=f"{act.replace(' ', '-')}-", dir=folder))
        results.append(await play(act, own, settings.seed, settings.rate, settings.shim))
    played = [result for result in results if result is not None]
    for result in played:
        print_act(result)
    return [result.act for result in played if not result.findings.agree]


if __name__ == "__main__":
    main()
