"""`streakline doctor`."""

import sys

import click

from stack.data_folder import DEFAULT
from stack.running import Reach

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@click.pass_obj
def command(reach: Reach) -> None:
    """Look at the machine and at the stack that runs, and say what to do.

    Checks versions, memory, disk, and, where a stack runs, whether every server answers and how far each
    reader is behind. Exit code 1 if a check failed; a warning is no failure.
    """
    # Loaded here: it needs the clients of both servers.
    from stack.checks import State, all_checks  # noqa: PLC0415

    failed = False
    for check in all_checks(reach, reach.data or DEFAULT):
        mark = click.style(f"{check.state:<4}", fg=_COLOURS[check.state])
        click.echo(f"{mark}  {check.name:<15} {check.detail}")
        if check.advice:
            click.echo(f"{'':22}→ {check.advice}")
        failed = failed or check.state is State.FAIL
    sys.exit(1 if failed else 0)
