"""`streakline robots`: who is held to be a robot and why, and who is none after all."""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import click

from stack.asking import ask
from stack.running import Reach

LONGEST_WAIT = 10
"""Seconds of one question whether history has settled."""
_PATH = "/api/v1/robots"
F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def command() -> None:
    """List robots, and let those count that are none.

    An event of a robot is kept with the reason why it is flagged, and is left out of all counts. A rule lets what
    it matches count, in history and from now on, until it is taken back. These commands need a token of the scope
    admin; that of the stack that runs here is one.
    """


@command.command("list")
@click.option(
    "--range",
    "range_",
    default="30d",
    show_default=True,
    metavar="RANGE",
    help="24h, 7d, 30d, 90d, 1y or all.",
)
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 1000), help="Robots that are listed."
)
@click.pass_obj
def list_(reach: Reach, range_: str, limit: int) -> None:
    """List the robots of a range, those with most events first, and all rules."""
    found = ask(reach, "GET", f"{_PATH}?{urlencode({'timeRange': range_, 'limit': limit})}")
    for robot in found["robots"]:
        counts = f"{robot['uncalled']} count" if robot["uncalled"] else "none counts"
        # Anybody may have sent it: what moves a terminal's cursor is not printed.
        agent = "".join(c if c.isprintable() else "�" for c in robot["agent"]) or "no user agent"
        click.echo(f"{robot['events']:>9}  {counts}  last {robot['lastSeen']}  {robot['reason']}  {agent}")
    sums = f"{found['events']} events of {found['total']} robots, of which {found['uncalled']} count"
    click.echo(f"{sums} ({range_})", err=True)
    for rule in found["rules"]:
        click.echo(_line(rule))


def _conditions(function: F) -> F:
    for name, text in (
        ("source", "Source of their events, as it was sent."),
        ("agent", "A part of their user agent, in upper and lower case as there."),
        ("reason", "Why they are flagged, as the list says it."),
    ):
        function = click.option(f"--{name}", default="", metavar="TEXT", help=text)(function)
    wait = click.option(
        "--wait/--no-wait", default=True, show_default=True, help="Wait until history is counted again."
    )
    return wait(function)


@command.command("uncall")
@_conditions
@click.pass_obj
def uncall(reach: Reach, reason: str, agent: str, source: str, wait: bool) -> None:
    """Let robots count that match all that is given: they are none."""
    _change(reach, {"reason": reason, "agent": agent, "source": source, "state": "uncalled"}, wait=wait)


@command.command("call")
@_conditions
@click.pass_obj
def call(reach: Reach, reason: str, agent: str, source: str, wait: bool) -> None:
    """Take back the rule with these conditions: what it matches is a robot's again."""
    _change(reach, {"reason": reason, "agent": agent, "source": source, "state": "called"}, wait=wait)


def _change(reach: Reach, rule: dict[str, str], *, wait: bool) -> None:
    began = time.monotonic()
    changed = ask(reach, "POST", f"{_PATH}/rules", rule)
    click.echo(_line(changed["rule"]))
    question = urlencode({"position": changed["position"], "wait": LONGEST_WAIT})
    while wait and not ask(reach, "GET", f"/api/v1/settled?{question}")["settled"]:
        click.echo(f"counted again for {time.monotonic() - began:.0f} s", err=True)
    done = (
        f"history is counted again after {time.monotonic() - began:.1f} s"
        if wait
        else "history is counted again beside other work"
    )
    click.echo(f"{done}; quarter hours that were open are until {changed['openUntil']}", err=True)


def _line(rule: dict[str, str]) -> str:
    """Return a rule in words."""
    conditions = [f"{name} {rule[name]!r}" for name in ("reason", "agent", "source") if rule[name]]
    return "  ".join([rule["id"], rule["state"], ", ".join(conditions), f"since {rule['changed']}"])
